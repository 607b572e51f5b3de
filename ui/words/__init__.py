"""What pages say in each language of the interface."""
