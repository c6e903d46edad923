"""Headings of the tables are read whole, however narrow somebody makes a column."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from pytestqt.qtbot import QtBot

from tfinspector.viewmodels.compare.table import CompareTable
from tfinspector.viewmodels.restore.table import MatchTableModel
from tfinspector.viewmodels.session import Session
from tfinspector.views.compare.view import CompareView
from tfinspector.views.restore.tree import MatchView
from tfinspector.views.variables.page import VariablesPage
from tfinspector.views.widgets.tree_table import TreeTable

MAKERS: dict[str, Callable[[Session], TreeTable]] = {
    "compare": lambda session: CompareView(CompareTable(session, session)),
    "restore": lambda session: MatchView(MatchTableModel(session, session)),
    "variables": lambda session: VariablesPage(session).view,
}


def cut(view: TreeTable) -> list[str]:
    """The headings that have less room than they need."""
    header = view.horizontalHeader()
    metrics = QFontMetrics(header.font())
    words = {
        section: str(view.model().headerData(section, Qt.Orientation.Horizontal))
        for section in range(header.count())
        if not header.isSectionHidden(section)
    }
    return [
        word
        for section, word in words.items()
        if header.sectionSize(section) < metrics.horizontalAdvance(word) + 12
    ]


@pytest.fixture(params=MAKERS)
def view(request: pytest.FixtureRequest, session: Session, qtbot: QtBot) -> TreeTable:
    made = MAKERS[request.param](session)
    qtbot.addWidget(made.window())
    made.window().resize(640, 480)
    made.window().show()
    return made


def test_no_heading_is_cut(view: TreeTable) -> None:
    assert cut(view) == []


def test_a_column_is_never_narrower_than_its_heading(view: TreeTable) -> None:
    header = view.horizontalHeader()
    for section in range(header.count()):
        view.setColumnWidth(section, 40)
    assert cut(view) == []
    narrow = header.sectionSize(3)
    header.setSortIndicator(3, Qt.SortOrder.AscendingOrder)
    assert header.sectionSize(3) > narrow, "the arrow has no room beside the word"


def test_a_hidden_column_takes_no_room(view: TreeTable) -> None:
    header = view.horizontalHeader()
    before = header.length() - header.sectionSize(1)
    view.setColumnHidden(1, True)
    assert header.length() == before
    view.setColumnHidden(1, False)
    assert cut(view) == []


def test_widths_that_were_kept_in_another_font_are_made_to_fit(view: TreeTable) -> None:
    header = view.horizontalHeader()
    kept = header.saveState()
    font = header.font()
    font.setPointSizeF(2 * font.pointSizeF())
    header.setFont(font)
    assert cut(view) == []
    header.restoreState(kept)
    assert cut(view) == []
