"""Opens a Keras file of any kind."""

import os

from tfinspector.contents.checkpoints import Checkpoint
from tfinspector.contents.keras_files import KerasLayout
from tfinspector.contents.sources import Recognised, Source, SourceKind
from tfinspector.diagnosis.files import find_file_problems
from tfinspector.diagnosis.keras_files import find_keras_problems
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.openers.opened import Opened, files_of, snapshot_of, stamp
from tfinspector.formats.keras.keras_file import read_keras

_KINDS = {
    KerasLayout.ARCHIVE: SourceKind.KERAS,
    KerasLayout.DIRECTORY: SourceKind.KERAS,
    KerasLayout.WEIGHTS: SourceKind.KERAS_WEIGHTS,
    KerasLayout.SHARDED: SourceKind.KERAS_WEIGHTS,
}


def open_keras(recognised: Recognised, ticket: Ticket) -> Opened:
    """The Keras file that was recognised; raises `Unreadable`."""
    ticket.report(0, 0, f"Reading {os.path.basename(recognised.path)}")
    loaded = read_keras(recognised.path)
    checkpoint = loaded[0]
    source = Source(
        _kind(checkpoint),
        recognised.path,
        recognised.given,
        recognised.taken_for,
        (snapshot_of(checkpoint),),
        checkpoint,
        findings=(*find_file_problems(checkpoint), *find_keras_problems(checkpoint)),
    )
    return Opened(source, [loaded], stamp(files_of(checkpoint)))


def _kind(checkpoint: Checkpoint) -> SourceKind:
    """By what is in it: a name can be wrong."""
    layout = checkpoint.keras.layout if checkpoint.keras else None
    return _KINDS.get(layout, SourceKind.KERAS_HDF5) if layout else SourceKind.KERAS_HDF5
