"""A checkpoint by its prefix: the bundle, its object graph, and a variable for every key."""

from tfinspector.contents.checkpoints import Checkpoint
from tfinspector.contents.collecting import without_collecting
from tfinspector.contents.findings import Unreadable
from tfinspector.contents.graphs import ObjectGraph
from tfinspector.formats.bundles.bundle import Bundle, BundleReader, read_bundle
from tfinspector.formats.checkpoints.object_graph import parse_object_graph
from tfinspector.formats.checkpoints.variables import OBJECT_GRAPH_KEY, describe_variables


def read_checkpoint(prefix: str) -> tuple[Checkpoint, BundleReader]:
    """What the checkpoint `prefix` holds, and a reader for its tensors.

    Raises `Unreadable` if the index can't be read. A graph that is lost or broken is told in
    `Checkpoint.problems`; the variables are then named by their keys.
    """
    with without_collecting():
        bundle = read_bundle(prefix)
        reader = BundleReader(bundle)
        graph, problems = _read_graph(bundle, reader)
        described = describe_variables(bundle, graph)
    checkpoint = Checkpoint(
        prefix=prefix,
        variables=described.variables,
        graph=graph,
        dialect=described.dialect,
        shards=bundle.shards(),
        index_nbytes=bundle.index_nbytes,
        mtime=bundle.mtime,
        big_endian=bundle.big_endian,
        producer=bundle.producer,
        min_consumer=bundle.min_consumer,
        unlinked=described.unlinked,
        lost_blocks=bundle.lost_blocks,
        problems=(*bundle.problems, *problems, *described.problems),
    )
    return checkpoint, reader


def _read_graph(bundle: Bundle, reader: BundleReader) -> tuple[ObjectGraph | None, tuple[str, ...]]:
    """The graph, None for a checkpoint that has none or whose graph can't be read."""
    if OBJECT_GRAPH_KEY not in bundle.keys:
        return None, ()
    try:
        value = reader.read(OBJECT_GRAPH_KEY)
    except Unreadable as error:
        return None, (f"the object graph can't be read: {error.finding.title}",)
    data = value.reshape(-1)[0] if value.size else b""
    if not isinstance(data, bytes):
        return None, (f"the object graph is stored as {value.dtype}, not as a string",)
    graph = parse_object_graph(data)
    return graph if graph.node_count else None, graph.problems
