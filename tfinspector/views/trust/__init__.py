"""The page Trust: what a model would do if it were loaded, and whether its bytes hold."""
