"""HDF5 files of every version: groups, attributes, datasets, and where their bytes lie.

Written from the HDF5 File Format Specification (version 3.0), in Python on purpose: the C library
crashes or spins on damaged files (one flipped byte in a thousand is enough), and a program that
looks at other people's files has to survive them. `tree.read_tree` is the way in.
"""
