"""Places: files on this machine, and files elsewhere that are read through fsspec.

`files` is the way in: what `os` and `open` do for local paths, for both kinds.
"""
