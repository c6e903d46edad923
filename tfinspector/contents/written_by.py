"""What wrote a model, in words: versions, and the time that Keras writes into its files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from tfinspector.contents import numbers

_NAMES = {
    "tensorflow": "TensorFlow",
    "keras": "Keras",
    "producer": "GraphDef version",
    "min_consumer": "for versions from",
    "xla_call_module": "XlaCallModule",
}
_BACKENDS = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch", "numpy": "NumPy"}
_KERAS_TIME = "%Y-%m-%d@%H:%M:%S"  # `keras.src.saving.saving_lib`: local, without a zone


def written_by(versions: Mapping[str, object]) -> str:
    """ "Written by Keras 3.15.1, backend JAX, saved 2026-11-24 17:03:41"; "" if unknown."""
    told = ", ".join(f"{_NAMES.get(name, name)} {_value(name, str(each))}"
                     for name, each in versions.items())  # fmt: skip
    return f"Written by {told}" if told else ""


def _value(name: str, written: str) -> str:
    if name == "backend":
        return backend_name(written)
    return keras_moment(written) if name == "saved" else written


def backend_name(written: str) -> str:
    """ "TensorFlow" of "tensorflow"; as it is written where it is none of Keras."""
    return _BACKENDS.get(written, written)


def keras_moment(written: str) -> str:
    """As all times are shown; as it is written where it is none of Keras."""
    try:
        return numbers.moment(datetime.strptime(written, _KERAS_TIME).timestamp())
    except (ValueError, OverflowError, OSError):
        return written
