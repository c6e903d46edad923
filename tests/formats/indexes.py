"""An index made by hand, for graphs that TensorFlow would not write."""

from __future__ import annotations

from tfinspector.contents.dtypes import DTYPE_BY_NAME
from tfinspector.contents.graphs import Node, ObjectGraph
from tfinspector.contents.variables import Variable
from tfinspector.formats.checkpoints.variables import OBJECT_GRAPH_KEY, describe_variables

KEY = "/.ATTRIBUTES/VARIABLE_VALUE"


class Index:
    """Keys with types and shapes; float32 of shape (2,) where nothing else is said."""

    def __init__(self, *keys: str, **special: tuple[str, tuple[int, ...]]) -> None:
        self.keys = sorted({*keys, OBJECT_GRAPH_KEY})
        self._special = special

    @property
    def descriptions(self):
        return list(map(self._describe, self.keys))

    def _describe(self, key):
        name, shape = self._special.get(key.partition("/")[0], ("float32", (2,)))
        return DTYPE_BY_NAME[name], shape, 8, ""


def rows(nodes: list[Node] | None, *keys: str, **special) -> dict[str, Variable]:
    """key -> variable; the keys are those of the nodes, and `keys` besides."""
    graph = None if nodes is None else ObjectGraph(tuple(nodes))
    linked = [one.key for node in nodes or () for one in node.attributes]
    described = describe_variables(Index(*linked, *keys, **special), graph)
    return {variable.key: variable for variable in described.variables}
