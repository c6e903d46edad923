"""State of the page Drift: how a run moved, variable by variable and step by step."""
