"""Contents: what a file contains and what was found out about it, as frozen data.

No handles, no reading, no Qt, no TensorFlow: every room may speak these words, and a broken
thing is a value here too (a variable with a `problem`, a `Finding`), never a hole.
"""
