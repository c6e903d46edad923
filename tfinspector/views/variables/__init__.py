"""The page Variables."""
