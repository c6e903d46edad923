"""Which places TensorFlow itself can read: this machine, and Google's storage.

`tf.io.gfile.get_registered_schemes()` of a plain TensorFlow 2 names no other.
"""

from tfinspector.formats.places.files import is_remote

_SCHEMES = frozenset({"gs"})


def why_not_read_by_tensorflow(path: str) -> str:
    """Why TensorFlow can't open what lies there, as a sentence; "" if it can."""
    scheme = path.partition("://")[0]
    if not is_remote(path) or scheme.lower() in _SCHEMES:
        return ""
    return (
        f"TensorFlow itself can't read {scheme}://: copy it to this machine first to have it "
        "listed or loaded by TensorFlow."
    )
