"""Comparing snapshots: `drift` for a run or any set of snapshots, `compare` for two sources.

The variables of all snapshots are joined to tracks; a pass reads every snapshot once, block by
block, and measures each against the first (or a chosen one) and the one before it.
"""
