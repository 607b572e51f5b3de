"""What can be set: read once, where a program starts, and passed on."""
