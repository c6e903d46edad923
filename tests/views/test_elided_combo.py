"""A combo box with less room than its text needs."""

from __future__ import annotations

from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from tfinspector.views.widgets.elided_combo import ElidedCombo


def picture(text: str, width: int, qtbot: QtBot) -> QImage:
    combo = ElidedCombo()
    qtbot.addWidget(combo)
    combo.addItem(text)
    combo.resize(width, 28)
    return combo.grab().toImage()


def test_beginning_and_end_are_read_where_not_all_fits(qtbot: QtBot) -> None:
    one, other = "runs/first, step 100", "runs/first, step 900"
    assert picture(one, 300, qtbot) != picture(other, 300, qtbot)
    assert picture(one, 120, qtbot) != picture(other, 120, qtbot), "the ends are cut off"
