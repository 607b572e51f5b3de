"""Files that may be hostile are opened here: within limits, in a process that may die."""
