"""The page Overview: what the source is, its totals, its largest variables."""
