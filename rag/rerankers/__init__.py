"""Models that read question and passage together put the best passages in their order."""
