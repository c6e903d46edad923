"""What gives way where there is little room, so that no word is cut."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QStyle,
    QStyleOptionComboBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.looking import opened, session
from tfinspector.contents.findings import Finding, Severity
from tfinspector.viewmodels.inspector.histogram import HistogramModel
from tfinspector.viewmodels.session import Session
from tfinspector.views import theme
from tfinspector.views.dressing import apply
from tfinspector.views.icons import icon
from tfinspector.views.inspector.histogram_controls import HistogramControls
from tfinspector.views.widgets.elided_label import ElidedLabel
from tfinspector.views.widgets.finding_card import FindingCard
from tfinspector.views.widgets.tab_bar import Tabs

__all__ = ["opened", "session"]


@pytest.fixture(autouse=True)
def _dressed(qapp: QApplication) -> None:
    apply(qapp, theme.Mode.LIGHT)


_WORDS = ("Overview", "Variables", "Signatures", "Restore", "Compare", "Drift", "Trust")


def room_of(combo: QComboBox) -> int:
    option = QStyleOptionComboBox()
    combo.initStyleOption(option)
    field = QStyle.SubControl.SC_ComboBoxEditField
    box = QStyle.ComplexControl.CC_ComboBox
    return combo.style().subControlRect(box, option, field, combo).width()


@pytest.mark.parametrize("width", [1200, 640, 560])
def test_every_tab_is_there_at_any_width(width: int, qtbot: QtBot) -> None:
    tabs = Tabs()
    qtbot.addWidget(tabs)
    for word in _WORDS:
        tabs.setTabIcon(tabs.addTab(QWidget(), word), icon("run"))
    for each in (1200, width):
        tabs.resize(each, 200)
        with qtbot.waitExposed(tabs):
            tabs.show()
    bar = tabs.tabBar()
    assert bar.tabRect(bar.count() - 1).right() <= bar.width()
    widths = [bar.tabRect(at).width() for at in range(bar.count())]
    words = [bar.fontMetrics().horizontalAdvance(word) for word in _WORDS]
    assert all(has > needed for has, needed in zip(widths, words, strict=True))
    assert bar.tabIcon(0).isNull() == (width < 1200)


def test_tabs_make_room_for_words_that_come_later(qtbot: QtBot) -> None:
    tabs = Tabs()
    qtbot.addWidget(tabs)
    for word in _WORDS:
        tabs.setTabIcon(tabs.addTab(QWidget(), word), icon("run"))
    tabs.resize(tabs.tabBar().sizeHint().width() + 20, 200)
    with qtbot.waitExposed(tabs):
        tabs.show()
    assert not tabs.tabIcon(0).isNull()
    tabs.setTabText(0, "Overview of everything")
    assert tabs.tabIcon(0).isNull()
    tabs.setTabText(0, "Overview")
    assert not tabs.tabIcon(0).isNull()


def test_boxes_of_the_histogram_show_their_words(
    opened: Callable[[str], Session], qtbot: QtBot
) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    controls = HistogramControls(HistogramModel(opened("run"), holder), holder)
    with qtbot.waitExposed(holder):
        holder.show()
    tall = []
    for width in (336, 228, 336):
        controls.resize(width, 200)
        QApplication.sendPostedEvents()
        for name in ("scale", "heights", "rule"):
            combo = controls.combos[name]
            needed = combo.fontMetrics().horizontalAdvance(combo.currentText())
            assert room_of(combo) >= needed, (width, name)
        labels = [each for each in controls.findChildren(QLabel) if each.isVisible()]
        assert all(each.width() >= each.sizeHint().width() for each in labels)
        tall.append(controls.sizeHint().height())
    assert tall[1] > tall[0] == tall[2]


def test_the_long_name_of_a_run_put_together_leaves_room_for_the_finding(qtbot: QtBot) -> None:
    name = " + ".join(f"far › place_{at} › experiments › 2026 › somebody › out" for at in range(9))
    card = FindingCard(Finding("D07", Severity.INFO, "One was given after the other."), name)
    qtbot.addWidget(card)
    assert card.minimumSizeHint().width() < 500
    about = card.findChild(ElidedLabel)
    assert isinstance(about, ElidedLabel)
    assert about.toolTip() == name
