"""One opener per kind of source, each in a file of its own; `table.py` knows them all.

An opener turns what was recognised into an `Opened`. A new format needs a file here, a case in
each of the two functions of `table.py`, and a reader in the formats.
"""
