"""Graphs by themselves: frozen ones (`.pb`, `.pbtxt`) and those beside a checkpoint (`.meta`).

`graph_file.read_graph` and `meta_file.read_meta` are the ways in.
"""
