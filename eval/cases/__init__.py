"""Questions with what would be right, and the cases that ship."""
