"""The page Compare: the two sides, the map of renames, and the comparison once it is there."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal

from tfinspector.contents import numbers
from tfinspector.contents.comparisons import Comparison, RenamedPair
from tfinspector.contents.findings import Finding
from tfinspector.contents.restores import Rename
from tfinspector.viewmodels.compare.rows import CompareRows, has_no_distance
from tfinspector.viewmodels.compare.sides import Side, first_look, sides_of
from tfinspector.viewmodels.compare.table import CompareTable
from tfinspector.viewmodels.measuring.queue import Choice
from tfinspector.viewmodels.restore.words import Verdict
from tfinspector.viewmodels.session import Session
from tfinspector.viewmodels.tasks import Task

if TYPE_CHECKING:
    from tfinspector.engine.jobs import Ticket

_KEPT = 8
_MOST_ROWS = 32  # of each side; the inspector overlays no more
_ACCEPTED = "You accepted it."


class _Result(NamedTuple):
    found: Comparison
    rows: CompareRows


class CompareModel(QObject):
    """`changed` after anything here is. Comparing begins by itself while the page is in front.

    Attributes: table, sides (all that can be chosen), a and b (None while nothing can be compared),
    renames (the map), task (the comparison that runs), problem (why there is none), is_stopped.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.table = CompareTable(session, self)
        self.sides: list[Side] = []
        self.a: Side | None = None
        self.b: Side | None = None
        self.renames: tuple[Rename, ...] = ()
        self.task: Task | None = None
        self.problem: Finding | None = None
        self.is_stopped = False
        self._result: _Result | None = None
        self._kept: OrderedDict[object, _Result] = OrderedDict()
        self._task_key: object = None
        self._is_awake = self._is_touched = False
        self._wanted = "", ""
        session.sources_changed.connect(self._follow_sources)
        self._follow_sources()

    # What is shown

    @property
    def found(self) -> Comparison | None:
        """The comparison of these sides; None while there is none."""
        return self._result.found if self._result else None

    @property
    def is_of_these_sides(self) -> bool:
        """False while the last comparison is still shown and that of other sides is awaited."""
        return self._result is not None and self._kept.get(self._key()) is self._result

    @property
    def findings(self) -> Sequence[Finding]:
        """Why there is no comparison, or what it found."""
        if self.problem:
            return (self.problem,)
        return self.found.findings if self.found else ()

    @property
    def verdict(self) -> Verdict | None:
        """The totals in one sentence."""
        return verdict_of(self.found) if self.found else None

    # What a person does

    def wake(self) -> None:
        """The page came to the front: what is missing is compared."""
        self._is_awake = True
        self._look()

    def sleep(self) -> None:
        """The page is not looked at; what runs goes on, nothing new is begun."""
        self._is_awake = False

    def choose(self, a: Side, b: Side) -> None:
        """Compare these from now on."""
        self._is_touched = True
        self._set(a, b)

    def begin_with(self, a: str, b: str) -> None:
        """Compare these snapshots, by their paths, as soon as both are open, unless a person has
        chosen others by then.
        """
        self._wanted = a, b
        self._follow_sources()

    @property
    def chosen_paths(self) -> tuple[str, str]:
        """What a person has chosen, by its paths; what was wanted at first where nobody did."""
        return (
            (self.a.path, self.b.path) if self._is_touched and self.a and self.b else self._wanted
        )

    def swap(self) -> None:
        """B becomes A; the map is turned around with them."""
        if self.a and self.b:
            self.renames = tuple(
                each._replace(key=each.path, name=each.path, path=each.key) for each in self.renames
            )
            self.choose(self.b, self.a)

    def compare(self) -> None:
        """Begin, after it was stopped or failed."""
        self.is_stopped, self.problem = False, None
        self._look()

    def cancel(self) -> None:
        """Stop comparing."""
        self.is_stopped = True
        if self.task:
            self.task.cancel()

    def link(self, rows: Sequence[int]) -> None:
        """Choose the variables of these rows on both sides, so that the inspector overlays them."""
        if self.a is None or self.b is None or not self.is_of_these_sides:
            return
        choices = []
        for row in self.table.items(rows, _MOST_ROWS):
            pairs = ((self.a, row.a), (self.b, row.b))
            choices += [Choice(side.source, side.path, each) for side, each in pairs if each]
        if choices:
            self._session.choose(choices)

    # Renames

    def load_map(self, path: str) -> None:
        """Compare with the renames of this file."""

        def done(renames: tuple[Rename, ...]) -> None:
            self.set_renames(renames)

        def failed(finding: Finding) -> None:
            self.problem = finding
            self._show(None)

        doors = self._session.doors.restoring
        self._session.run(
            f"Load {path.rsplit('/', 1)[-1]}", lambda ticket: doors.load_map(path), done, failed,
            quiet=True, key="map of the comparison",
        )  # fmt: skip

    def set_renames(self, renames: Sequence[Rename]) -> None:
        """Compare with these renames, which go before suggestions."""
        self.renames = tuple(renames)
        self.compare()

    def save_map(self, path: str) -> None:
        """Write all renamed pairs, as `restore --map` and `diff --map` read them."""
        renames = tuple(rename_of(pair) for pair in self.found.renamed) if self.found else ()
        doors = self._session.doors.restoring
        self._session.run(
            f"Save {path.rsplit('/', 1)[-1]}", lambda ticket: doors.save_map(path, renames)
        )

    def accept(self, pairs: Sequence[RenamedPair]) -> None:
        """Take these suggestions as certain; nothing has to be read again for that."""
        if self.found is None:
            return
        sure = {pair: pair._replace(confidence=1.0, why=_ACCEPTED) for pair in pairs}
        found = replace(
            self.found, renamed=tuple(sure.get(pair, pair) for pair in self.found.renamed)
        )
        renames = self.renames + tuple(rename_of(pair) for pair in sure.values())
        before = self._key()

        def done(rows: CompareRows) -> None:
            if self._key() == before:
                self.renames = renames
                self._keep(self._key(), _Result(found, rows))
                self._look()

        self._session.run(
            "Accept renames", lambda ticket: CompareRows(found), done, quiet=True,
            key="accepted renames of the comparison",
        )  # fmt: skip

    # Following

    def _follow_sources(self) -> None:
        """Sources came, went, or were read again: stay with the same snapshots if there."""
        self.sides = sides_of(self._session.sources)
        known = {side.path: side for side in self.sides}
        if not self._is_touched and known.keys() >= set(self._wanted):
            self._is_touched = True
            self.a, self.b = (known[path] for path in self._wanted)
        a = known.get(self.a.path) if self.a else None
        b = known.get(self.b.path) if self.b else None
        if a is None or b is None or not self._is_touched:
            pair = first_look(self.sides, self._session.current)
            a, b = pair or (None, None)
        self._set(a, b)

    def _set(self, a: Side | None, b: Side | None) -> None:
        before = self._key()
        self.a, self.b = a, b
        if self._key() != before:
            self.is_stopped, self.problem = False, None
        self._look()

    def _key(self) -> object:
        """What a comparison depends on: a snapshot that was written again is another one."""
        if self.a is None or self.b is None:
            return None
        return self.a.snapshot, self.b.snapshot, self.renames

    def _look(self) -> None:
        """Show what is known of these sides, or find it out."""
        known = self._kept.get(self._key())
        if known:
            self._drop_task()
            self._kept.move_to_end(self._key())
            self._show(known)
            return
        if self.problem or self.is_stopped or self.a is None or self.b is None:
            self._show(None)
        elif self._is_awake:
            self._begin(self.a, self.b)
        self.changed.emit()

    def _begin(self, a: Side, b: Side) -> None:
        key, doors, renames = self._key(), self._session.doors, self.renames
        if self.task and self._task_key == key:
            return

        def job(ticket: Ticket) -> _Result:
            found = doors.compare((a.source, a.path), (b.source, b.path), renames, ticket)
            return _Result(found, CompareRows(found))

        def done(result: _Result) -> None:
            self._keep(key, result)
            if key == self._key():
                self._show(result)

        def failed(finding: Finding) -> None:
            if key == self._key():
                self.problem = finding
                self._show(None)

        self._task_key = key
        self.task = task = self._session.run(
            f"Compare {a.label} with {b.label}", job, done, failed, key="compare"
        )
        task.ended.connect(lambda: self._on_ended(task))

    def _drop_task(self) -> None:
        if self.task:
            task, self.task = self.task, None
            task.drop()

    def _on_ended(self, task: Task) -> None:
        if self.task is not task:
            return
        self.task = None
        if task.can_retry and not self.problem:  # it was stopped where all tasks are shown
            self.is_stopped = True
            self._show(None)
        self.changed.emit()

    def _keep(self, key: object, result: _Result) -> None:
        self._kept[key] = result
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)

    def _show(self, result: _Result | None) -> None:
        self._result = result
        self.table.show_rows(result.rows if result else None)
        self.changed.emit()


def verdict_of(found: Comparison) -> Verdict:
    """ "12,345 of 20,000 parameters moved, by 1.2 in all: 0.034 of the length of A." """
    totals = found.totals
    if not totals.parameters:
        return Verdict("info", "muted", "Nothing that both sides have is a weight in one shape.")
    if not totals.moved_parameters:
        count = numbers.counted(totals.parameters, "parameter")
        words = f"Nothing moved: {count} on both sides, the same bit for bit."
        return Verdict("matched", "text", words)
    moved = (
        f"{numbers.whole(totals.moved_parameters)} of "
        f"{numbers.counted(totals.parameters, 'parameter')} moved"
    )
    by = (
        f"by {numbers.four(totals.l2)} in all: "
        f"{numbers.four(totals.relative_l2)} of the length of A. {totals.left_out_words}"
    ).rstrip()
    far = sum(has_no_distance(pair.a, pair.figures) for pair in found.moved)
    if far:
        count = numbers.counted(far, "variable")
        words = f"{moved}, {count} to or from NaN or infinity. The others {by}"
        return Verdict("error", "wrong", words)
    return Verdict("moved", "text", f"{moved}, {by}")


def rename_of(pair: RenamedPair) -> Rename:
    """The pair as maps have it."""
    path = pair.b.paths[0] if pair.b.paths else pair.b.name
    return Rename(pair.a.key, pair.a.name, path, pair.confidence, pair.why, "renamed")
