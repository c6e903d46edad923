"""Matching a checkpoint with a model on data alone, as TensorFlow's restore would.

`match_table.match` is the way in.
"""
