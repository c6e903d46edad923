"""The page Restore."""
