"""Files of known paragraphs, and files made to do harm: what comes back when they are read."""
