"""F11: a checkpoint in the format of TensorFlow 1 (V1), and how it becomes one of today's."""

import os

from tfinspector.contents.checkpoints import Checkpoint
from tfinspector.contents.findings import Finding, Fix, Severity

_CONVERT = """import tensorflow as tf
old, new = {pattern!r}, {prefix!r}
dtypes = tf.train.load_checkpoint(old).get_variable_to_dtype_map()
names = sorted(dtypes)
tf.raw_ops.SaveV2(
    prefix=new, tensor_names=names, shape_and_slices=[""] * len(names),
    tensors=[
        tf.raw_ops.Restore(file_pattern=old, tensor_name=name, dt=dtypes[name]) for name in names
    ],
)"""


def find_old_format(checkpoint: Checkpoint) -> list[Finding]:
    """What to know of a V1 checkpoint that nothing is wrong with."""
    prefix = checkpoint.prefix
    first = checkpoint.shards[0].path
    pattern = prefix if first == prefix else f"{prefix}-?????-of-{first[-5:]}"
    detail = (
        "TensorFlow restores it by the variables' names alone, and `tf.train.load_checkpoint` "
        "reads neither its half and complex tensors nor partitioned ones."
    )
    if pattern != prefix:
        detail += f" Its files are restored by their pattern: `restore({pattern!r})`."
    return [
        Finding(
            "F11", Severity.INFO,
            f"{os.path.basename(prefix)} is a checkpoint in the old format (V1).",
            detail,
            prefix, {"files": len(checkpoint.shards), "producer": checkpoint.producer,
                     "restored_by": pattern},
            Fix("Save it again in the format of today.",
                _CONVERT.format(pattern=pattern, prefix=f"{prefix}-v2")),
        )
    ]  # fmt: skip
