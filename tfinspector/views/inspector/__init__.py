"""The Inspector: histogram, values, details."""
