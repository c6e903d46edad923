"""Keras files: `.keras`, `.weights.h5`, sharded `.weights.json`, and the older `.h5` of all times.

`keras_file.read_keras` is the way in. Nothing of a file is executed or deserialised: its
configuration is read as JSON, its weights as bytes.
"""
