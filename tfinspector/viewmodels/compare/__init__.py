"""The page Compare without its widgets: the two sides, what became of each variable, the table."""
