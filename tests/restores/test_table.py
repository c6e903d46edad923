"""The table: what the program says of every restore of the corpus, and whether its repairs work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.makers.restores.cases import Case, case_names
from tests.restores.verdicts import (
    Verdict,
    client_for,
    counted,
    expected,
    is_stopped,
    judge,
    repair,
)
from tfinspector.contents.restores import Outcome
from tfinspector.engine.worker_client import WorkerClient

NAMES = case_names()
Judge = Callable[[str], Verdict]


@pytest.fixture(scope="module")
def workers() -> Iterator[Callable[[Case], WorkerClient]]:
    """One worker for all cases of an environment: starting TensorFlow takes seconds."""
    clients: dict[str, WorkerClient] = {}

    def of(case: Case) -> WorkerClient:
        if case.python not in clients:
            clients[case.python] = client_for(case)
        return clients[case.python]

    yield of
    for client in clients.values():
        client.stop()


@pytest.fixture(scope="module")
def verdict(restores: Path, workers: Callable[[Case], WorkerClient]) -> Judge:
    known: dict[str, Verdict] = {}

    def of(name: str) -> Verdict:
        if name not in known:
            case = Case.read(restores / name)
            known[name] = judge(case, restores, workers(case))
        return known[name]

    return of


@pytest.mark.parametrize("name", NAMES)
def test_first_finding(name: str, verdict: Judge) -> None:
    judged = verdict(name)
    if judged.case.found:
        assert judged.first in (judged.case.found, *judged.case.also), said(judged)
    else:
        assert judged.alarms == []


@pytest.mark.parametrize("name", NAMES)
def test_states(name: str, verdict: Judge) -> None:
    judged = verdict(name)
    case = judged.case
    if judged.dry is not None and (case.dry or case.states):
        assert counted(judged.dry.rows) == expected(case.dry or case.states), told(judged)
    if judged.full is not None and case.states:
        stopped = is_stopped(judged.full)
        assert counted(judged.full.rows, stopped) == expected(case.states, stopped), told(judged)
    if not case.states and not case.dry:
        assert judged.full is None or judged.full.outcome in (Outcome.FAILED, Outcome.PARTIAL)


@pytest.mark.parametrize("name", NAMES)
def test_never_restored_without_equality(name: str, verdict: Judge) -> None:
    judged = verdict(name)
    assert judged.false_restored == 0
    if judged.full is not None and not judged.case.found:
        assert judged.full.outcome is Outcome.RESTORED


@pytest.mark.parametrize("name", NAMES)
def test_repair(
    name: str,
    verdict: Judge,
    restores: Path,
    workers: Callable[[Case], WorkerClient],
    as_user: Callable[..., dict[str, Any]],
    tmp_path: Path,
) -> None:
    case = Case.read(restores / name)
    if not case.repair:
        pytest.skip("no renaming repairs this one")
    assert repair(verdict(name), restores, tmp_path / "fixed", workers(case), as_user) == ""


def said(judged: Verdict) -> str:
    return (
        "; ".join(f"{one.id} {one.severity}: {one.title}" for one in judged.findings) or "nothing"
    )


def told(judged: Verdict) -> str:
    rows = judged.full.rows if judged.full else ()
    return "\n".join(f"{row.state}: {row.key} -> {row.model_path} ({row.why})" for row in rows)
