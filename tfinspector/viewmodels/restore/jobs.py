"""The work of the page Restore, as it runs in a pool thread: each job has a worker of its own.

The user's code runs in that worker, so it is fresh for every job and gone afterwards, whatever
happened to it. The window's own worker is never used.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from tfinspector.contents.devices import DeviceReport
from tfinspector.contents.restores import Rename, RestoreReport
from tfinspector.viewmodels.doors import Doors
from tfinspector.viewmodels.jobs import uncollected
from tfinspector.viewmodels.restore.devices import Comparison
from tfinspector.viewmodels.restore.form import RestoreForm
from tfinspector.viewmodels.restore.rows import MatchRows, prepare

if TYPE_CHECKING:
    from tfinspector.engine.jobs import Ticket
    from tfinspector.engine.opening import OpenSource
    from tfinspector.engine.restoring.job import RestoreRequest
    from tfinspector.engine.worker.client import WorkerClient

_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True)
class Order:
    """One dry run or restore as it was asked for; what is changed later does not reach it.

    `command` is the interpreter's, `note` takes the lines that it prints (from any thread).
    """

    source: OpenSource
    snapshot: str
    form: RestoreForm
    command: tuple[str, ...] | None
    note: Callable[[str], None]
    renames: tuple[Rename, ...] = ()

    @property
    def request(self) -> RestoreRequest:
        """As the engine wants it. Imports the engine: for a pool thread."""
        from tfinspector.engine.restoring.job import RestoreRequest

        form = self.form
        return RestoreRequest(
            path=self.source.part_with(self.snapshot).source.path,
            factory=form.spec,
            kwargs=form.arguments,
            device=form.device,
            snapshot=self.snapshot,
            keep_partial=form.partial,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """What came of an order: the report, and its match table (None where it came to none).

    Where devices were compared, `report` is that of the first of them.
    """

    order: Order
    report: RestoreReport
    rows: MatchRows | None
    devices: DeviceReport | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A repaired checkpoint and its proof."""

    prefix: str
    report: RestoreReport


def dry_run(doors: Doors, order: Order, ticket: Ticket) -> Result:
    """What a restore would do. Raises Unreadable and Cancelled."""
    request = order.request
    report = _with_worker(
        doors, order, ticket, lambda client: doors.restoring.dry_run(request, client, ticket)
    )
    return _result(order, report)


def restore(doors: Doors, order: Order, ticket: Ticket) -> Result:
    """The restore with its proof. Raises Unreadable and Cancelled."""
    request = order.request
    report = _with_worker(
        doors, order, ticket,
        lambda client: doors.restoring.restore(request, client, ticket, order.renames),
    )  # fmt: skip
    return _result(order, report)


def compare_devices(doors: Doors, order: Order, wanted: Comparison, ticket: Ticket) -> Result:
    """The restore with its proof on each device, each in a worker of its own.

    Raises Unreadable and Cancelled.
    """
    request = replace(order.request, logical_cpus=wanted.logical_cpus)
    report = doors.restoring.compare_devices(
        request,
        wanted.devices,
        lambda: doors.worker(order.command, order.note, lambda state: None),
        ticket,
        order.renames,
    )
    return replace(_result(order, report.runs[0].report), devices=report)


def write_repaired(doors: Doors, order: Order, prefix: str, ticket: Ticket) -> Written:
    """A new checkpoint that the ordinary call restores; never over anything that is there.

    Raises Unreadable (the place is taken, the map does not fit) and Cancelled.
    """
    request = order.request
    report = _with_worker(
        doors, order, ticket,
        lambda client: doors.restoring.write_fixed(
            request, order.renames, prefix, client, ticket
        ),
    )  # fmt: skip
    return Written(prefix, report)


def code(doors: Doors, result: Result, renames: Sequence[Rename]) -> str:
    """A plain TensorFlow script for the restore of `result` with these pairs."""
    return doors.restoring.restore_code(result.order.request, result.report, renames)


def save_text(path: str, text: str) -> None:
    """Write `text` to `path`, whole or not at all. Raises Unreadable."""
    from tfinspector.engine.exporting import new_file

    with new_file(path) as file:
        file.write(text.encode("utf-8"))


def is_taken(prefix: str) -> bool:
    """Whether a file, or a checkpoint of this prefix, whole or in parts, is already there."""
    folder, name = os.path.split(prefix)
    try:
        return any(
            there in (name, f"{name}.index") or there.startswith(f"{name}.data-")
            for there in os.listdir(folder or ".")
        )
    except OSError:
        return False


def _with_worker(
    doors: Doors, order: Order, ticket: Ticket, act: Callable[[WorkerClient], _Made]
) -> _Made:
    client = doors.worker(order.command, order.note, lambda state: None)
    try:
        return act(client)
    finally:
        client.kill() if ticket.cancelled else client.stop()


def _result(order: Order, report: RestoreReport) -> Result:
    if not report.rows:
        return Result(order, report, None)
    with uncollected:
        checkpoint: Any = order.source.checkpoint(order.snapshot)
        return Result(order, report, prepare(report, checkpoint.variables))
