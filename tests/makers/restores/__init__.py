"""The corpus of restores: what goes wrong between a checkpoint and a model, and what goes right.

Each case is a directory with a checkpoint (or SavedModel), a factory file as a user would have
it, and `case.json`, which says what the program must find (see `cases.Case`). The modules here are
named after what they are about; `writing.write_all` makes the whole corpus, `keras2` in the
environment of `tests.legacy_keras`. `user` restores as a user does, with TensorFlow alone.
"""
