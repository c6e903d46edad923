"""The figures that fill in from the background, what is asked for first first."""
