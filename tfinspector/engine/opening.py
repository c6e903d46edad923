"""Opens whatever a path is: the one way from a path to contents, for both faces."""

import os
import re
import threading
from collections import OrderedDict
from collections.abc import Iterable

from tfinspector.contents.checkpoints import Checkpoint, Snapshot
from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable
from tfinspector.contents.sources import Source, SourceKind
from tfinspector.contents.variables import Variable
from tfinspector.engine.jobs import Ticket
from tfinspector.formats.checkpoint import read_checkpoint
from tfinspector.formats.reading import TensorReader

_SUFFIX = re.compile(r"\.(index|meta|data-\d{5,}-of-\d{5,})$")


class OpenSource:
    """An opened source: its contents, and readers for its tensors. Thread-safe."""

    def __init__(self, source: Source, loaded: Iterable[tuple[Checkpoint, TensorReader]]) -> None:
        self.source = source
        self._lock = threading.Lock()
        self._loaded = OrderedDict((pair[0].prefix, pair) for pair in loaded)

    def checkpoint(self, snapshot: str | None = None) -> Checkpoint:
        """The contents of a snapshot (`Snapshot.path`), the newest by default."""
        return self._load(snapshot)[0]

    def reader(self, snapshot: str | None = None) -> TensorReader:
        """Reads the tensors of a snapshot by their keys."""
        return self._load(snapshot)[1]

    def find(self, name_or_key: str, snapshot: str | None = None) -> Variable:
        """The variable of that name or key; raises `Unreadable` with what may have been meant."""
        for variable in self.checkpoint(snapshot).variables:
            if name_or_key in (variable.name, variable.key):
                return variable
        raise Unreadable(
            Finding("F03", Severity.ERROR, f"There is no variable {name_or_key!r} here.",
                    where=self.source.path, fix=Fix("Look at the list of variables."))
        )  # fmt: skip

    def _load(self, snapshot: str | None) -> tuple[Checkpoint, TensorReader]:
        prefix = snapshot or (self.source.checkpoint.prefix if self.source.checkpoint else "")
        with self._lock:
            if prefix in self._loaded:
                return self._loaded[prefix]
        pair = read_checkpoint(prefix)
        with self._lock:
            self._loaded[prefix] = pair
        return pair


def open_source(path: str, ticket: Ticket | None = None) -> OpenSource:
    """What `path` is and holds; raises `Unreadable` with the reason and what to do."""
    prefix = _SUFFIX.sub("", os.path.abspath(os.path.expanduser(path)))
    checkpoint, reader = read_checkpoint(prefix)
    name = os.path.basename(prefix)
    nbytes = checkpoint.index_nbytes + sum(max(shard.size, 0) for shard in checkpoint.shards)
    snapshot = Snapshot(prefix, None, "", checkpoint.mtime, nbytes)
    source = Source(
        SourceKind.CHECKPOINT, prefix, path, f"the checkpoint {name}", (snapshot,), checkpoint
    )
    return OpenSource(source, [(checkpoint, reader)])
