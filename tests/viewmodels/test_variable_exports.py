"""Exports write exactly what is shown, and all values of a variable."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
from pytestqt.qtbot import QtBot

from tfinspector.viewmodels.doors import Doors
from tfinspector.viewmodels.session import Session
from tfinspector.viewmodels.tasks import TaskState
from tfinspector.viewmodels.variables.columns import Column
from tfinspector.viewmodels.variables.exports import export_csv, export_npy
from tfinspector.viewmodels.variables.tree import VariableTable

COLUMNS = [Column.NAME, Column.HISTOGRAM, Column.DTYPE, Column.PARAMETERS, Column.MAX]


def test_the_table_as_it_was_when_asked_for(session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    table = VariableTable(session, session)
    qtbot.waitUntil(lambda: len(session.known()) == 6 and table.content is not None)
    with qtbot.waitSignal(table.arranged):
        table.set_filter("dense_2/kernel role:weight")
    task = export_csv(table, COLUMNS, str(tmp_path / "table.csv"))
    assert task is not None
    table.collapse_all()
    with qtbot.waitSignal(table.arranged):
        table.set_filter("")
    qtbot.waitUntil(lambda: task.state is TaskState.DONE)
    with open(tmp_path / "table.csv", newline="") as file:
        assert list(csv.reader(file)) == [
            ["Name", "Dtype", "Parameters", "Max"],
            ["model", "", "512", ""],
            ["model/dense_2", "", "512", ""],
            ["model/dense_2/kernel", "float32", "512", "1.0"],
        ]


def test_values_of_a_real_checkpoint(
    begin: Callable[[Doors], Session],
    made: Callable[[str], Path],
    referee: Callable[[Path], dict[str, tuple[str, tuple[int, ...], bytes]]],
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    prefix = made("checkpoints.keras_sequential") / "ckpt-5"
    session = begin(Doors())
    with qtbot.waitSignal(session.current_changed):
        session.open(str(prefix))
    chosen = next(v for v in session.variables if v.name == "dense/kernel")
    task = export_npy(session, session.choice(chosen), str(tmp_path / "kernel.npy"))
    qtbot.waitUntil(lambda: task.state.is_over)
    _, shape, data = referee(prefix)[chosen.key]
    written = np.load(tmp_path / "kernel.npy")
    assert written.shape == shape
    assert written.tobytes() == data


def test_a_place_that_cannot_be_written_is_a_finding(
    session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    table = VariableTable(session, session)
    qtbot.waitUntil(lambda: table.content is not None)
    task = export_csv(table, COLUMNS, str(tmp_path / "no such folder" / "table.csv"))
    assert task is not None
    qtbot.waitUntil(lambda: task.state is TaskState.FAILED)
    assert task.finding is not None
    assert task.finding.fix is not None
    assert not task.finding.id.startswith("P1"), "told as a mistake of the program"
