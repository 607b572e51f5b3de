"""The examples of the stages after the first: across languages, nearly answered, translated."""
