"""The small histogram of a row."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QApplication, QTableView
from pytestqt.qtbot import QtBot

from tfinspector.analysis.sketch import Accumulator
from tfinspector.contents.figures import Statistics, Unmeasured
from tfinspector.viewmodels.sparkline import BARS, sparkline
from tfinspector.views import theme
from tfinspector.views.dressing import apply
from tfinspector.views.variables.sparkline import HEIGHT, WIDTH, SparklineDelegate, sparkline_pixmap


def figures(values: object) -> Statistics:
    array = np.asarray(values, np.float32)
    accumulator = Accumulator("float32")
    accumulator.add(array.ravel())
    return accumulator.statistics()


@pytest.fixture(autouse=True)
def light(qapp: QApplication) -> None:
    apply(qapp, theme.Mode.LIGHT)


def image(statistics: Statistics) -> QImage:
    return sparkline_pixmap(sparkline(statistics)).toImage()


def reds(picture: QImage) -> int:
    """How many pixels are of the colour of what is wrong, or nearly."""
    pixels = [
        picture.pixelColor(x, y) for x in range(picture.width()) for y in range(picture.height())
    ]
    return sum(pixel.red() - max(pixel.green(), pixel.blue()) > 80 for pixel in pixels)


def test_it_is_64_by_16() -> None:
    picture = image(figures(np.linspace(-1, 1, 1000)))
    assert (picture.width(), picture.height()) == (WIDTH, HEIGHT) == (64, 16)


def test_zero_is_marked_where_it_lies() -> None:
    assert sparkline(figures(np.linspace(-1, 1, 1000))).zero == BARS // 2
    assert sparkline(figures(np.linspace(1, 2, 1000))).zero is None


def test_a_red_dot_tells_of_nan_and_inf() -> None:
    healthy = np.linspace(-1, 1, 1000)
    assert reds(image(figures(healthy))) == 0
    assert reds(image(figures([*healthy, np.nan]))) > 4
    assert reds(image(figures([*healthy, np.inf]))) > 4
    assert reds(image(figures([np.nan] * 4))) > 4


def test_heights_are_log_counts() -> None:
    line = sparkline(figures([0.1] * 500 + [0.9] * 10))
    heights = sorted((height for height in line.heights if height), reverse=True)
    assert heights[0] == 255
    assert heights[1] == pytest.approx(255 * np.log1p(10) / np.log1p(500), abs=2)


def test_a_constant_is_one_line() -> None:
    assert sparkline(figures(np.ones(5))).is_constant
    assert sparkline(figures(np.zeros(5))).zero == BARS // 2


def test_equal_content_is_drawn_once() -> None:
    first, second = figures(np.arange(100)), figures(np.arange(100))
    assert sparkline(first) == sparkline(second)
    keys = {sparkline_pixmap(sparkline(each)).cacheKey() for each in (first, second)}
    assert len(keys) == 1


def test_the_delegate_paints_what_the_role_holds(qtbot: QtBot) -> None:
    model = QStandardItemModel()
    for value in (figures(np.linspace(-1, 1, 1000)), Unmeasured("holds strings"), None):
        item = QStandardItem("not shown")
        item.setData(value, Qt.ItemDataRole.UserRole)
        model.appendRow(item)
    table = QTableView()
    qtbot.addWidget(table)
    table.setModel(model)
    table.setItemDelegate(SparklineDelegate(table))
    table.resize(160, 140)
    picture = table.grab().toImage()
    colours = []
    for row in range(3):
        rect = table.visualRect(model.index(row, 0)).translated(table.viewport().pos())
        colours.append(
            {
                picture.pixelColor(x, y).name()
                for x in range(rect.left() + 2, rect.left() + 60)
                for y in range(rect.top() + 2, rect.bottom() - 2)
            }
        )
    assert len(colours[0]) >= 3
    assert len(colours[2]) == 1
    assert len(colours[1]) > len(colours[2])
