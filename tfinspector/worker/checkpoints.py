"""What TensorFlow itself finds in a checkpoint."""

from typing import Any, Dict

from .framework import tensorflow
from .serving import Context


def list_variables(params: Dict[str, Any], context: Context) -> Dict[str, Any]:
    """`prefix` -> `variables`: [key, shape, dtype name] of every key, sorted by key.

    What `tf.train.list_variables` gives, and the dtype, which it leaves out. Raises whatever
    TensorFlow raises; a malformed index may end this process (tensor_bundle.cc aborts).
    """
    tf = tensorflow()
    prefix = params["prefix"]
    reader = tf.train.load_checkpoint(prefix)
    dtypes = reader.get_variable_to_dtype_map()
    return {
        "version": tf.__version__,
        "variables": [
            [key, list(shape), dtypes[key].name] for key, shape in tf.train.list_variables(prefix)
        ],
    }
