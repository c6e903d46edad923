"""What is open: reading paths in the order asked for, and again when their files change."""
