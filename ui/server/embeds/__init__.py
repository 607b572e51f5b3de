"""What the widget on other sites asks: embeds, their origins, articles and limits."""
