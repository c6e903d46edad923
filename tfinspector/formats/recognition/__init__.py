"""What a path is: any file of a set, a directory, a prefix, or something else entirely.

`recognise.recognise` is the way in.
"""
