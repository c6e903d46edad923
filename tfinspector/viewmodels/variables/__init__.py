"""The page Variables: a tree in flat arrays, its filter, its columns and exports."""
