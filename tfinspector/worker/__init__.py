"""The worker: the child process that imports TensorFlow.

Runs in any interpreter with Python 3.9, NumPy and TensorFlow 2.13 or newer, with nothing of
ours installed there: its sources are sent to it. The rest of the program knows `protocol` only.
"""
