"""Which opener opens a kind of source, and which reader reads a snapshot of that kind.

Modules are imported when their kind is first met: what a checkpoint needs is little, and listing
one should not wait for what SavedModels or Keras files need.
"""

from collections.abc import Callable

from tfinspector.contents.sources import Recognised, SourceKind
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.openers.opened import Loaded, Opened
from tfinspector.formats.checkpoints.checkpoint import read_checkpoint
from tfinspector.formats.file_names import INDEX
from tfinspector.formats.places.files import is_file, is_there
from tfinspector.formats.recognition.directories import is_sharded_v1
from tfinspector.formats.recognition.recognise import recognise

KERAS_KINDS = frozenset({SourceKind.KERAS, SourceKind.KERAS_WEIGHTS, SourceKind.KERAS_HDF5})

Opener = Callable[[Recognised, Ticket], Opened]


def opener_of(kind: SourceKind) -> Opener:
    """The function that opens what was recognised as `kind`; it raises `Unreadable`."""
    if kind is SourceKind.CHECKPOINT:
        from tfinspector.engine.openers.checkpoint import open_checkpoint

        return open_checkpoint
    if kind is SourceKind.RUN:
        return _open_run
    if kind is SourceKind.SAVED_MODEL:
        from tfinspector.engine.openers.saved_model import open_saved_model

        return open_saved_model
    if kind in KERAS_KINDS:
        from tfinspector.engine.openers.keras import open_keras

        return open_keras
    if kind is SourceKind.CHECKPOINT_V1:
        from tfinspector.engine.openers.v1 import open_v1

        return open_v1
    if kind is SourceKind.GRAPH_DEF:
        from tfinspector.engine.openers.graph import open_graph

        return open_graph
    if kind is SourceKind.META_GRAPH:
        from tfinspector.engine.openers.meta_graph import open_meta_graph

        return open_meta_graph
    from tfinspector.engine.openers.not_read import refuse

    return refuse


def read_snapshot(path: str) -> Loaded:
    """One snapshot, by the reader of whatever kind of file it is; raises `Unreadable`."""
    if is_file(path + INDEX) or (not is_there(path) and not is_sharded_v1(path)):
        return read_checkpoint(path)
    return _reader_of(recognise(path).kind)(path)


def _reader_of(kind: SourceKind) -> Callable[[str], Loaded]:
    if kind in KERAS_KINDS:
        from tfinspector.formats.keras.keras_file import read_keras

        return read_keras
    if kind is SourceKind.CHECKPOINT_V1:
        from tfinspector.formats.v1.v1_checkpoint import read_v1

        return read_v1
    if kind is SourceKind.GRAPH_DEF:
        from tfinspector.engine.openers.graph import read_constants

        return read_constants
    return read_checkpoint


def _open_run(recognised: Recognised, ticket: Ticket) -> Opened:
    from tfinspector.engine.openers.run import open_run

    return open_run(recognised, ticket, read_snapshot)
