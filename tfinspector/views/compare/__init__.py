"""The page Compare: two sources, or two snapshots of a run, side by side."""
