"""What TensorFlow itself finds in a checkpoint."""

from typing import Any, Dict

from .framework import tensorflow
from .serving import Context


def list_variables(params: Dict[str, Any], context: Context) -> Dict[str, Any]:
    """`prefix` -> `variables`: [key, shape, dtype name] of every key, sorted by key.

    What `tf.train.list_variables` gives, and the dtype, which it leaves out. One type that this
    TensorFlow does not know keeps it from telling any: then all are "" and `no_dtypes` says why.
    Raises whatever TensorFlow raises; a malformed index may end this process (tensor_bundle.cc
    aborts).
    """
    tf = tensorflow()
    prefix = params["prefix"]
    reader = tf.train.load_checkpoint(prefix)
    names, no_dtypes = {}, ""
    try:
        names = {key: dtype.name for key, dtype in reader.get_variable_to_dtype_map().items()}
    except TypeError as error:
        no_dtypes = str(error)
    return {
        "version": tf.__version__,
        "no_dtypes": no_dtypes,
        "variables": [
            [key, list(shape), names.get(key, "")] for key, shape in tf.train.list_variables(prefix)
        ],
    }
