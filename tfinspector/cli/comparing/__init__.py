"""`tfinspector diff` and `drift`: what differs between sources, and how a run moved."""
