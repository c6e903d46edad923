"""Opens a frozen graph: its constants are its variables."""

import os

from tfinspector.contents.sources import Recognised, Source, SourceKind
from tfinspector.diagnosis.files import find_file_problems
from tfinspector.diagnosis.graph_files import tell_of_graph
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.openers.opened import Loaded, Opened, snapshot_of, stamp
from tfinspector.formats.graphs.graph_file import read_graph


def open_graph(recognised: Recognised, ticket: Ticket) -> Opened:
    """The GraphDef that was recognised; raises `Unreadable`."""
    ticket.report(0, 0, f"Reading {os.path.basename(recognised.path)}")
    model, checkpoint, reader = read_graph(recognised.path)
    source = Source(
        SourceKind.GRAPH_DEF,
        recognised.path,
        recognised.given,
        recognised.taken_for,
        (snapshot_of(checkpoint),),
        checkpoint,
        model,
        findings=(*find_file_problems(checkpoint), *tell_of_graph(model, checkpoint)),
    )
    return Opened(source, [(checkpoint, reader)], stamp([recognised.path]))


def read_constants(path: str) -> Loaded:
    """The constants of a graph alone; raises `Unreadable`."""
    _, checkpoint, reader = read_graph(path)
    return checkpoint, reader
