"""The first lines of every script: how the values of a source are opened.

`open_values(path)` gives an object with `get_tensor(key)`; the keys are those of the file.
"""

import os
from collections.abc import Iterable
from pprint import pformat

from tfinspector.contents.dtypes import DTypeKind
from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable
from tfinspector.contents.sources import SourceKind
from tfinspector.contents.variables import Variable
from tfinspector.diagnosis.given_paths import find_special_characters
from tfinspector.engine.open_source import OpenSource
from tfinspector.engine.restoring.script_parts import KERAS_VALUES
from tfinspector.engine.tensorflow_places import why_not_read_by_tensorflow

_WIDTH = 96
_KERAS_ENDINGS = (".keras", ".h5", ".hdf5", ".json")
_TENSORFLOW = "\nopen_values = tf.train.load_checkpoint\n"
_KERAS = f"\nimport os\n{KERAS_VALUES}\n\nopen_values = Values\n"
_LINKED = '''
import glob
import os
import tempfile


def open_values(path):
    """By links: TensorFlow takes this path for a pattern, and finds nothing that matches it."""
    safe = os.path.join(tempfile.mkdtemp(), "checkpoint")
    for file in glob.glob(glob.escape(path) + ".*"):
        os.symlink(file, safe + file[len(path) :])
    return tf.train.load_checkpoint(safe)
'''
_V1 = '''

class Values:
    """By the operation that a restore runs: it also joins what an old checkpoint has in slices."""

    def __init__(self, path):
        self.path, self.reader = path, tf.train.load_checkpoint(path)
        self.get_variable_to_shape_map = self.reader.get_variable_to_shape_map
        self.get_variable_to_dtype_map = self.reader.get_variable_to_dtype_map

    def get_tensor(self, key):
        dtypes = [self.get_variable_to_dtype_map()[key]]
        return tf.raw_ops.RestoreV2(
            prefix=self.path, tensor_names=[key], shape_and_slices=[""], dtypes=dtypes
        )[0].numpy()


open_values = Values
'''
_GRAPH = '''
from google.protobuf import text_format


class Constants:
    """The constants of a graph by their names."""

    def __init__(self, path):
        graph = tf.compat.v1.GraphDef()
        data = open(path, "rb").read()
        if path.endswith((".pbtxt", ".txt")):
            text_format.Parse(data, graph)
        else:
            graph.ParseFromString(data)
        self.tensors = {
            node.name: node.attr["value"].tensor for node in graph.node if node.op == "Const"
        }

    def get_tensor(self, key):
        return tf.make_ndarray(self.tensors[key])


open_values = Constants
'''
NUMBERS = '''

def numbers_of(value):
    """In a row of 64-bit floats; of complex numbers the magnitude."""
    value = np.abs(value) if np.iscomplexobj(value) else np.asarray(value)
    return value.astype(np.float64).reshape(-1)
'''


def script(title: str, *parts: str) -> str:
    """The parts below a docstring and the imports of all scripts."""
    title = title.encode("unicode_escape").decode().replace('"', "'")  # whatever a file is called
    head = f'"""{title}\n\nIt needs TensorFlow and the files only, and changes nothing.\n"""\n\n'
    return f"{head}import numpy as np\nimport tensorflow as tf\n{''.join(parts).rstrip()}\n"


def opening_code(sources: Iterable[tuple[OpenSource, str]]) -> str:
    """`open_values` for snapshots of sources. Raises Unreadable where one script can't do both."""
    made = {_opening(opened, snapshot) for opened, snapshot in sources}
    if len(made - {_TENSORFLOW}) and len(made) > 1:
        if made == {_TENSORFLOW, _LINKED}:
            return _LINKED
        raise Unreadable(
            Finding(
                "V04", Severity.ERROR,
                "The two are files of different kinds, so no short script reads both.",
                fix=Fix("Copy the Python of each of them: how its variables are read."),
            )
        )  # fmt: skip
    return made.pop()


def path_in_code(opened: OpenSource, snapshot: str) -> str:
    """The path that `open_values` takes: of an old checkpoint in several files, their pattern."""
    shards = opened.checkpoint(snapshot).shards if _is_v1(opened, snapshot) else ()
    if not shards or not shards[0].path.startswith(f"{snapshot}-") or "-of-" not in shards[0].path:
        return snapshot
    return f"{snapshot}-?????-of-{shards[0].path[-5:]}"


def literal(value: object) -> str:
    """Python's own words for a value, in lines that can be read."""
    return pformat(value, width=_WIDTH, sort_dicts=False)


def readable(variables: Iterable[Variable]) -> list[Variable]:
    """Those whose values TensorFlow gives as an array."""
    return [
        each for each in variables
        if not each.problem and each.dtype.kind not in (DTypeKind.VARIANT, DTypeKind.RESOURCE)
    ]  # fmt: skip


def _opening(opened: OpenSource, snapshot: str) -> str:
    is_read = opened.source.kind is not SourceKind.GRAPH_DEF and not _is_keras(opened, snapshot)
    why_not = why_not_read_by_tensorflow(snapshot)
    if why_not or (opened.source.is_remote and not is_read):
        raise Unreadable(
            Finding(
                "V04", Severity.ERROR, why_not or "No short script reads this from where it lies.",
                where=snapshot, fix=Fix("Copy it to this machine, and open it there."),
            )
        )  # fmt: skip
    if opened.source.kind is SourceKind.GRAPH_DEF:
        return _GRAPH
    if _is_keras(opened, snapshot):
        return _KERAS
    if _is_v1(opened, snapshot):
        return _V1
    return _LINKED if find_special_characters(snapshot) else _TENSORFLOW


def _is_keras(opened: OpenSource, snapshot: str) -> bool:
    """A run's snapshots tell it by their names: hundreds of them need not be read for that."""
    if opened.source.kind is SourceKind.RUN:
        return snapshot.endswith(_KERAS_ENDINGS) or os.path.isdir(snapshot)
    return opened.checkpoint(snapshot).keras is not None


def _is_v1(opened: OpenSource, snapshot: str) -> bool:
    """A run's snapshots tell it by their files: today's format has an index."""
    if opened.source.kind is SourceKind.RUN:
        has_index = os.path.exists(f"{snapshot}.index")
        return not (has_index or opened.source.is_remote or _is_keras(opened, snapshot))
    return opened.source.kind is SourceKind.CHECKPOINT_V1
