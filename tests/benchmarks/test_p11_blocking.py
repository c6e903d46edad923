"""P11: the longest block of the window's thread while opening, measuring and walking a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from tests.benchmarks.own_time import own_clock
from tests.benchmarks.targets import is_near, judged
from tests.conftest_qt import begin, nothing_dangles, own_folders
from tfinspector.viewmodels.doors import Doors
from tfinspector.viewmodels.jobs import share_fairly
from tfinspector.viewmodels.preferences import Preferences
from tfinspector.viewmodels.session import Session
from tfinspector.views.main_window import MainWindow

__all__ = ["begin", "nothing_dangles", "own_folders"]

TARGET_MS = 50
_BEAT_MS = 2


class Heart:
    """Beats in the window's thread; the longest pause between two beats is the longest block.

    What other programs took of the processor is taken off: the target is about us.
    """

    def __init__(self) -> None:
        self.longest = 0.0
        self._last = 0.0
        self._timer = QTimer(interval=_BEAT_MS)
        self._timer.timeout.connect(self._beat)

    def _beat(self) -> None:
        now = own_clock()
        self.longest, self._last = max(self.longest, now - self._last), now

    @contextmanager
    def beating(self) -> Iterator[None]:
        self._beat()
        self.longest = 0.0
        self._timer.start()
        yield
        self._beat()
        self._timer.stop()


@pytest.mark.benchmark_target
@pytest.mark.qt_log_ignore("does not support propagateSizeHints")
def test_the_window_is_never_held_up(
    begin: Callable[[Doors], Session],
    made: Callable[[str], Path],
    qtbot: QtBot,
    capsys: pytest.CaptureFixture[str],
) -> None:
    share_fairly()
    prefix = made("cli_cases.many_by_object") / "many"
    session = begin(Doors())
    window = MainWindow(session, Preferences(fresh=True))
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(lambda: window.inspector.made is not None)
    window.show_page("Variables")
    with qtbot.waitSignal(window.variables.table.planted):  # fonts and icons are loaded once
        session.open(str(made("checkpoints.keras_sequential") / "ckpt-5"))
    qtbot.waitUntil(lambda: not session.is_busy)
    heart = Heart()
    took: dict[str, float] = {}

    def note(what: str) -> None:
        took[what] = min(took.get(what, float("inf")), heart.longest)

    for word in ("kernel", "bias", "k"):  # best of three: the machine may be busy
        with heart.beating(), qtbot.waitSignal(window.variables.table.planted, timeout=60_000):
            session.open(str(prefix))
        note("opening 100,000 variables")
        with heart.beating():
            qtbot.waitUntil(lambda: len(session.known()) > 5_000, timeout=60_000)
        note("measuring")
        with heart.beating(), qtbot.waitSignal(window.variables.table.arranged, timeout=60_000):
            window.bar.filter.setText(word)
        note("filtering while measuring")
        assert session.current is not None
        session.close(session.current)
    session.queue.pause()
    window.close()
    with capsys.disabled():
        for what, seconds in took.items():
            print(
                f"\nP11 {what}: {seconds * 1000:.0f} ms"
                f" ({judged(seconds * 1000, TARGET_MS, at_most=True)})",
                end="",
            )
    # Threads that compute hold the interpreter's lock in turns; how long the window waits for it
    # differs tenfold with the machine's load, so only what a person feels as a stall fails.
    assert is_near(max(took.values()) * 1000, TARGET_MS, at_most=True, slack=10)
