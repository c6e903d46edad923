"""An opened source: contents and readers of its snapshots, kept while they are used."""

import os
import threading
from collections import OrderedDict
from collections.abc import Iterable

from tfinspector.contents.checkpoints import Checkpoint
from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable
from tfinspector.contents.sources import Source, SourceKind
from tfinspector.contents.variables import Variable
from tfinspector.engine.openers.opened import Loaded, Stamps, stamp
from tfinspector.engine.openers.table import read_snapshot
from tfinspector.formats.reading import TensorReader

_MOST_VARIABLES = 500_000  # of all snapshots kept at a time, some 600 bytes each
_CLOSE_ENOUGH = 0.6
_MOST_COMPARED = 20_000


class OpenSource:
    """An opened source. Thread-safe; holds no open file.

    A snapshot is named by its `Snapshot.path`; None is the newest one that can be read. `paths` are
    those that a person put together to it; () for what lies on disk as it is.
    """

    paths: tuple[str, ...] = ()

    def __init__(self, source: Source, loaded: Iterable[Loaded], stamps: Stamps) -> None:
        self.source = source
        self._stamps = stamps
        self._lock = threading.Lock()
        self._loaded = OrderedDict((pair[0].prefix, pair) for pair in loaded)
        self._found: dict[str, dict[str, Variable]] = {}

    def checkpoint(self, snapshot: str | None = None) -> Checkpoint:
        """The contents of a snapshot; raises `Unreadable`."""
        return self._load(snapshot)[0]

    def stored_checkpoint(self, snapshot: str | None = None) -> Checkpoint:
        """As `checkpoint`, and `Unreadable` too where its values are missing altogether."""
        if not self.source.snapshots:
            raise Unreadable(_why_empty(self.source) or _no_snapshot(self.source, ""))
        return self.checkpoint(snapshot)

    def reader(self, snapshot: str | None = None) -> TensorReader:
        """Reads the tensors of a snapshot by their keys; raises `Unreadable`."""
        return self._load(snapshot)[1]

    def find(self, name_or_key: str, snapshot: str | None = None) -> Variable:
        """The variable of that name, key or path; else `Unreadable` with what may be meant."""
        checkpoint = self.checkpoint(snapshot)
        found = self._directory_of(checkpoint).get(name_or_key)
        if found is None:
            raise Unreadable(_no_variable(name_or_key, checkpoint))
        return found

    def part_with(self, snapshot: str | None) -> "OpenSource":
        """What the snapshot was opened from: this source, unless several were put together."""
        return self

    def is_stale(self) -> bool:
        """Whether a file of the source was changed, or a snapshot came or went, since opening."""
        if stamp(self._stamps) != self._stamps:
            return True
        if self.source.kind is not SourceKind.RUN:
            return False
        try:
            # Imported here: a listing does not need to know the snapshots of every kind.
            from tfinspector.engine.openers.run_listing import paths_of_snapshots

            now = paths_of_snapshots(self.source.path)
        except OSError:
            return True
        return now != {one.path for one in self.source.snapshots}

    def _load(self, snapshot: str | None) -> Loaded:
        own = self.source.checkpoint.prefix if self.source.checkpoint else ""
        prefix = snapshot or own
        known = prefix == own or any(prefix == one.path for one in self.source.snapshots)
        if not prefix or not known:
            raise Unreadable(_no_snapshot(self.source, prefix))
        with self._lock:
            if prefix in self._loaded:
                self._loaded.move_to_end(prefix)
                return self._loaded[prefix]
        pair = self._read(prefix)
        with self._lock:
            pair = self._loaded.setdefault(prefix, pair)
            self._forget_oldest()
        return pair

    def _read(self, snapshot: str) -> Loaded:
        return read_snapshot(snapshot)

    def _forget_oldest(self) -> None:
        """Keep within the bound; the snapshot of `source` itself lives as long as it anyway."""
        kept = sum(len(checkpoint.variables) for checkpoint, _ in self._loaded.values())
        own = self.source.checkpoint.prefix if self.source.checkpoint else ""
        for prefix in list(self._loaded)[:-1]:
            if kept <= _MOST_VARIABLES:
                return
            if prefix != own:
                kept -= len(self._loaded.pop(prefix)[0].variables)
                self._found.pop(prefix, None)

    def _directory_of(self, checkpoint: Checkpoint) -> dict[str, Variable]:
        """Names, keys and paths of the variables; a name wins over a key, a key over a path."""
        with self._lock:
            known = self._found.get(checkpoint.prefix)
        if known is None:
            known = {}
            for variable in checkpoint.variables:
                known |= dict.fromkeys(variable.paths, variable)
            known |= {variable.key: variable for variable in checkpoint.variables}
            known |= {variable.name: variable for variable in checkpoint.variables}
            with self._lock:
                self._found[checkpoint.prefix] = known
        return known


def _no_variable(asked: str, checkpoint: Checkpoint) -> Finding:
    names = [variable.name for variable in checkpoint.variables]
    near = _near(asked, names)
    fix = Fix(
        f"Did you mean {' or '.join(near)}?" if near else "See the list of its variables.",
        f"tfinspector list {checkpoint.prefix!r}",
    )
    return Finding(
        "F03", Severity.ERROR,
        f"{os.path.basename(checkpoint.prefix)} has no variable {asked}.",
        where=checkpoint.prefix, evidence={"asked": asked, "near": near}, fix=fix,
    )  # fmt: skip


def _near(asked: str, names: list[str]) -> list[str]:
    """Names that end alike first (a layer's prefix left out), then those spelled alike."""
    ends = [name for name in names if name.endswith(f"/{asked}") or f"/{asked}/" in f"/{name}/"]
    tail = asked.rpartition("/")[2].lower()
    if len(names) > _MOST_COMPARED:
        names = [name for name in names if tail in name.lower()][:_MOST_COMPARED]
    lowered = {name.lower(): name for name in names}
    from difflib import get_close_matches

    close = get_close_matches(asked.lower(), lowered, 3, _CLOSE_ENOUGH)
    return list(dict.fromkeys([*ends[:3], *(lowered[name] for name in close)]))[:3]


def _why_empty(source: Source) -> Finding | None:
    """What was found wrong with the values that it should have; None where it has none to miss."""
    if source.checkpoint is None:
        return None
    wrong = [each for each in source.findings if each.severity is Severity.ERROR]
    return next((each for each in wrong if each.id == "S03" or each.id.startswith("F")), None)


def _no_snapshot(source: Source, asked: str) -> Finding:
    names = [os.path.basename(one.path) for one in source.snapshots]
    if not asked:
        title = f"{os.path.basename(source.path)} holds no values of variables."
        text = "Open a checkpoint, or a SavedModel that has variables."
    else:
        title = f"{os.path.basename(source.path)} has no snapshot {asked}."
        text = f"Choose one of {', '.join(names[-5:])}." if names else "Open it by its own path."
    return Finding("F03", Severity.ERROR, title, where=source.path, fix=Fix(text))
