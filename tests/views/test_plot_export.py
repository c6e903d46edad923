"""Pictures and tables that leave the program."""

from __future__ import annotations

import csv
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from tests.looking import choose, opened, session
from tfinspector.viewmodels.session import Session
from tfinspector.views import theme
from tfinspector.views.dressing import apply
from tfinspector.views.inspector.histogram_pane import HistogramPane
from tfinspector.views.inspector.plot_export import export_histogram

__all__ = ["opened", "session"]


@pytest.fixture
def pane(opened: Callable[[str], Session], qtbot: QtBot) -> HistogramPane:
    made = HistogramPane(opened("run"))
    qtbot.addWidget(made)
    choose(made.model._session, "module/spoiled", "module/kernel")
    qtbot.waitUntil(lambda: len(made.model.picture.series) == 2, timeout=20_000)
    return made


def texts(svg: Path) -> str:
    return " ".join("".join(node.itertext()) for node in ElementTree.parse(svg).iter())


def test_an_svg_holds_title_unit_labels_and_counts(pane: HistogramPane, tmp_path: Path) -> None:
    export_histogram(pane.model.picture, str(tmp_path / "picture.svg"), "svg")
    words = texts(tmp_path / "picture.svg")
    assert "2 variables, step 300, 1,600 values" in words
    assert "Values per bin" in words
    assert "module/spoiled: 400 values, zero 3, NaN 5" in words
    assert " outside; " in words


def test_the_same_choice_gives_the_same_picture_in_either_scheme(
    pane: HistogramPane, tmp_path: Path
) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    pictures = []
    for mode in (theme.Mode.LIGHT, theme.Mode.DARK):
        apply(application, mode)
        path = tmp_path / f"{mode}.png"
        export_histogram(pane.model.picture, str(path), "png")
        pictures.append(QImage(str(path)))
    assert pictures[0] == pictures[1]
    assert pictures[0].width() == 1920
    assert pictures[0].pixelColor(5, 5).name() == theme.LIGHT.surface
    bars = {pictures[0].pixelColor(x, y).name() for x in range(0, 1920, 4) for y in (600, 1000)}
    assert len(bars) > 4


def test_nothing_is_left_of_a_picture_that_cannot_be_written(
    pane: HistogramPane, tmp_path: Path
) -> None:
    folder = tmp_path / "pictures"
    blocked = folder / "folder.png"
    blocked.mkdir(parents=True)
    with pytest.raises(OSError, match=r"folder\.png"):
        export_histogram(pane.model.picture, str(blocked), "png")
    assert [path.name for path in folder.iterdir()] == ["folder.png"]


def test_bins_are_exported_through_the_menu(
    pane: HistogramPane, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "bins.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    pane.controls.export_asked.emit("csv")
    qtbot.waitUntil(target.exists, timeout=20_000)
    with open(target, newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["from", "to", "module/spoiled", "module/kernel"]
    assert len(rows) == 1 + 64 + 6


def test_a_failed_export_is_told_in_the_pane(
    pane: HistogramPane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "nowhere" / "picture.svg"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    pane.controls.export_asked.emit("svg")
    assert "nowhere" in pane.about.text()
