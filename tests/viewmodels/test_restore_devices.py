"""One restore on several devices: what can be compared, the table, the verdict, the job."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.viewmodels.made_up import Worlds, finding
from tests.viewmodels.made_up_restores import INTERPRETER, OUTPUTS, Restores, report, row
from tfinspector.contents.devices import DeviceReport, DeviceRun
from tfinspector.contents.findings import Severity
from tfinspector.contents.reports import Device
from tfinspector.contents.restores import Outcome, RestoreReport, State
from tfinspector.viewmodels.doors import Doors
from tfinspector.viewmodels.restore.devices import (
    DeviceRole,
    DeviceTable,
    comparisons,
    device_findings,
    device_verdict,
)
from tfinspector.viewmodels.restore.form import NO_GPU, NOT_YET
from tfinspector.viewmodels.restore.model import RestoreModel
from tfinspector.viewmodels.session import Session

WHOLE = report(
    rows=(
        row(State.RESTORED, "net/kernel", 0, "net/kernel", device="CPU:0"),
        row(State.RESTORED, "net/bias", 1, "net/bias", device="CPU:0"),
    ),
    outcome=Outcome.RESTORED,
    renames=(),
)


def compared(*reports: RestoreReport) -> DeviceReport:
    names = ("CPU:0", "GPU:0")
    runs = tuple(
        DeviceRun(name, told, 0.002, 5 << 20, True, "")
        for name, told in zip(names, reports, strict=True)
    )
    return DeviceReport(runs, OUTPUTS, ())


def cells(table: DeviceTable, line: str) -> list[str]:
    """What the devices say in the line of that name."""
    rows = [at for at in range(table.rowCount()) if table.index(at, 0).data() == line]
    return [table.index(rows[0], column).data() for column in range(2, table.columnCount())]


def test_the_halves_of_the_cpu_can_always_be_compared() -> None:
    before, alone = comparisons(None), comparisons(INTERPRETER)
    assert [each.why_not for each in before] == [NOT_YET, ""]
    assert [each.why_not for each in alone] == [NO_GPU, ""]
    assert alone[-1].devices == ("CPU:0", "CPU:1")
    assert alone[-1].logical_cpus == 2


def test_every_gpu_can_be_compared_with_the_cpu() -> None:
    about = replace(INTERPRETER, devices=(Device("CPU:0"), Device("GPU:0"), Device("GPU:1")))
    offered = comparisons(about)
    assert [each.devices for each in offered] == [
        ("CPU:0", "GPU:0", "GPU:1"), ("CPU:0", "GPU:0"), ("CPU:0", "GPU:1"), ("CPU:0", "CPU:1"),
    ]  # fmt: skip
    assert not any(each.why_not for each in offered)


def test_the_table_has_outputs_times_and_variables() -> None:
    table = DeviceTable()
    table.show_report(compared(WHOLE, WHOLE))
    headings = [
        table.headerData(at, Qt.Orientation.Horizontal) for at in range(table.columnCount())
    ]
    assert headings == ["Name", "Shape", "CPU:0", "GPU:0"]
    names = [table.index(at, 0).data() for at in range(table.rowCount())]
    assert names == [
        "Outputs of one call · 3", "noise", "logits", "label",
        "Restore", "Variables proved equal to the file", "Time of the restore",
        "Time of one call", "Memory at most",
        "Variables · 2", "net/kernel", "net/bias",
    ]  # fmt: skip
    assert cells(table, "noise") == ["compared with", "differs by 0.5"]
    assert cells(table, "logits") == ["compared with", "differs by 1e-07, rounding"]
    assert cells(table, "label") == ["compared with", "equal"]
    assert cells(table, "Time of one call") == ["2.0 ms", "2.0 ms"]
    assert cells(table, "net/kernel") == ["restored", "restored"]
    assert table.index(0, 0).data(DeviceRole.IS_HEADING)
    assert table.index(1, 3).data(DeviceRole.SIGN).role == "attention"
    assert "logits\t2 x 4  float32\tcompared with\tdiffers by 1e-07, rounding" in table.text()


def test_what_is_not_proved_everywhere_comes_first() -> None:
    last = WHOLE.rows[1]._replace(state=State.VALUE_DIFFERS)
    other = replace(WHOLE, rows=(WHOLE.rows[0], last), outcome=Outcome.PARTIAL)
    table = DeviceTable()
    table.show_report(compared(WHOLE, other))
    names = [table.index(at, 0).data() for at in range(table.rowCount())]
    assert names[-2:] == ["net/bias", "net/kernel"]
    assert cells(table, "net/bias") == ["restored", "value differs"]
    assert cells(table, "Variables proved equal to the file") == ["2 of 2", "1 of 2"]


@pytest.mark.parametrize(
    ("outputs", "role", "words"),
    [
        (OUTPUTS, "attention", "2 of 2 variables proved equal on both devices · 1 output differs"),
        (
            OUTPUTS[::2], "proved",
            "2 of 2 variables proved equal on both devices · outputs equal but for rounding",
        ),
        (
            OUTPUTS[2:], "proved",
            "2 of 2 variables proved equal on both devices · outputs equal, bit by bit",
        ),
        ((), "muted", "2 of 2 variables proved equal on both devices · no outputs to compare"),
    ],
)  # fmt: skip
def test_the_verdict(outputs: tuple, role: str, words: str) -> None:  # type: ignore[type-arg]
    told = device_verdict(replace(compared(WHOLE, WHOLE), outputs=outputs))
    assert (told.role, told.words) == (role, words)


def test_a_device_that_is_not_there_is_no_green_verdict() -> None:
    failed = replace(WHOLE, outcome=Outcome.FAILED, model=None, rows=(), findings=(finding("R02"),))
    report = compared(WHOLE, failed)
    assert device_verdict(report).words == "The restore failed on GPU:0."
    table = DeviceTable()
    table.show_report(report)
    assert cells(table, "Variables proved equal to the file") == ["2 of 2", "failed"]
    assert cells(table, "net/kernel") == ["restored", "–"]
    assert [each.id for each in device_findings(report)] == ["R02"]


def test_findings_of_all_runs_once() -> None:
    note = replace(finding("M11"), severity=Severity.INFO)
    told = replace(WHOLE, findings=(note,))
    about = replace(compared(told, told), findings=(finding("R03"),))
    assert [each.id for each in device_findings(about)] == ["R03", "M11"]


class TestJob:
    @pytest.fixture
    def restores(self, world: Worlds) -> Restores:
        made = Restores(world)
        made.answer = WHOLE
        return made

    @pytest.fixture
    def model(
        self, begin: Callable[[Doors], Session], restores: Restores, qtbot: QtBot
    ) -> RestoreModel:
        session = begin(restores.doors())
        with qtbot.waitSignal(session.current_changed):
            session.open("/made/up")
        made = RestoreModel(session)
        made.fill_in(factory="/a/factory.py:build")
        return made

    def test_each_device_has_a_worker(
        self, model: RestoreModel, restores: Restores, qtbot: QtBot
    ) -> None:
        model.compare(model.comparisons[-1])
        assert model.doing == "Compare devices"
        qtbot.waitUntil(lambda: model.task is None)
        assert [request.device for request in restores.requests] == ["CPU:0", "CPU:1"]
        assert {request.logical_cpus for request in restores.requests} == {2}
        assert restores.ends == ["stop", "stop"]
        assert model.result is not None
        assert model.result.devices is not None
        assert model.result.report is model.result.devices.runs[0].report
        assert model.table.content is model.result.rows

    def test_cancel(self, model: RestoreModel, restores: Restores, qtbot: QtBot) -> None:
        restores.gate.clear()
        model.compare(model.comparisons[-1])
        qtbot.waitUntil(lambda: bool(restores.requests))
        model.cancel()
        qtbot.waitUntil(lambda: model.task is None)
        assert model.result is None
        assert len(restores.requests) == 1
