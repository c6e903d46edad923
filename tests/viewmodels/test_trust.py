"""The page Trust: judged by the list that ships, then by the worker as soon as it is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from pytestqt.qtbot import QtBot

from tests.looking import session
from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable
from tfinspector.contents.trust import KnownOperations
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.worker.client import WorkerClient
from tfinspector.viewmodels.session import Session
from tfinspector.viewmodels.trust.model import TrustModel

__all__ = ["session"]

Made = Callable[[str], Path]


def judged_by_worker(model: TrustModel) -> bool:
    return bool(model.report and model.report.judged_by and model.report.judged_by.is_of_worker)


def test_the_worker_judges_as_soon_as_it_is_there(
    session: Session, made: Made, qtbot: QtBot
) -> None:
    model = TrustModel(session)
    session.open(str(made("trusting.without_kernels") / "model"))
    qtbot.waitUntil(lambda: model.report is not None, timeout=20_000)
    assert model.findings == []
    assert model.byline.endswith(
        "; judged by the list of TensorFlow 2.21 that ships with the program; no worker was asked"
    )
    session.worker.start()
    qtbot.waitUntil(lambda: judged_by_worker(model), timeout=60_000)
    assert [finding.id for finding in model.findings] == ["S09", "S09"]
    assert session.worker.about
    assert model.byline.endswith(f"by TensorFlow {session.worker.about.tensorflow} of the worker")
    session.open(str(made("trusting.channels_first") / "model"))
    qtbot.waitUntil(lambda: "Conv2D" in dict(model.operations), timeout=20_000)
    assert judged_by_worker(model)


def test_a_worker_that_does_not_answer_leaves_the_list_that_ships(
    session: Session, made: Made, qtbot: QtBot
) -> None:
    asked = []

    def refuse(client: WorkerClient, ticket: Ticket) -> KnownOperations:
        asked.append(client)
        fix = Fix("Ask again.")
        raise Unreadable(Finding("W02", Severity.ERROR, "It ended.", fix=fix))

    session.doors = replace(session.doors, operations=refuse)
    model = TrustModel(session)
    session.open(str(made("trusting.without_kernels") / "model"))
    session.worker.start()
    qtbot.waitUntil(lambda: bool(asked), timeout=60_000)
    qtbot.waitUntil(lambda: not session.is_busy, timeout=20_000)
    assert model.report
    assert not judged_by_worker(model)
    assert model.findings == []
