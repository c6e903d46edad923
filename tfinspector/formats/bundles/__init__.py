"""Tensor bundles (V2 checkpoints): the index table, the entries, and the bytes of tensors.

`bundle.read_bundle` and `bundle.BundleReader` are the way in; the layout is in `table`, `entries`
and `tensor_bytes`.
"""
