"""Opens a `.meta` file: the V1 checkpoint that it belongs to, or the graph alone."""

import os
from dataclasses import replace

from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.sources import GivenAs, Recognised, Source, SourceKind
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.openers.opened import Opened, stamp
from tfinspector.engine.openers.v1 import open_v1
from tfinspector.engine.reading_nothing import ReaderOfNothing
from tfinspector.formats.file_names import META
from tfinspector.formats.graphs.meta_file import read_meta
from tfinspector.formats.saved_models.variables import declared_variables
from tfinspector.formats.v1.v1_files import v1_files


def open_meta_graph(recognised: Recognised, ticket: Ticket) -> Opened:
    """The graph that was recognised; raises `Unreadable`.

    A checkpoint of today's format beside it was recognised itself by then.
    """
    path = recognised.path
    prefix = path.removesuffix(META)
    if prefix != path and v1_files(prefix):
        words = f"the checkpoint {os.path.basename(prefix)} in the old format (V1), from its graph"
        beside = replace(recognised, path=prefix, given_as=GivenAs.META, taken_for=words)
        return open_v1(beside, ticket)
    ticket.report(0, 0, f"Reading {os.path.basename(path)}")
    model = read_meta(path)
    missing = _no_values(path, prefix)
    declared = replace(
        declared_variables(model, "the checkpoint that this graph belongs to is not beside it"),
        prefix=path,
    )
    source = Source(
        SourceKind.META_GRAPH,
        path,
        recognised.given,
        recognised.taken_for,
        (),
        declared,
        model,
        findings=(missing,),
    )
    return Opened(source, [(declared, ReaderOfNothing(missing))], stamp([path]))


def _no_values(path: str, prefix: str) -> Finding:
    name = os.path.basename(prefix)
    return Finding(
        "F06",
        Severity.WARNING,
        f"{os.path.basename(path)} is a graph without values: no checkpoint {name} is beside it.",
        "Names, types and shapes of the variables are in the graph, their values are not.",
        path,
        fix=Fix(f"Copy {name}.index and its data files (or the file {name}) beside it."),
    )
