"""What makes the bundled encoder; the program that answers never comes here."""
