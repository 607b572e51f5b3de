"""Cases are asked of a system, and what came back is kept as a run."""
