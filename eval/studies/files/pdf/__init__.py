"""PDFs made anew by several programs from known texts, and how much of them is read exactly."""
