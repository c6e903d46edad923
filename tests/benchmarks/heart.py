"""Beats in the window's thread; the longest pause between two beats is its longest block."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QTimer

from tests.benchmarks.own_time import own_clock

TARGET_MS = 50
_BEAT_MS = 2


class Heart:
    """What other programs took of the processors is taken off: the target is about us.

    While the window's thread waits for Python's lock, the thread that holds it may be the one that
    has no processor. So a pause never counts for more than what all our threads together computed
    in it; alone on the machine that is the same.
    """

    def __init__(self) -> None:
        self.longest = 0.0
        self.beats = 0
        self._last = 0.0, 0.0
        self._timer = QTimer(interval=_BEAT_MS)
        self._timer.timeout.connect(self._beat)

    def _beat(self) -> None:
        now = own_clock(), time.process_time()
        pause = min(now[0] - self._last[0], now[1] - self._last[1])
        self.longest, self._last = max(self.longest, pause), now
        self.beats += 1

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Count the pauses of this stretch."""
        self._beat()
        self.longest = 0.0
        self._timer.start()
        yield
        self._beat()
        self._timer.stop()
