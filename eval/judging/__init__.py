"""An answer beside its case: what it cites, says and leaves out becomes outcomes and measures."""
