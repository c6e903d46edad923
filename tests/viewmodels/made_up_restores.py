"""Restore reports made by hand, and doors that give them, slowly or not at all."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from tests.viewmodels.made_up import Worlds, finding
from tfinspector.contents.devices import DeviceReport, DeviceRun, OutputDifference
from tfinspector.contents.findings import Finding, Unreadable
from tfinspector.contents.models import ModelDescription, ModelVariable, Returned
from tfinspector.contents.reports import Device, Interpreter
from tfinspector.contents.restores import (
    Attachment,
    MatchTable,
    Outcome,
    Rename,
    RestoreReport,
    Row,
    State,
)
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.restoring.factories import Offered
from tfinspector.viewmodels.doors import Doors, RestoreDoors

INTERPRETER = Interpreter(
    "3.11.7", "/usr/bin/python", "2.21.0", "3.15.1", "2.3.0", (Device("CPU:0"),), 1
)


def row(
    state: State,
    name: str,
    place: int = -1,
    model_path: str = "",
    role: str = "weight",
    **more: Any,
) -> Row:
    """A row of a file with a key, unless the model alone has it."""
    has_key = state not in (State.MISSING_IN_CHECKPOINT, State.UNREACHABLE)
    has_place = place >= 0
    made = Row(
        state, f"{name}/.ATTRIBUTES/VARIABLE_VALUE" if has_key else "", name, place, model_path,
        (4, 3) if has_key else None, (4, 3) if has_place else None,
        "float32" if has_key else "", "float32" if has_place else "",
        "CPU:0" if has_place else "", role,
    )  # fmt: skip
    return made._replace(**more)


ROWS = (
    row(State.RESTORED, "model/dense_2/kernel", 0, "model/dense_2/_kernel"),
    row(State.RESTORED, "model/dense_2/bias", 1, "model/dense_2/bias"),
    row(State.MISSING_IN_MODEL, "model/dense_10/kernel"),
    row(State.MISSING_IN_MODEL, "optimizer/m/dense_2/kernel", role="slot"),
    row(State.SHAPE_MISMATCH, "model/out/kernel", 3, "model/out/_kernel", model_shape=(4, 5)),
    row(State.MISSING_IN_CHECKPOINT, "net/middle/kernel", 2, "model/middle/_kernel"),
)

RENAMES = (
    Rename("model/dense_10/kernel/.ATTRIBUTES/VARIABLE_VALUE", "model/dense_10/kernel",
           "model/middle/_kernel", 0.93, "Same shape, only one left.", "one left"),
    Rename("optimizer/m/dense_2/kernel/.ATTRIBUTES/VARIABLE_VALUE", "optimizer/m/dense_2/kernel",
           "model/out/_kernel", 0.4, "Same values.", "", "transpose", (1, 0)),
)  # fmt: skip


def model(paths: Sequence[str]) -> ModelDescription:
    variables = tuple(
        ModelVariable(path, path, (path,), at, "float32", (4, 3), "CPU:0", True)
        for at, path in enumerate(paths)
    )
    return ModelDescription(
        "factory.py:build", Returned.NAMED, (), variables, "factory", (), {"keras 3.15.1": 4},
        INTERPRETER,
    )  # fmt: skip


def report(
    rows: Sequence[Row] = ROWS,
    outcome: Outcome = Outcome.PARTIAL,
    dry_run: bool = False,
    renames: tuple[Rename, ...] = RENAMES,
    findings: tuple[Finding, ...] = (),
    prefix: str = "/made/up/ckpt-3",
) -> RestoreReport:
    paths = {each.variable: each.model_path for each in rows if each.variable >= 0}
    known = model([paths.get(at, f"spare/{at}") for at in range(max(paths, default=-1) + 1)])
    good = sum(each.expected is State.RESTORED for each in rows)
    return RestoreReport(
        Outcome.NOTHING if dry_run else outcome, dry_run, "/made/up", prefix, known,
        MatchTable(Attachment(), tuple(rows), (), {}), tuple(rows), renames, findings,
        "CheckpointLoadStatus", "printed", 1.5, 600_000_000, 0 if dry_run else 12 * good,
        12 * len(paths), not dry_run, expected_outcome=outcome if dry_run else None,
        parameters_expected=12 * good if dry_run else 0,
    )  # fmt: skip


def on_device(told: RestoreReport, device: str) -> RestoreReport:
    """The same, with the model's variables placed there."""
    placed = (each._replace(device=device) if each.variable >= 0 else each for each in told.rows)
    return replace(told, rows=tuple(placed))


OUTPUTS = (
    OutputDifference("logits", "GPU:0", "CPU:0", "float32", (2, 4), 1e-7, 3e-6, False, True),
    OutputDifference("noise", "GPU:0", "CPU:0", "float32", (3,), 0.5, 1.2, False, False),
    OutputDifference("label", "GPU:0", "CPU:0", "int64", (), 0.0, 0.0, True, True),
)


class MadeUpClient:
    """A worker that is only ended. `ends` of its `Restores` counts how."""

    def __init__(self, note: Callable[[str], None], ends: list[str]) -> None:
        self.note, self._ends = note, ends

    def stop(self) -> None:
        self._ends.append("stop")

    def kill(self) -> None:
        self._ends.append("kill")


class Restores:
    """Doors whose restores answer `answers` (by snapshot), held back by `gate`."""

    def __init__(self, world: Worlds) -> None:
        self._world = world
        self.gate = threading.Event()
        self.gate.set()
        self.answer: RestoreReport | Finding = report()
        self.requests: list[Any] = []
        self.renames: list[tuple[Rename, ...]] = []
        self.commands: list[tuple[str, ...] | None] = []
        self.ends: list[str] = []
        self.written: list[str] = []
        self.maps: dict[str, tuple[Rename, ...]] = {}
        self.offered: tuple[Offered, ...] = ()
        self.compared = DeviceReport((), OUTPUTS, ())

    def doors(self) -> Doors:
        return self._world.doors(
            worker=self._worker,
            restoring=RestoreDoors(
                dry_run=lambda request, client, ticket: replace(
                    self._run(request, client, ticket), dry_run=True
                ),
                restore=self._restore,
                list_callables=self._list,
                restore_code=lambda request, told, renames: f"# {len(renames)} renames\n",
                save_map=lambda path, renames: self.maps.update({path: tuple(renames)}),
                load_map=lambda path: self.maps[path],
                write_fixed=self._write,
                compare_devices=self._compare,
            ),
        )

    def _worker(self, command: Any, note: Callable[[str], None], on_state: Any) -> MadeUpClient:
        self.commands.append(command)
        return MadeUpClient(note, self.ends)

    def _run(self, request: Any, client: Any, ticket: Ticket) -> RestoreReport:
        self.requests.append(request)
        answer = self.answer
        client.note("the factory prints\n")
        ticket.report(1, 2, "building")
        while not self.gate.wait(0.01):
            ticket.check()
        if isinstance(answer, Finding):
            raise Unreadable(answer)
        return answer

    def _restore(
        self, request: Any, client: Any, ticket: Ticket, renames: Sequence[Rename]
    ) -> RestoreReport:
        self.renames.append(tuple(renames))
        return self._run(request, client, ticket)

    def _write(
        self, request: Any, renames: Any, prefix: str, client: Any, ticket: Ticket
    ) -> RestoreReport:
        self.written.append(prefix)
        self.renames.append(tuple(renames))
        return replace(self._run(request, client, ticket), outcome=Outcome.RESTORED)

    def _compare(
        self, request: Any, devices: Sequence[str], make: Any, ticket: Ticket, renames: Any
    ) -> DeviceReport:
        runs = []
        for device in devices:
            client = make()
            try:
                told = self._run(replace(request, device=device), client, ticket)
            finally:
                client.stop()
            runs.append(DeviceRun(device, on_device(told, device), 0.002, 5 << 20, True, ""))
        return replace(self.compared, runs=tuple(runs))

    def _list(self, path: str) -> tuple[Offered, ...]:
        if not self.offered:
            raise Unreadable(finding("W21", f"{path} is no Python"))
        return self.offered
