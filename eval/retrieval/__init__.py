"""How well each leg of the search finds the right text of SQuAD files."""
