"""Saves what can be read of a damaged checkpoint as a new, smaller one, without TensorFlow.

Every tensor is held against its checksum before it is copied. The object graph loses the values
that are lost, so that `tf.train.Checkpoint.restore` gives the rest back.
"""

from collections.abc import Iterator

import numpy as np

from tfinspector.contents import numbers
from tfinspector.contents.checkpoints import Checkpoint
from tfinspector.contents.dtypes import DTYPE_BY_NAME, DTypeKind
from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable
from tfinspector.contents.salvaging import Lost, Salvaged
from tfinspector.contents.variables import Variable
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.new_checkpoint import new_checkpoint
from tfinspector.engine.open_source import OpenSource
from tfinspector.engine.spans import blocks_of_span, spans_of
from tfinspector.formats.bundles.bundle import BundleReader
from tfinspector.formats.bundles.writing import Part, TensorFile, string_parts
from tfinspector.formats.checkpoints.graph_fields import BrokenMessage
from tfinspector.formats.checkpoints.graph_rewriting import keys_of_graph, without_values
from tfinspector.formats.checkpoints.kept_keys import KeptKeys
from tfinspector.formats.checkpoints.variables import OBJECT_GRAPH_KEY
from tfinspector.formats.reading import TensorReader
from tfinspector.formats.wire import Malformed

GRAPH = "the object graph"


def salvage(
    opened: OpenSource, prefix: str, ticket: Ticket | None = None, snapshot: str | None = None
) -> Salvaged:
    """Write the readable variables of a snapshot (None: the newest) as the checkpoint `prefix`.

    Raises `Unreadable` where nothing can be saved or the files can't be written; the files of
    `prefix` must not exist. Raises `Cancelled`; nothing is left then.
    """
    checkpoint, reader = opened.checkpoint(snapshot), opened.reader(snapshot)
    with new_checkpoint(prefix) as draft:
        tensors = TensorFile(draft.data)
        one = _Salvage(checkpoint, reader, tensors, ticket or Ticket())
        one.copy_variables()
        if not one.kept:
            raise Unreadable(_nothing(checkpoint, one.lost))
        has_graph = one.copy_graph()
        draft.index.write(tensors.index())
    return Salvaged(
        draft.prefix, checkpoint.prefix, tuple(one.kept.values()), tuple(one.lost), tensors.nbytes,
        has_graph,
    )  # fmt: skip


class _Salvage:
    """One pass over the variables of a checkpoint."""

    def __init__(
        self, checkpoint: Checkpoint, reader: TensorReader, tensors: TensorFile, ticket: Ticket
    ) -> None:
        self._checkpoint = checkpoint
        self._reader = reader
        self._tensors = tensors
        self._ticket = ticket
        self._total = 2 * sum(each.nbytes for each in checkpoint.variables if not each.problem)
        self._done = 0
        self.kept: dict[str, str] = {}
        self.lost: list[Lost] = []

    def copy_variables(self) -> None:
        for variable in self._checkpoint.variables:
            try:
                self._copy(variable)
            except Unreadable as error:
                self.lost.append(Lost(variable.name, _why(variable, error.finding.title)))
            else:
                self.kept[variable.key] = variable.name

    def copy_graph(self) -> bool:
        """Write the graph that fits what was kept; whether there is one."""
        if self._checkpoint.graph is None:
            if any("/.ATTRIBUTES/" in key for key in self.kept):
                self.lost.append(Lost(GRAPH, "can't be read: values are restored by their names"))
            return False
        graph = self._reader.read(OBJECT_GRAPH_KEY).reshape(-1)[0]
        kept = KeptKeys(self.kept)
        try:
            self._tell_unlisted(graph, kept)
            rest = without_values(graph, kept.is_lost)
        except (BrokenMessage, IndexError):
            self.lost.append(Lost(GRAPH, "is damaged: values are restored by their names"))
            return False
        self._tensors.add(OBJECT_GRAPH_KEY, DTYPE_BY_NAME["string"], (), string_parts([rest]))
        return True

    def _tell_unlisted(self, graph: bytes, kept: KeptKeys) -> None:
        """Values that the graph names and the index does not: their entries are lost."""
        listed = KeptKeys(each.key for each in self._checkpoint.variables)
        for key in dict.fromkeys(keys_of_graph(graph)):
            if kept.is_lost(key) and listed.is_lost(key):
                name = key.partition("/.ATTRIBUTES/")[0]
                self.lost.append(Lost(name, "is named by the object graph, not by the index"))

    def _copy(self, variable: Variable) -> None:
        if variable.problem:
            raise Malformed(variable.problem)
        mismatch = self._reader.verify(variable.key, self._tick)
        if mismatch is not None:
            stored, computed = mismatch
            raise Malformed(f"has the checksum {computed:08x}, saved was {stored:08x}")
        parts = self._ticking(_parts(self._reader, variable))
        self._tensors.add(variable.key, variable.dtype, variable.shape, parts)

    def _ticking(self, parts: Iterator[Part]) -> Iterator[Part]:
        for part in parts:
            yield part
            self._tick(len(part.written))

    def _tick(self, nbytes: int) -> None:
        self._done += nbytes
        self._ticket.report(min(self._done, self._total), self._total, "Saving what is intact")


def _parts(reader: TensorReader, variable: Variable) -> Iterator[Part]:
    """What to write for a variable that holds."""
    if isinstance(reader, BundleReader) and not reader.locate(variable.key).is_partitioned:
        yield from reader.parts(variable.key)
    elif variable.dtype.is_numeric:
        for span in spans_of(variable, 1):
            for block in blocks_of_span(reader, variable, span):
                yield Part.plain(np.ascontiguousarray(block).reshape(-1).view(np.uint8))
    elif variable.dtype.kind is DTypeKind.STRING:
        strings = reader.read(variable.key).reshape(-1).tolist()
        yield from string_parts([_as_bytes(one) for one in strings])
    else:
        raise Malformed(f"is stored as {variable.dtype.name}, which can't be copied")


def _as_bytes(text: object) -> bytes:
    if isinstance(text, bytes):
        return text
    raise Malformed("holds strings that are not stored as bytes")


def _why(variable: Variable, title: str) -> str:
    """The sentence without the name that it begins with."""
    for name in (variable.key, variable.name):
        title = title.removeprefix(f"{name} ")
    return title.rstrip(".")


def _nothing(checkpoint: Checkpoint, lost: list[Lost]) -> Finding:
    why = f": {lost[0].name} {lost[0].why}" if lost else ", it has no variables"
    return Finding(
        "F07", Severity.ERROR,
        f"Nothing of {checkpoint.prefix.rpartition('/')[2]} can be saved{why}.",
        where=checkpoint.prefix,
        evidence={"lost": numbers.counted(len(lost), "variable")},
        fix=Fix("Copy its files again from where they were saved, or use an older snapshot."),
    )  # fmt: skip
