"""The one door to TensorFlow in this process."""

import os
import platform
import sys
from importlib import metadata
from typing import Any, Dict, List

from .failures import TensorFlowMissing

_known: List[Any] = []


def tensorflow() -> Any:
    """The module. Raises TensorFlowMissing; the next call tries again.

    The GPU's memory is taken as it is needed, not all at once: the user's training may be running
    on the same device.
    """
    if _known:
        return _known[0]
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    try:
        import tensorflow as tf
    except Exception as error:  # a broken installation may raise anything
        raise TensorFlowMissing(error) from error
    _known.append(tf)
    return tf


def about() -> Dict[str, Any]:
    """This interpreter and what it has. Imports TensorFlow; never raises for the lack of it."""
    answer: Dict[str, Any] = {
        "python": platform.python_version(),
        "executable": sys.executable or "",
        "host": platform.node(),
        "pid": os.getpid(),
        "tensorflow": None,
        "keras": _version("keras"),
        "numpy": _version("numpy"),
        "devices": [],
        "problem": "",
        "problem_type": "",
    }
    try:
        tf = tensorflow()
        answer["tensorflow"] = tf.__version__
        answer["devices"] = devices(tf)
    except TensorFlowMissing as missing:
        answer["problem"] = str(missing)
        answer["problem_type"] = type(missing.cause).__name__
        answer["problem_module"] = getattr(missing.cause, "name", None) or ""
    return answer


def devices(tf: Any) -> List[Dict[str, str]]:
    """Name ("GPU:0") and model of each device that a model can be put on; takes no memory there."""
    answer = []
    for kind in ("CPU", "GPU", "TPU"):
        for number, device in enumerate(tf.config.list_physical_devices(kind)):
            answer.append({"name": "%s:%d" % (kind, number), "model": _model(tf, device)})
    return answer


def _model(tf: Any, device: Any) -> str:
    try:
        details = tf.config.experimental.get_device_details(device)
    except (ValueError, RuntimeError):  # a device TensorFlow has no details for
        return ""
    return str(details.get("device_name", ""))


def _version(distribution: str) -> Any:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None
