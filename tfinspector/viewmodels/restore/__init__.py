"""The page Restore: its form, jobs, match table, renames."""
