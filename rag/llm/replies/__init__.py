"""What a language model says, piece by piece: pointers read, statements and citations given."""
