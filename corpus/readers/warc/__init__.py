"""Web archives: what a crawler was sent, page after page in one file."""
