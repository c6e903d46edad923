"""What loading a model would do, and whether its bytes are what was written."""
