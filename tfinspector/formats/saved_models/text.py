"""`saved_model.pbtxt`: the same message in protobuf's text format.

Syntax: https://protobuf.dev/reference/protobuf/textformat-spec/ . protobuf parses it in Python, at
about 1 MB a second, so the graphs are cut out first with one regular expression.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from google.protobuf import text_format

from tfinspector.formats.saved_models.binary import RawMetaGraph
from tfinspector.formats.saved_models.graph_collections import VARIABLE_OPS
from tfinspector.formats.saved_models.schema import message_class, pool
from tfinspector.formats.wire_in_file import Malformed, Span

_TOKEN = re.compile(
    rb"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|\#[^\n]*|[{}<>]|"
    rb"\b(graph_def|node)\b\s*:?\s*(?=[{<])",
    re.DOTALL,
)
_DEEPEST = 100  # what protobuf allows in the binary form


def read_meta_graphs_of_text(text: bytes) -> tuple[int, list[RawMetaGraph]]:
    """(schema version, meta graphs) of a text-format SavedModel; a graph's span counts text.

    Raises `Malformed`.
    """
    graphs = list(_blocks(text, Span(0, len(text)), b"graph_def"))
    rest = bytearray()
    position = 0
    for _, span in graphs:
        rest += text[position : span.start]
        position = span.stop
    rest += text[position:]
    message = parse_text("SavedModel", bytes(rest))
    return message.saved_model_schema_version, [
        RawMetaGraph(meta_graph, tuple(span for index, span in graphs if index == place))
        for place, meta_graph in enumerate(message.meta_graphs)
    ]


def variable_nodes_of_text(text: bytes, graph: Sequence[Span]) -> dict[str, Any]:
    """The graph's variable nodes (`NodeDef` messages) by name. Raises `Malformed`."""
    nodes = {}
    for span in graph:
        for _, place in _blocks(text, span, b"node"):
            block = text[place.start : place.stop]
            if any(b'"%s"' % op in block for op in VARIABLE_OPS):
                node = parse_text("GraphDef", block).node[0]
                nodes[node.name] = node
    return nodes


def graph_of_text(text: bytes, graph: Sequence[Span]) -> bytes:
    """The graph in its binary form, as far as our schema knows it. Raises `Malformed`."""
    parts = bytearray()
    for span in graph:
        block = text[span.start : span.stop].partition(b"{")[2].rpartition(b"}")[0]
        parts += parse_text("GraphDef", block).SerializeToString()
    return bytes(parts)


def parse_text(name: str, text: bytes) -> Any:
    """The message `name` of our schema in text form. Raises `Malformed`."""
    message = message_class(name)()
    try:
        text_format.Parse(text, message, allow_unknown_field=True, descriptor_pool=pool())
    except (text_format.ParseError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(f"it is no text-format message ({error})") from None
    return message


def _blocks(text: bytes, within: Span, name: bytes) -> Iterator[tuple[int, Span]]:
    """(how many outer blocks came before, span) of each `name { ... }` inside an outer block."""
    depth, outer, start = 0, -1, -1
    for token in _TOKEN.finditer(text, within.start, within.stop):
        kind = token[0][:1]
        if kind in (b"{", b"<"):
            depth += 1
            outer += depth == 1
            if depth > _DEEPEST:
                raise Malformed(f"it nests deeper than {_DEEPEST} levels")
        elif kind in (b"}", b">"):
            depth -= 1
            if depth == 1 and start >= 0:
                yield outer, Span(start, token.end())
                start = -1
        elif token[1] == name and depth == 1:
            start = token.start()
    if depth:
        raise Malformed("its braces do not match: it is cut off")
