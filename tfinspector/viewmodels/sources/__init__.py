"""What is open, as the pane lists it: opening, names, runs put together, new snapshots."""
