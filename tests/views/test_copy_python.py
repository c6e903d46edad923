"""Copy as Python (Ctrl+Shift+C) on every page of the window, and what was copied is run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from tests.looking import choose, session
from tests.tensorflow_process import TensorFlowProcess
from tfinspector.viewmodels.preferences import Preferences
from tfinspector.viewmodels.session import Session
from tfinspector.views.drift.page import DriftPage
from tfinspector.views.inspector.inspector import HISTOGRAM, VALUES, Inspector
from tfinspector.views.window.main_window import MainWindow
from tfinspector.views.window.python import NOTHING

__all__ = ["session"]
_LONG_MS = 60_000
Copied = Callable[..., str]


@pytest.fixture
def window(session: Session, made: Callable[[str], Path], qtbot: QtBot) -> Iterator[MainWindow]:
    """With a SavedModel and a run open; the run is current."""
    shown = MainWindow(session, Preferences(fresh=True))
    qtbot.addWidget(shown)
    with qtbot.waitExposed(shown):
        shown.show()
    for path in (made("saved_models.everything") / "model", made("drift.run")):
        with qtbot.waitSignal(session.opened, timeout=_LONG_MS):
            session.open(str(path))
    yield shown
    shown.close()


@pytest.fixture
def copied(window: MainWindow, qtbot: QtBot) -> Copied:
    """`copied("Drift")`: what the key puts on the clipboard while that page is in front."""

    def press(page: str = "", key: bool = True) -> str:
        if page:
            window.show_page(page)
        qtbot.waitUntil(lambda: not window.session.is_busy, timeout=_LONG_MS)
        QGuiApplication.clipboard().setText("")
        if key:
            window.actions_by_words["Copy as Python"].trigger()
        else:
            qtbot.mouseClick(window.tabs.python, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: not window.session.is_busy, timeout=_LONG_MS)
        return QGuiApplication.clipboard().text()

    return press


def test_every_page_can_be_copied_and_run(
    window: MainWindow, copied: Copied, tensorflow: TensorFlowProcess
) -> None:
    def run(code: str) -> str:
        printed: str = tensorflow.call("tests.makers.saved_model_referee:run", code)
        return printed

    session = window.session
    assert "variables," in run(copied("Overview"))
    assert window.tabs.notice.isVisible()
    assert window.tabs.notice.text().startswith("Copied ")
    choose(session, "moving/kernel", "dead/kernel")
    read = run(copied("Variables", key=False))
    assert "moving/kernel float32 (8, 8) zeros" in read
    assert "dead/kernel float32 (8, 4) zeros" in read
    drifted = run(copied("Drift"))
    drift = window.tabs.page("Drift")
    assert isinstance(drift, DriftPage)
    assert drift.model.table is not None
    value = drift.model.table.values("relative_l2")[drift.model.table.row_of("dead/kernel"), 1]
    assert f"dead/kernel 200 {value:.4g}"[:-1] in drifted
    assert " parameters moved, by " in run(copied("Compare"))
    assert "values read" in run(copied("Trust"))
    assert copied("Restore") == ""
    assert window.tabs.notice.text() == NOTHING

    session.set_current(session.sources[0])
    assert "loaded.signatures[" in copied("Signatures")
    assert "signature serving_default" in run(copied("Overview"))


def test_the_inspector_is_copied_where_the_keyboard_is(
    window: MainWindow, copied: Copied, qtbot: QtBot
) -> None:
    choose(window.session, "moving/kernel")
    qtbot.waitUntil(lambda: window.inspector.made is not None, timeout=_LONG_MS)
    inspector = window.inspector.made
    assert isinstance(inspector, Inspector)
    histogram = inspector.show_tab(HISTOGRAM)
    histogram.plot.setFocus()  # type: ignore[attr-defined]
    assert "np.histogram" in copied()
    values = inspector.show_tab(VALUES)
    values.model.type_slice("1:3, 0:2")  # type: ignore[attr-defined]
    values.grid.setFocus()  # type: ignore[attr-defined]
    assert "value[1:3, 0:2]" in copied()
    window.sources.tree.setFocus()
    assert "np.histogram" not in copied("Variables")
