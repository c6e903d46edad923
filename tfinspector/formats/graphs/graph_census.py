"""The operations of a graph that is a file of its own, counted as those of a SavedModel are.

Nothing of a `GraphDef` says how it is to be run, so every node of it may be.
"""

from google.protobuf.message import DecodeError

from tfinspector.contents.saved_models import SavedModel
from tfinspector.contents.trust import EntryKind, GraphCensus, GraphEntry
from tfinspector.formats import faults
from tfinspector.formats.graphs.constant_reader import InMemory
from tfinspector.formats.graphs.graph_text import message_of_text
from tfinspector.formats.places.files import open_for_parts
from tfinspector.formats.saved_models.binary import read_meta_graph
from tfinspector.formats.saved_models.census import census_of
from tfinspector.formats.saved_models.graph_bodies import Tick, body_of, read_graph
from tfinspector.formats.saved_models.saved_model import TEXT, read_all
from tfinspector.formats.wire_in_file import ByteSource, Malformed, Span, windowed

_TEXT = "." + TEXT.rpartition(".")[2]


def take_graph_census(graph: SavedModel, tick: Tick) -> GraphCensus:
    """The operations of a frozen graph. Raises `Unreadable` (F07 damaged, F13)."""
    try:
        with open_for_parts(graph.proto) as (read, status):
            nbytes = status.st_size
            if graph.proto.endswith(_TEXT):
                message = message_of_text(read_all(read, nbytes))
                read, nbytes = InMemory(message).read, len(message)
            return _of_graph(read, nbytes, tick)
    except (Malformed, DecodeError) as error:
        raise faults.damaged_index(graph.proto, graph.proto_nbytes, str(error)) from error
    except OSError as error:
        raise faults.cannot_open(graph.proto, error) from error


def _of_graph(read: ByteSource, nbytes: int, tick: Tick) -> GraphCensus:
    graph = read_graph(windowed(read), [Span(0, nbytes)], tick)
    body = body_of(graph.nodes.values())
    everything = GraphEntry(EntryKind.SIGNATURE, "the graph", body)
    return GraphCensus(
        (), "", body, graph.functions, (everything,), graph.producer, graph.min_consumer
    )


def take_meta_census(meta: SavedModel, tick: Tick) -> GraphCensus:
    """The operations of the graph beside a checkpoint (`.meta`). Raises as `take_graph_census`."""
    try:
        with open_for_parts(meta.proto) as (read, status):
            raw = read_meta_graph(read, Span(0, status.st_size))
            return census_of(raw, read_graph(windowed(read), raw.graph, tick))
    except (Malformed, DecodeError) as error:
        raise faults.damaged_index(meta.proto, meta.proto_nbytes, str(error)) from error
    except OSError as error:
        raise faults.cannot_open(meta.proto, error) from error
