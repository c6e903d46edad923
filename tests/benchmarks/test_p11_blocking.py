"""P11: the longest block of the window's thread while 100,000 variables are opened and measured."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.benchmarks.heart import TARGET_MS, Heart
from tests.benchmarks.targets import is_near, judged
from tests.conftest_qt import begin, nothing_dangles, own_folders
from tfinspector.viewmodels.doors import Doors
from tfinspector.viewmodels.jobs import share_fairly
from tfinspector.viewmodels.preferences import Preferences
from tfinspector.viewmodels.session import Session
from tfinspector.views.window.main_window import MainWindow

__all__ = ["TARGET_MS", "Heart", "begin", "nothing_dangles", "own_folders"]

_MANY = 50_000
_TURNS = 3  # of the event loop, until a change is surely painted
_ROUNDS = ("kernel", "bias", "k", "w")


class Blocks:
    """The longest blocks of each kind of step, best of all rounds: the machine may be busy."""

    def __init__(self, qtbot: QtBot) -> None:
        self.took: dict[str, float] = {}
        self._heart, self._qtbot = Heart(), qtbot

    def until(self, what: str, act: Callable[[], object], done: Callable[[], bool]) -> None:
        """Do `act`, wait until it is `done` and painted, with the heart beating."""
        heart = self._heart
        with heart.beating():
            act()
            self._qtbot.waitUntil(done, timeout=60_000)
            enough = heart.beats + _TURNS
            self._qtbot.waitUntil(lambda: heart.beats > enough)
        self.took[what] = min(self.took.get(what, float("inf")), 1000 * self._heart.longest)

    def say(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Print all of them."""
        with capsys.disabled():
            for what, ms in self.took.items():
                print(f"\nP11 {what}: {ms:.0f} ms ({judged(ms, TARGET_MS, at_most=True)})", end="")


def wait_until_painted(window: MainWindow, qtbot: QtBot) -> None:
    """Until everything is there that a window loads after its first picture."""
    window.show()
    qtbot.waitUntil(lambda: window.inspector.made is not None)
    window.show_page("Variables")


@pytest.mark.benchmark_target
@pytest.mark.qt_log_ignore("does not support propagateSizeHints")
def test_the_window_is_never_held_up(
    begin: Callable[[Doors], Session],
    made: Callable[[str], Path],
    qtbot: QtBot,
    capsys: pytest.CaptureFixture[str],
) -> None:
    share_fairly()
    many = str(made("cli_cases.many_by_object") / "many")
    few = str(made("checkpoints.keras_sequential") / "ckpt-5")
    session = begin(Doors())
    window = MainWindow(session, Preferences(fresh=True))
    qtbot.addWidget(window)
    wait_until_painted(window, qtbot)
    table, blocks = window.variables.table, Blocks(qtbot)

    def shows(count: int) -> bool:
        return table.content is not None and (len(table.content.variables) > _MANY) is (count > 1)

    def has_filtered(word: str) -> bool:
        shown = table.content.arrangement.wish.filter if table.content else None
        return shown is not None and list(shown.words) == [word]

    blocks.until("opening the first source", lambda: session.open(few), lambda: shows(1))
    for word in _ROUNDS:
        qtbot.waitUntil(lambda: not session.is_busy, timeout=60_000)
        blocks.until("opening 100,000 variables", lambda: session.open(many), lambda: shows(2))
        blocks.until("measuring", lambda: None, lambda: len(session.known()) > 5_000)
        blocks.until(
            "filtering while measuring",
            lambda word=word: window.bar.filter.setText(word),  # type: ignore[misc]
            lambda word=word: has_filtered(word),  # type: ignore[misc]
        )
        blocks.until("reading it again", session.reload, lambda: not session.tasks.is_busy)
        blocks.until("closing", lambda: session.close(session.sources[-1]), lambda: shows(1))
    session.queue.pause()
    window.close()
    blocks.say(capsys)
    assert is_near(max(blocks.took.values()), TARGET_MS, at_most=True)
