"""Measuring in the background: what is looked at first, everything else after.

Two threads take small portions: the express lane what was asked for (chosen), so that it never
waits behind a large tensor; the slow lane what is in view, then the rest of the current snapshot
from top to bottom. (`measure_all` uses all processors where that pays.) Results are collected and
handed to the window's thread at most twenty times a second.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from tfinspector.contents.figures import Statistics, Unmeasured
from tfinspector.contents.findings import Cancelled
from tfinspector.contents.variables import Variable
from tfinspector.engine.jobs import Ticket
from tfinspector.viewmodels.doors import Doors
from tfinspector.viewmodels.jobs import Pool, finding_of

if TYPE_CHECKING:
    from tfinspector.engine.opening import OpenSource

_TICK_MS = 50
_PORTION = 64
_PORTION_NBYTES = 16 << 20
_EXPRESS, _SLOW = "express", "slow"

Figures = Statistics | Unmeasured


@dataclass(frozen=True, slots=True)
class Choice:
    """One variable of one snapshot of one source."""

    source: OpenSource
    snapshot: str
    variable: Variable


_Place = tuple[int, str]
_Mark = tuple[int, str, str]


def _mark(choice: Choice) -> _Mark:
    return (id(choice.source), choice.snapshot, choice.variable.key)


class MeasuringQueue(QObject):
    """Keeps the figures of every variable measured so far, per source, snapshot and key.

    `measured` carries the choices that have just got figures; `progressed` (done, total) is of
    the current snapshot; `settled` says that nothing is left to do. All in the window's thread.
    """

    measured = Signal(list)
    progressed = Signal(int, int)
    settled = Signal()

    def __init__(self, doors: Doors, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._doors = doors
        self._pool = Pool(2)
        self._lock = threading.Lock()
        self._figures: dict[_Place, dict[str, Figures]] = {}
        self._urgent: list[Choice] = []
        self._in_view: list[Choice] = []
        self._rest_of: tuple[OpenSource, str] | None = None
        self._rest: Sequence[Variable] = ()
        self._at = 0
        self._taken: set[_Mark] = set()
        self._begun: set[_Mark] = set()
        self._arrived: list[tuple[Choice, Figures]] = []
        self._lanes: set[str] = set()
        self._paused = False
        self._ticket = Ticket()
        self._current: _Place | None = None
        self._total = 0
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._deliver)

    def figures(self, choice: Choice) -> Figures | None:
        """What is known of `choice`; None if it is not measured yet, and then it comes first."""
        known = self.known(choice.source, choice.snapshot).get(choice.variable.key)
        if known is None:
            self.urge([choice])
        return known

    def known(self, source: OpenSource, snapshot: str) -> dict[str, Figures]:
        """Figures by key, of one snapshot. Read only; grows in the window's thread alone."""
        return self._figures.setdefault((id(source), snapshot), {})

    def urge(self, choices: Iterable[Choice]) -> None:
        """Measure these before anything else."""
        with self._lock:
            self._urgent.extend(choice for choice in choices if self._is_open(choice))
        self._wake()

    def look_at(self, choices: Sequence[Choice]) -> None:
        """These are in view now: measure them before the rest."""
        with self._lock:
            self._in_view = [choice for choice in choices if self._is_open(choice)]
        self._wake()

    def work_through(self, source: OpenSource, snapshot: str, rows: Sequence[Variable]) -> None:
        """Make this the current snapshot: measure all its variables, and nothing else's rest."""
        with self._lock:
            self._current, self._total = (id(source), snapshot), len(rows)
            self._rest_of, self._rest = (source, snapshot), rows
            self._at, self._in_view = 0, []
        self._wake()

    def inherit(self, old: OpenSource, fresh: OpenSource) -> None:
        """`fresh` is `old` read again: keep the figures of snapshots whose files are the same."""
        same = set(old.source.snapshots) & set(fresh.source.snapshots)
        with self._lock:
            for snapshot in same:
                known = self._figures.get((id(old), snapshot.path))
                if known:
                    self._figures[id(fresh), snapshot.path] = dict(known)
                    self._taken |= {(id(fresh), snapshot.path, key) for key in known}

    def forget(self, source: OpenSource) -> None:
        """`source` was closed: drop what is known of it and what was still to do."""
        gone = id(source)
        with self._lock:
            self._stop_threads()
            self._urgent = [c for c in self._urgent if c.source is not source]
            self._in_view = [c for c in self._in_view if c.source is not source]
            if self._rest_of and self._rest_of[0] is source:
                self._rest_of, self._rest, self._current = None, (), None
            self._taken = {mark for mark in self._taken if mark[0] != gone}
            self._arrived = [pair for pair in self._arrived if pair[0].source is not source]
        self._figures = {p: known for p, known in self._figures.items() if p[0] != gone}
        self._wake()

    @property
    def is_busy(self) -> bool:
        """Whether figures are still to come."""
        with self._lock:
            return bool(self._lanes or self._arrived)

    @property
    def is_paused(self) -> bool:
        """Whether a person cancelled the measuring of the rest."""
        return self._paused

    def pause(self) -> None:
        """Stop measuring now. `resume`, or a new choice, goes on."""
        with self._lock:
            self._paused = True
            self._stop_threads()
        self._tell_progress()

    def resume(self) -> None:
        """Go on after `pause`."""
        self._paused = False
        self._wake()

    def close(self) -> bool:
        """Stop for good; False if a thread did not stop in time."""
        with self._lock:
            self._ticket.cancel()
            self._urgent, self._in_view, self._rest = [], [], ()
        self._timer.stop()
        return self._pool.close()

    # In a pool thread, or under the lock

    def _is_open(self, choice: Choice) -> bool:
        return _mark(choice) not in self._taken

    def _stop_threads(self) -> None:
        """Tell the running threads to stop, and give back what they had begun."""
        self._ticket.cancel()
        self._ticket = Ticket()
        self._lanes.clear()
        self._taken -= self._begun
        self._begun.clear()
        self._at = 0

    def _wake(self) -> None:
        with self._lock:
            wanted = {_EXPRESS} if self._urgent else set()
            if not self._paused and (self._in_view or self._at < len(self._rest)):
                wanted.add(_SLOW)
            missing = wanted - self._lanes
            ticket = self._ticket
            self._lanes |= missing
        for lane in missing:
            self._pool.start(partial(self._work, lane, ticket))
        if missing:
            self._timer.start()

    def _portion(self, lane: str) -> list[Choice]:
        """The next few choices of one snapshot, all of one urgency."""
        portion: list[Choice] = []
        nbytes = 0

        def takes(choice: Choice) -> bool:
            nonlocal nbytes
            if not self._is_open(choice):
                return True
            if portion and (
                (choice.source, choice.snapshot) != (portion[0].source, portion[0].snapshot)
                or len(portion) >= _PORTION
                or nbytes + choice.variable.nbytes > _PORTION_NBYTES
            ):
                return False
            portion.append(choice)
            self._taken.add(_mark(choice))
            self._begun.add(_mark(choice))
            nbytes += choice.variable.nbytes
            return True

        if lane == _EXPRESS:
            while self._urgent and takes(self._urgent[0]):
                self._urgent.pop(0)
            return portion
        while self._in_view and takes(self._in_view[0]):
            self._in_view.pop(0)
        if portion:
            return portion
        while self._rest_of and self._at < len(self._rest):
            if not takes(Choice(*self._rest_of, self._rest[self._at])):
                break
            self._at += 1
        return portion

    def _work(self, lane: str, ticket: Ticket) -> None:
        try:
            while not ticket.cancelled:
                with self._lock:
                    if ticket is not self._ticket:
                        return
                    portion = self._portion(lane)
                    if not portion:
                        self._lanes.discard(lane)
                        return
                self._measure(portion, ticket)
        except Cancelled:
            return

    def _measure(self, portion: list[Choice], ticket: Ticket) -> None:
        """Measure one portion; what can't be measured gets the reason as its figures."""
        left = {choice.variable.key: choice for choice in portion}
        try:
            reader = portion[0].source.reader(portion[0].snapshot)
            variables = [choice.variable for choice in portion]
            for variable, figures in self._doors.measure_all(reader, variables, ticket):
                self._note(left.pop(variable.key), figures, ticket)
        except Cancelled:
            raise
        except Exception as error:  # noqa: BLE001 - becomes the reason shown in the row
            reason = Unmeasured(finding_of(error).title)
            for choice in left.values():
                self._note(choice, reason, ticket)

    def _note(self, choice: Choice, figures: Figures, ticket: Ticket) -> None:
        with self._lock:
            if ticket is self._ticket:
                self._begun.discard(_mark(choice))
                self._arrived.append((choice, figures))

    # In the window's thread

    def _deliver(self) -> None:
        with self._lock:
            arrived, self._arrived = self._arrived, []
            is_idle = not self._lanes
        for choice, figures in arrived:
            self.known(choice.source, choice.snapshot)[choice.variable.key] = figures
        if arrived:
            self.measured.emit([choice for choice, _ in arrived])
        self._tell_progress()
        if is_idle and not self.is_busy:
            self._timer.stop()
            self.settled.emit()

    def _tell_progress(self) -> None:
        if self._current:
            done = len(self._figures.get(self._current, ()))
            self.progressed.emit(min(done, self._total), self._total)
