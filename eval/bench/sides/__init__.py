"""What is measured beside each other, a module a side with the same steps, each in a process."""
