"""V1 checkpoints, as TensorFlow 1 wrote them: table files that hold the tensors themselves.

`v1_checkpoint.read_v1` is the way in.
"""
