"""Measuring in the background: what is looked at first, everything else after.

Two threads take small portions: the express lane what was asked for (chosen), so that it never
waits behind a large tensor; the slow lane what is in view, then the rest of the current snapshot
from top to bottom. (`measure_all` uses all processors where that pays.) Results are collected and
handed to the window's thread at most twenty times a second.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from tfinspector.contents.figures import Unmeasured
from tfinspector.contents.findings import Cancelled
from tfinspector.contents.variables import Variable
from tfinspector.engine.jobs import Ticket
from tfinspector.viewmodels.courtesy import PoliteTicket, window
from tfinspector.viewmodels.doors import Doors
from tfinspector.viewmodels.jobs import Pool, finding_of
from tfinspector.viewmodels.measuring.known_figures import Choice, Figures, KnownFigures, Place

if TYPE_CHECKING:
    from tfinspector.engine.opening import OpenSource

__all__ = ["Choice", "Figures", "MeasuringQueue"]

_TICK_MS = 50
_PORTION = 64
_PORTION_NBYTES = 16 << 20
_LOOKED_AT = 1024  # of the rest, at a time: the window waits for the lock that is held meanwhile
_LANES = _EXPRESS, _SLOW = "express", "slow"


class MeasuringQueue(QObject):
    """Measures, and keeps the figures of what was measured so far.

    `measured` carries the choices that have just got figures; `progressed` (done, total) is of
    the current snapshot; `settled` says that nothing is left to do. All in the window's thread.
    """

    measured = Signal(list)
    progressed = Signal(int, int)
    settled = Signal()

    def __init__(self, doors: Doors, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._doors = doors
        self._pool = Pool(2, self)
        self._lock = threading.Lock()
        self._known = KnownFigures()
        self._urgent: list[Choice] = []
        self._in_view: list[Choice] = []
        self._rest: Sequence[Variable] = ()
        self._at = 0
        self._taken: defaultdict[Place, set[str]] = defaultdict(set)
        self._begun: set[tuple[Place, str]] = set()
        self._arrived: list[tuple[Choice, Figures]] = []
        self._lanes: set[str] = set()
        self._paused = False
        self._ticket: Ticket = PoliteTicket()
        self._current: tuple[OpenSource, str] | None = None
        self._total = 0
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._deliver)

    def figures(self, choice: Choice) -> Figures | None:
        """What is known of `choice`; None if it is not measured yet, and then it comes first."""
        known = self.known(*choice.of).get(choice.variable.key)
        if known is None:
            self.urge([choice])
        return known

    def known(self, source: OpenSource, snapshot: str) -> dict[str, Figures]:
        """Figures by key, of one snapshot. Read only; grows in the window's thread alone."""
        return self._known.of(source, snapshot).figures

    def has_odd(self, source: OpenSource, snapshot: str) -> bool:
        """Whether a variable of the snapshot is known to hold NaN or infinite values."""
        return bool(self._known.of(source, snapshot).odd)

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
            self._current, self._rest, self._total = (source, snapshot), rows, len(rows)
            self._at, self._in_view = 0, []
        self._wake()

    def inherit(self, old: OpenSource, fresh: OpenSource) -> None:
        """`fresh` is `old` read again: keep the figures of snapshots whose files are the same."""
        with self._lock:
            self._taken.update(self._known.inherit(old, fresh))

    def forget(self, source: OpenSource) -> None:
        """`source` was closed: drop what is known of it and what was still to do."""
        with self._lock:
            self._stop_threads()
            self._urgent = [c for c in self._urgent if c.source is not source]
            self._in_view = [c for c in self._in_view if c.source is not source]
            if self._current and self._current[0] is source:
                self._current, self._rest = None, ()
            for place in [place for place in self._taken if place[0] == id(source)]:
                del self._taken[place]
            self._arrived = [pair for pair in self._arrived if pair[0].source is not source]
        self._known.forget(source)
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
        return choice.variable.key not in self._taken[choice.place]

    def _stop_threads(self) -> None:
        """Tell the running threads to stop, and give back what they had begun."""
        self._ticket.cancel()
        self._ticket = PoliteTicket()
        self._lanes.clear()
        for place, key in self._begun:
            self._taken[place].discard(key)
        self._begun.clear()
        self._at = 0

    def _wake(self) -> None:
        with self._lock:
            missing = {lane for lane in _LANES if self._is_wanted(lane)} - self._lanes
            ticket = self._ticket
            self._lanes |= missing
        for lane in missing:
            self._pool.start(partial(self._work, lane, ticket))
        if missing:
            self._timer.start()

    def _is_wanted(self, lane: str) -> bool:
        """Whether there may be something for the lane to do."""
        if lane == _EXPRESS:
            return bool(self._urgent)
        return not self._paused and bool(self._in_view or self._at < len(self._rest))

    def _portion(self, lane: str) -> list[Choice]:
        """The next few choices of one snapshot, all of one urgency; none may not be the end."""
        portion: list[Choice] = []
        nbytes = 0

        def takes(choice: Choice) -> bool:
            nonlocal nbytes
            if not self._is_open(choice):
                return True
            if portion and (
                choice.place != portion[0].place
                or len(portion) >= _PORTION
                or nbytes + choice.variable.nbytes > _PORTION_NBYTES
            ):
                return False
            portion.append(choice)
            self._taken[choice.place].add(choice.variable.key)
            self._begun.add((choice.place, choice.variable.key))
            nbytes += choice.variable.nbytes
            return True

        if lane == _EXPRESS:
            while self._urgent and takes(self._urgent[0]):
                self._urgent.pop(0)
            return portion
        while self._in_view and takes(self._in_view[0]):
            self._in_view.pop(0)
        if portion or self._current is None:
            return portion
        source, snapshot = self._current
        taken = self._taken[id(source), snapshot]
        for variable in self._rest[self._at : self._at + _LOOKED_AT]:
            # Asked before a choice is made: of 100,000 that are known, none is then made.
            if variable.key not in taken and not takes(Choice(source, snapshot, variable)):
                break
            self._at += 1
        return portion

    def _work(self, lane: str, ticket: Ticket) -> None:
        try:
            while not ticket.cancelled:
                if lane == _SLOW:
                    ticket.check()  # gives way, and the lock to the window's thread
                with self._lock:
                    if ticket is not self._ticket:
                        return
                    portion = self._portion(lane)
                    if not portion and not self._is_wanted(lane):
                        self._lanes.discard(lane)
                        return
                if portion:
                    with window.awaited() if lane == _EXPRESS else nullcontext():
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
                self._begun.discard((choice.place, choice.variable.key))
                self._arrived.append((choice, figures))

    # In the window's thread

    def _deliver(self) -> None:
        window.at_work()
        with self._lock:
            arrived, self._arrived = self._arrived, []
            is_idle = not self._lanes
        for choice, figures in arrived:
            self._known.of(*choice.of).note(choice.variable.key, figures)
        if arrived:
            self.measured.emit([choice for choice, _ in arrived])
        self._tell_progress()
        if is_idle and not self.is_busy:
            self._timer.stop()
            self.settled.emit()

    def _tell_progress(self) -> None:
        if self._current:
            done = len(self.known(*self._current))
            self.progressed.emit(min(done, self._total), self._total)
