"""The Inspector: histogram, values and details of what is chosen."""
