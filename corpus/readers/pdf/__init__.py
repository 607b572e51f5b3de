"""PDFs: positioned glyphs become lines, columns and paragraphs in logical order; `read` leads."""
