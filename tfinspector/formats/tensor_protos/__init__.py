"""TensorProtos: tensors inside protobuf messages, read where they lie.

`values` finds the values of one, `elements` decodes them in blocks, `proto_reader` is the reader
that V1 checkpoints and frozen graphs share.
"""
