"""`saved_model.pbtxt`: the same message in protobuf's text format.

Syntax: https://protobuf.dev/reference/protobuf/textformat-spec/ . protobuf parses it in Python, at
about 1 MB a second, so the graphs are cut out first with one regular expression.
"""

import re
from collections.abc import Iterator

from google.protobuf import text_format

from tfinspector.formats.saved_model_binary import Malformed, RawMetaGraph, Span
from tfinspector.formats.schema import message_class, pool

_TOKEN = re.compile(
    rb"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|\#[^\n]*|\bgraph_def\b\s*:?\s*(?=[{<])|[{}<>]",
    re.DOTALL,
)
_DEEPEST = 100  # what protobuf allows in the binary form


def read_meta_graphs_of_text(text: bytes) -> tuple[int, list[RawMetaGraph]]:
    """(schema version, meta graphs) of a text-format SavedModel; a graph's span counts text.

    Raises `Malformed`.
    """
    graphs = list(_graphs(text))
    rest = bytearray()
    position = 0
    for _, span in graphs:
        rest += text[position : span.start]
        position = span.stop
    rest += text[position:]
    message = message_class("SavedModel")()
    try:
        text_format.Parse(bytes(rest), message, allow_unknown_field=True, descriptor_pool=pool())
    except (text_format.ParseError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(f"it is no text-format message ({error})") from None
    return message.saved_model_schema_version, [
        RawMetaGraph(meta_graph, tuple(span for index, span in graphs if index == place))
        for place, meta_graph in enumerate(message.meta_graphs)
    ]


def _graphs(text: bytes) -> Iterator[tuple[int, Span]]:
    """(index of the meta graph, span) of each `graph_def { ... }` one level within one."""
    depth, meta_graph, start = 0, -1, -1
    for token in _TOKEN.finditer(text):
        kind = token[0][:1]
        if kind in (b"{", b"<"):
            depth += 1
            meta_graph += depth == 1
            if depth > _DEEPEST:
                raise Malformed(f"it nests deeper than {_DEEPEST} levels")
        elif kind in (b"}", b">"):
            depth -= 1
            if depth == 1 and start >= 0:
                yield meta_graph, Span(start, token.end())
                start = -1
        elif kind == b"g" and depth == 1:
            start = token.start()
    if depth:
        raise Malformed("its braces do not match: it is cut off")
