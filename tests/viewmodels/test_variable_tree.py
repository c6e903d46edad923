"""The Qt model of the variables page."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from tests.viewmodels.made_up import VARIABLES, Worlds, run, statistics, variable
from tfinspector.contents.variables import Role
from tfinspector.viewmodels.doors import Doors
from tfinspector.viewmodels.session import Session
from tfinspector.viewmodels.variables import table_text
from tfinspector.viewmodels.variables.answers import Ask
from tfinspector.viewmodels.variables.columns import Column
from tfinspector.viewmodels.variables.group_cells import hidden_text, summary
from tfinspector.viewmodels.variables.tree import VariableTable

DESCENDING = Qt.SortOrder.DescendingOrder


def planted(session: Session, qtbot: QtBot) -> VariableTable:
    table = VariableTable(session, session)
    qtbot.waitUntil(lambda: table.content is not None)
    return table


def paths(table: VariableTable) -> list[str]:
    return [table.path(row) for row in range(table.rowCount())]


def row(table: VariableTable, path: str) -> int:
    return paths(table).index(path)


def text(table: VariableTable, path: str, column: Column) -> str:
    return str(table.index(row(table, path), column).data())


def test_it_keeps_qt_s_rules(session: Session, qtbot: QtBot) -> None:
    table = planted(session, qtbot)
    tester = QAbstractItemModelTester(table, QAbstractItemModelTester.FailureReportingMode.Fatal)
    table.toggle(row(table, "model"))
    with qtbot.waitSignal(table.arranged):
        table.set_filter("kernel")
    with qtbot.waitSignal(table.arranged):
        table.sort(Column.BYTES, DESCENDING)
    assert tester.model() is table


def test_cells_of_a_variable_and_of_a_group(session: Session, qtbot: QtBot) -> None:
    table = planted(session, qtbot)
    qtbot.waitUntil(lambda: len(session.known()) == 6)
    name = "model/dense_10/kernel"
    assert text(table, name, Column.NAME) == "kernel"
    assert text(table, name, Column.SHAPE) == "64 x 3"
    assert text(table, name, Column.BYTES) == "768 B"
    assert text(table, name, Column.MIN) == "−1"
    assert text(table, name, Column.NONFINITE) == "0"
    assert text(table, "model", Column.SHAPE) == "3 variables"
    assert text(table, "model", Column.PARAMETERS) == "768"
    index = table.index(row(table, "broken"), Column.NAME)
    assert index.data(Ask.PROBLEM) == "its shard is missing"
    assert "its shard is missing" in index.data(Qt.ItemDataRole.ToolTipRole)


def test_figures_come_in_and_groups_add_their_nan_up(session: Session, qtbot: QtBot) -> None:
    table = planted(session, qtbot)
    qtbot.waitUntil(lambda: len(session.known()) == 6)
    assert table.content is not None
    table.content.table.note_all([(VARIABLES[2].key, statistics(64, nan=7))])
    table.content.forget_totals()
    assert text(table, "model", Column.NONFINITE) == "7"
    assert text(table, "model/dense_2", Column.NONFINITE) == "7"


def test_opening_and_closing_a_group(session: Session, qtbot: QtBot) -> None:
    table = planted(session, qtbot)
    table.collapse_all()
    assert paths(table) == ["broken", "model", "optimizer"]
    table.toggle(1)
    assert paths(table)[1:4] == ["model", "model/dense_2", "model/dense_10"]
    assert table.parent_row(2) == 1
    table.expand_all()
    assert table.rowCount() == 12


def test_the_selection_stays_on_its_variable(session: Session, qtbot: QtBot) -> None:
    table = planted(session, qtbot)
    chosen = QItemSelectionModel(table)
    flags = QItemSelectionModel.SelectionFlag
    for path in ("broken", "model/dense_2/kernel"):
        chosen.select(table.index(row(table, path), 0), flags.Select | flags.Rows)
    with qtbot.waitSignal(table.arranged):
        table.set_filter("kernel")
    assert [table.path(i.row()) for i in chosen.selectedRows()] == ["model/dense_2/kernel"]
    with qtbot.waitSignal(table.arranged):
        table.sort(Column.NAME, DESCENDING)
    assert [table.path(i.row()) for i in chosen.selectedRows()] == ["model/dense_2/kernel"]


def test_a_filter_that_is_not_understood_keeps_the_last_one(session: Session, qtbot: QtBot) -> None:
    table = planted(session, qtbot)
    with qtbot.waitSignal(table.arranged):
        table.set_filter("bias")
    shown = paths(table)
    table.set_filter("bias nam:")
    assert table.filter_problem == 'There is no field "nam". Did you mean name?'
    assert paths(table) == shown


def test_hidden_roles_are_said(session: Session, qtbot: QtBot) -> None:
    table = planted(session, qtbot)
    with qtbot.waitSignal(table.arranged):
        table.set_hidden({Role.SLOT, Role.OPTIMIZER})
    assert table.content is not None
    assert hidden_text(table.content) == "2 hidden: optimizer, slot"
    assert summary(table.content) == "4 of 6 variables · 773 values · 3.09 kB"


def test_one_value_has_no_plural(session: Session, qtbot: QtBot) -> None:
    table = planted(session, qtbot)
    with qtbot.waitSignal(table.arranged):
        table.set_filter("params<2")
    assert table.content is not None
    assert " · 1 value · " in summary(table.content)


def test_a_filter_on_figures_is_asked_again_as_they_come(
    begin: Callable[[Doors], Session], qtbot: QtBot
) -> None:
    world = Worlds(run("/run", (1,)))
    world.figures["model/dense_2/bias"] = statistics(64, nan=3)
    world.measuring_gate.clear()
    session = begin(world.doors())
    session.open("/run")
    table = planted(session, qtbot)
    with qtbot.waitSignal(table.arranged):
        table.set_filter("nan>0")
    assert table.rowCount() == 0
    world.measuring_gate.set()
    qtbot.waitUntil(lambda: "model/dense_2/bias" in paths(table))


def test_another_snapshot_keeps_expansion(session: Session, qtbot: QtBot) -> None:
    table = planted(session, qtbot)
    table.collapse_all()
    table.toggle(row(table, "model"))
    before = paths(table)
    with qtbot.waitSignal(table.planted):
        session.set_current(session.current, "/made/up/ckpt-1")
    assert paths(table) == before


def test_another_source_starts_afresh(session: Session, qtbot: QtBot) -> None:
    table = planted(session, qtbot)
    table.collapse_all()
    with qtbot.waitSignal(table.planted):
        session.open("/other")
    assert table.rowCount() == 12


def test_closing_empties_it(session: Session, qtbot: QtBot) -> None:
    table = planted(session, qtbot)
    session.close(session.sources[0])
    assert table.rowCount() == 0
    assert table.content is None


def test_what_is_copied_is_what_is_shown(session: Session, qtbot: QtBot) -> None:
    table = planted(session, qtbot)
    qtbot.waitUntil(lambda: len(session.known()) == 6)
    with qtbot.waitSignal(table.arranged):
        table.set_filter("bias")
    assert table.content is not None
    columns = [Column.HISTOGRAM, Column.NAME, Column.SHAPE, Column.MIN, Column.PARAMETERS]
    lines = table_text.tsv(table.content, columns, range(table.rowCount())).splitlines()
    assert lines == [
        "Name\tShape\tMin\tParameters",
        "model\t\t\t64",
        "model/dense_2\t\t\t64",
        "model/dense_2/bias\t64\t-1.0\t64",
    ]


def test_groups_stand_for_their_variables_when_chosen(session: Session, qtbot: QtBot) -> None:
    table = planted(session, qtbot)
    chosen = table.choices([row(table, "model"), row(table, "model/dense_2/bias")])
    assert sorted(choice.variable.name for choice in chosen) == [
        "model/dense_10/kernel",
        "model/dense_2/bias",
        "model/dense_2/kernel",
    ]
    assert len(table.choices([row(table, "model")], most=2)) == 2


def test_revealing_opens_what_is_above(session: Session, qtbot: QtBot) -> None:
    table = planted(session, qtbot)
    table.collapse_all()
    at = table.reveal(VARIABLES[3].key)
    assert table.path(at) == "optimizer/m/dense_2/kernel"
    assert table.reveal("no such key") == -1


def test_a_list_shows_full_paths(session: Session, qtbot: QtBot) -> None:
    table = planted(session, qtbot)
    table.set_flat(True)
    assert table.rowCount() == len(VARIABLES)
    assert text(table, "optimizer/m/dense_2/kernel", Column.NAME) == "optimizer/m/dense_2/kernel"
    assert table.index(0, 0).data(Ask.DEPTH) == 0


def test_aliases_of_lists_do_not_make_a_variable_shared(
    begin: Callable[[Doors], Session], qtbot: QtBot
) -> None:
    aliased = variable("a", paths=("dense/kernel", "optimizer/_trainable_variables/0"))
    tied = variable("b", paths=("encoder/kernel", "decoder/kernel"))
    session = begin(Worlds(run("/run", (1,), (aliased, tied))).doors())
    session.open("/run")
    table = planted(session, qtbot)
    assert [table.index(at, 0).data(Ask.IS_SHARED) for at in (0, 1)] == [False, True]
