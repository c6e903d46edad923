"""Any sources as one run: what a person puts together by hand behaves as a run on disk does."""

import os
import shlex
from collections.abc import Mapping, Sequence

from tfinspector.contents.findings import Finding, gravest_first
from tfinspector.contents.numbers import counted
from tfinspector.contents.sources import Source, SourceKind
from tfinspector.engine.comparing.axis import need_two, sorted_findings
from tfinspector.engine.comparing.ordering import as_they_are, in_order
from tfinspector.engine.comparing.places import members_of
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.open_source import OpenSource
from tfinspector.engine.openers.opened import Loaded
from tfinspector.engine.opening import open_source

_MOST_NAMED = 4


def put_together(
    paths: Sequence[str], ticket: Ticket | None = None, as_given: bool = False
) -> OpenSource:
    """One source of all complete snapshots of `paths`: checkpoints, runs, models, of any kinds.

    Its snapshots are in the order of training as far as anything tells it (`comparing.ordering`),
    and `taken_for` says what did; `as_given`, they stay where a person put them. Of one path, that
    path's source. `opened_again` reads it anew.
    Raises `Unreadable` where one of them is, or there are no two snapshots, and `Cancelled`.
    """
    ticket = ticket or Ticket()
    paths = list(dict.fromkeys(paths))
    parts = [open_source(path, ticket) for path in paths]
    if len(parts) == 1:
        return parts[0]
    given = members_of(parts)
    need_two(given, paths)
    ordered = as_they_are(given) if as_given else in_order(given)
    snapshots = tuple(member.snapshot for member in ordered.members)
    newest = ordered.members[-1]
    findings = [*_findings_of(parts), *sorted_findings(given, ordered)]
    source = Source(
        SourceKind.RUN,
        _path_of(parts),
        shlex.join(paths),
        f"{counted(len(snapshots), 'snapshot')} of {counted(len(parts), 'source')}, put together "
        f"by hand, in {ordered.told_by}",
        snapshots,
        newest.checkpoint(),
        findings=tuple(gravest_first(findings)),
    )
    owners = {member.snapshot.path: member.opened for member in ordered.members}
    return PutTogether(source, tuple(paths), parts, owners, as_given)


def opened_again(opened: OpenSource, ticket: Ticket | None = None) -> OpenSource:
    """The same source as it is on disk now. Raises `Unreadable` and `Cancelled`."""
    if isinstance(opened, PutTogether):
        return put_together(opened.paths, ticket, opened.as_given)
    return open_source(opened.source.given or opened.source.path, ticket)


class PutTogether(OpenSource):
    """A run of the snapshots of several sources; `paths` and `as_given` are what `put_together` was
    given.
    """

    def __init__(
        self,
        source: Source,
        paths: tuple[str, ...],
        parts: Sequence[OpenSource],
        owners: Mapping[str, OpenSource],
        as_given: bool,
    ) -> None:
        super().__init__(source, (), {})
        self.paths, self.as_given = paths, as_given
        self._parts, self._owners = parts, owners

    def part_with(self, snapshot: str | None) -> OpenSource:
        """The source that the snapshot came with."""
        newest = self.source.snapshots[-1].path
        return self._owners[snapshot or newest]

    def is_stale(self) -> bool:
        """Whether any of the sources is."""
        return any(part.is_stale() for part in self._parts)

    def _read(self, snapshot: str) -> Loaded:
        part = self._owners[snapshot]
        return part.checkpoint(snapshot), part.reader(snapshot)


def _path_of(parts: Sequence[OpenSource]) -> str:
    """No path of a file: the folder that all are in, and their names, as a name for all of it."""
    paths = [part.source.path for part in parts]
    try:
        folder = os.path.commonpath([os.path.dirname(path) for path in paths])
    except ValueError:  # on different drives or machines
        folder = ""
    names = [os.path.basename(path.rstrip("/")) for path in paths]
    if len(set(names)) < len(names):
        names = [os.path.relpath(path, folder or "/").replace(os.sep, " › ") for path in paths]
    if len(names) > _MOST_NAMED:
        names = [names[0], f"{len(names) - 2} more", names[-1]]
    return os.path.join(folder, " + ".join(names))


def _findings_of(parts: Sequence[OpenSource]) -> list[Finding]:
    """What opening the parts found, each thing once; that a run is a directory is no news here."""
    found = [
        each
        for one in parts
        for each in one.source.findings
        if not (each.id == "F03" and one.source.kind is SourceKind.RUN)
    ]
    return list({(each.id, each.title): each for each in found}.values())
