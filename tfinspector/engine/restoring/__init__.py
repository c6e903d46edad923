"""Restoring into the user's model: dry run, proof, renames, repair, code.

`restore.dry_run` and `restore.restore` are the way in.
"""
