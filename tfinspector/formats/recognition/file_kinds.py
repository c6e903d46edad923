"""What a single file is, from its first and last bytes, whatever it is called.

Nothing is parsed further than needed to say it in words, and nothing is ever unpickled.
"""

import os
import struct

from tfinspector.contents.sources import SourceKind
from tfinspector.formats.bundles.table import MAGIC
from tfinspector.formats.checkpoints.state_file import looks_like_state_file
from tfinspector.formats.places.files import open_buffered, status_at
from tfinspector.formats.recognition.file_kind import FileKind
from tfinspector.formats.recognition.foreign_kinds import (
    NPY,
    NPZ,
    ONNX,
    ORBAX_PART,
    PYTORCH,
    SAFETENSORS,
    TFJS,
    TFLITE,
)

_START_NBYTES = 4096
_ENTRY_WITH_EMPTY_KEY = b"\0\0"  # first entry of a block: nothing shared, an empty key
_V1_META = 0x0A
_SAFETENSORS_MOST = 100 << 20


_KERAS_WEIGHTS = FileKind(
    SourceKind.KERAS_WEIGHTS,
    "a Keras weights file (HDF5)",
    noun="the Keras weights",
)
_KERAS_HDF5 = FileKind(
    SourceKind.KERAS_HDF5,
    "an HDF5 file, as Keras wrote models before the .keras format",
    noun="the Keras HDF5 file",
)
_KERAS_SHARDS = FileKind(
    SourceKind.KERAS_WEIGHTS, "the index of sharded Keras weights", noun="the sharded Keras weights"
)
_KERAS = FileKind(
    SourceKind.KERAS,
    "a Keras 3 model (.keras)",
    noun="the Keras model",
)
_CHECKPOINT_V1 = FileKind(
    SourceKind.CHECKPOINT_V1,
    "a checkpoint in the old single-file format (V1)",
    "TensorFlow still reads it; save it again in the format of today.",
    "import tensorflow as tf\nreader = tf.train.load_checkpoint({path!r})",
    "F11",
)
STATE_FILE = FileKind(None, "the state file of a run", id="F02")
_INDEX_RENAMED = FileKind(
    None,
    "the index of a checkpoint under another name",
    "Give it back its name: the prefix and .index, beside the data files of that prefix.",
    id="F02",
)
_LFS = FileKind(None, "a git-LFS pointer: the file itself was never fetched",
                "Fetch the real file.", "git lfs pull", "F07")  # fmt: skip
_HTML = FileKind(
    None,
    "a web page: the download saved an error or a login page",
    "Download it again, signed in where that is needed.",
    id="F07",
)
_EMPTY = FileKind(
    None, "empty: the copy or the save was not finished", "Copy or save it again.", id="F07"
)
_PICKLE = FileKind(
    None,
    "pickled Python, which is not opened: unpickling executes code",
    "Load it with the program that wrote it, if you trust where it comes from.",
)
_FROZEN = FileKind(
    SourceKind.GRAPH_DEF,
    "a TensorFlow graph (GraphDef), with its weights as constants if it is frozen",
    noun="the graph",
)
_META_GRAPH = FileKind(
    SourceKind.META_GRAPH,
    "the graph of a checkpoint of TensorFlow 1, which holds no values",
    noun="the graph",
)
_JSON = FileKind(None, "a JSON file", "Choose a checkpoint, or the directory it lies in.")
_TEXT = FileKind(None, "a text file", "Choose a checkpoint, or the directory it lies in.")
_ZIP = FileKind(None, "a zip archive", "Unpack it first.")
_PACKED = FileKind(None, "a compressed archive", "Unpack it first.")
_UNKNOWN = FileKind(
    None,
    "no file that this program or TensorFlow knows",
    "Choose a checkpoint (any of its files), its directory, or a SavedModel directory.",
)

_BY_START = (
    (b"version https://git-lfs.github.com/spec/v1", _LFS),
    (b"\x80\x02", _PICKLE), (b"\x80\x03", _PICKLE), (b"\x80\x04", _PICKLE), (b"\x80\x05", _PICKLE),
    (b"\x93NUMPY", NPY),
    (b"\x1f\x8b", _PACKED), (b"BZh", _PACKED), (b"\xfd7zXZ", _PACKED),
    (b"\x28\xb5\x2f\xfd", _PACKED),
)  # fmt: skip
_ZIP_ERRORS = (OSError, NotImplementedError, ValueError, EOFError, struct.error)
_ORBAX_NAMES = frozenset({"_CHECKPOINT_METADATA", "_METADATA", "manifest.ocdbt", "_sharding"})
_HDF5 = b"\x89HDF\r\n\x1a\n"


def sniff(path: str) -> FileKind:
    """What the file at `path` is. Raises `OSError` if it can't be read."""
    size = status_at(path).st_size
    with open_buffered(path) as file:
        start = file.read(_START_NBYTES)
        file.seek(max(size - len(MAGIC), 0))
        ends_like_table = file.read() == MAGIC
    if not size:
        return _EMPTY
    if os.path.basename(path) in _ORBAX_NAMES:
        return ORBAX_PART
    if ends_like_table:
        return _INDEX_RENAMED if _is_v2(start) else _CHECKPOINT_V1
    if looks_like_state_file(start):
        return STATE_FILE
    for beginning, kind in _BY_START:
        if start.startswith(beginning):
            return kind
    if start.startswith(b"PK\x03\x04"):
        return _sniff_zip(path)
    if _is_hdf5(path, start, size):
        return _KERAS_WEIGHTS if path.endswith(".weights.h5") else _KERAS_HDF5
    return _sniff_rest(path, start, size)


def _sniff_rest(path: str, start: bytes, size: int) -> FileKind:
    head = start.lstrip()[:9].lower()
    if head.startswith((b"<!doctype", b"<html")):
        return _HTML
    if start[4:8] == b"TFL3":
        return TFLITE
    if _is_safetensors(start, size):
        return SAFETENSORS
    if path.endswith(".meta"):
        return _META_GRAPH
    if path.endswith(".onnx"):
        return ONNX
    if path.endswith((".pb", ".pbtxt")) or (path.endswith(".graphdef") and start[:1] == b"\n"):
        return _FROZEN
    if head.startswith(b"{"):
        return _sniff_json(start)
    return _TEXT if _is_text(start) else _UNKNOWN


def _sniff_json(start: bytes) -> FileKind:
    if b'"weight_map"' in start and b".h5" in start:
        return _KERAS_SHARDS
    return TFJS if b'"modelTopology"' in start or b'"weightsManifest"' in start else _JSON


def _is_v2(start: bytes) -> bool:
    """Whether a table's first value is a header, which a V1 file has no place for."""
    if not start.startswith(_ENTRY_WITH_EMPTY_KEY):
        start = _snappy_literal(start)
    if not start.startswith(_ENTRY_WITH_EMPTY_KEY):
        return False
    position = _after_varint(start, len(_ENTRY_WITH_EMPTY_KEY))  # the value's length
    return start[position : position + 1] != bytes([_V1_META])


def _snappy_literal(start: bytes) -> bytes:
    """The literal that a Snappy block begins with, after the length of the whole."""
    position = _after_varint(start, 0)
    tag = start[position] if position < len(start) else 0xFF
    more_bytes = max((tag >> 2) - 59, 0)  # of the literal's length
    return b"" if tag & 3 else start[position + 1 + more_bytes :]


def _after_varint(data: bytes, position: int) -> int:
    while position < len(data) and data[position] > 127:
        position += 1
    return position + 1


def _sniff_zip(path: str) -> FileKind:
    from zipfile import BadZipFile, ZipFile  # brings compressors along that checkpoints don't need

    try:
        with open_buffered(path) as file, ZipFile(file) as archive:
            names = archive.namelist()
    except (BadZipFile, *_ZIP_ERRORS) as error:
        if path.endswith(".keras"):
            return _KERAS  # opening it says what is left
        return FileKind(
            None, f"a damaged zip archive ({error})", "Copy or download it again.", id="F07"
        )
    if "config.json" in names and (path.endswith(".keras") or _hold_weights(names)):
        return _KERAS
    if any(name.endswith("data.pkl") for name in names):
        return PYTORCH
    return NPZ if names and all(name.endswith(".npy") for name in names) else _ZIP


def _hold_weights(names: list[str]) -> bool:
    return any(name.startswith("model.weights") for name in names)


def _is_hdf5(path: str, start: bytes, size: int) -> bool:
    """The signature stands at 0, or behind a user block of 512, 1024, 2048, ... bytes."""
    at = 0
    while at < min(size, len(start)):
        if start[at : at + len(_HDF5)] == _HDF5:
            return True
        at = at * 2 or 512
    return False


def _is_safetensors(start: bytes, size: int) -> bool:
    length = int.from_bytes(start[:8], "little")
    return 2 <= length <= min(size - 8, _SAFETENSORS_MOST) and start[8:10] in (b'{"', b"{}")


def _is_text(start: bytes) -> bool:
    return b"\0" not in start and all(byte >= 32 or byte in b"\t\n\r\f\x1b" for byte in start)
