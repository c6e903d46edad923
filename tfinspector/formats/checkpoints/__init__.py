"""Checkpoints: what a bundle's keys mean. Object graph, names, roles, runs of snapshots.

`checkpoint.read_checkpoint` and `run.list_run` are the way in.
"""
