"""Dates as news and metadata write them, and days of other calendars."""
