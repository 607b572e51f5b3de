"""The `dalil` command: arguments in, text for people or JSON for programs out."""
