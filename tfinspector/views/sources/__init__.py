"""The pane of what is open: sources and their snapshots."""
