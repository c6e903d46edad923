"""What this TensorFlow has registered: its operations, their kernels, the versions it reads.

Only the registry is asked: no model is loaded and no code of a user runs.
"""

import importlib.util
from typing import Any, Dict, List

from .framework import tensorflow
from .serving import Context


def registry(params: Dict[str, Any], context: Context) -> Dict[str, Any]:
    """`ops` (sorted names), `kernels` {name: device types}, `devices` (types that are here).

    `producer` is the GraphDef version it writes and reads, `xla_call_module` the highest version
    of that operation it runs (None: it does not tell). Of `packages` the answer has those that are
    installed, without importing them.
    """
    tf = tensorflow()
    from tensorflow.python.framework import kernels

    context.report(0, 0, "listing operations")
    registered: Dict[str, List[str]] = {}
    for kernel in kernels.get_all_registered_kernels().kernel:
        types = registered.setdefault(kernel.op, [])
        if kernel.device_type not in types:
            types.append(kernel.device_type)
    return {
        "version": tf.__version__,
        "ops": _operations(),
        "kernels": registered,
        "devices": sorted({device.device_type for device in tf.config.list_physical_devices()}),
        "producer": int(tf.version.GRAPH_DEF_VERSION),
        "xla_call_module": _highest_xla_version(),
        "packages": [name for name in params.get("packages", ()) if _is_installed(name)],
    }


def _operations() -> List[str]:
    """All that is registered by now, those of imported libraries too."""
    from tensorflow.core.framework import op_def_pb2
    from tensorflow.python.client import pywrap_tf_session

    found = op_def_pb2.OpList()
    buffer = pywrap_tf_session.TF_GetAllOpList()
    found.ParseFromString(pywrap_tf_session.TF_GetBuffer(buffer))
    return sorted(op.name for op in found.op)


def _highest_xla_version() -> Any:
    try:
        from tensorflow.compiler.tf2xla.python import xla

        return int(xla.call_module_maximum_supported_version())
    except (ImportError, AttributeError):  # not public: another TensorFlow may have it elsewhere
        return None


def _is_installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module.partition(".")[0]) is not None
    except (ImportError, ValueError):
        return False
