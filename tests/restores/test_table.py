"""The table: what the program says of every restore of the corpus, and whether its repairs work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from tests.makers.restores.cases import Case, case_names
from tests.restores.verdicts import (
    SCORE,
    Score,
    Verdict,
    client_for,
    counted,
    expected,
    is_stopped,
    judge,
    repair,
)
from tfinspector.contents.restores import Outcome
from tfinspector.engine.restoring import repairing
from tfinspector.engine.worker.client import WorkerClient

NAMES = case_names()
REPAIRABLE = case_names(only_repairable=True)
Judge = Callable[[str], Verdict]


Workers = Callable[..., WorkerClient]
Mend = Callable[[str], str]


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    """One worker for all cases of an environment: starting TensorFlow takes seconds."""
    clients: dict[tuple[str, ...], WorkerClient] = {}

    def of(case: Case, use: str = "") -> WorkerClient:
        return clients.setdefault((case.python, use), client_for(case))

    yield of
    for client in clients.values():
        client.stop()


@pytest.fixture(scope="module")
def verdict(restores: Path, workers: Workers) -> Judge:
    known: dict[str, Verdict] = {}

    def of(name: str) -> Verdict:
        if name not in known:
            case = Case.read(restores / name)
            known[name] = judge(case, restores, workers(case))
        return known[name]

    return of


@pytest.fixture(scope="module")
def mend(
    verdict: Judge,
    restores: Path,
    workers: Workers,
    as_user: Callable[..., dict[str, Any]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Mend]:
    """`mend(name)`: why the program's repair of a case does not help, "" if it does.

    The worker that proves a repaired checkpoint is another one than wrote it, yet the same for all.
    """
    known: dict[str, str] = {}

    def of(name: str) -> str:
        if name not in known:
            judged = verdict(name)
            case = judged.case
            patch.setattr(repairing, "WorkerClient", lambda _: nullcontext(workers(case, "prove")))
            prefix = tmp_path_factory.mktemp(name) / "fixed"
            known[name] = repair(judged, restores, prefix, workers(case), as_user)
        return known[name]

    with pytest.MonkeyPatch.context() as patch:
        yield of


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
        assert counted(judged.dry) == expected(case.dry or case.states), told(judged)
    if judged.full is not None and case.states:
        stopped = is_stopped(judged)
        assert counted(judged.full, stopped) == expected(case.states, stopped), told(judged)
    if judged.full is not None and not case.states:
        assert judged.full.outcome is not Outcome.RESTORED


@pytest.mark.parametrize("name", NAMES)
def test_never_restored_without_equality(name: str, verdict: Judge) -> None:
    judged = verdict(name)
    assert judged.false_restored == 0
    if judged.full is not None and not judged.case.found:
        assert judged.full.outcome is Outcome.RESTORED


@pytest.mark.parametrize("name", REPAIRABLE)
def test_repair(name: str, mend: Mend) -> None:
    assert mend(name) == ""


def test_score(verdict: Judge, mend: Mend, request: pytest.FixtureRequest) -> None:
    """What the note on this table reports; none may be called restored that is not."""
    judged = [verdict(name) for name in NAMES]
    broken = [one for one in judged if one.case.found]
    healthy = [one for one in judged if not one.case.found]
    wanted = [one for one in judged if one.case.repair]
    repaired = [one for one in wanted if not mend(one.case.name)]
    score = Score(
        f"first diagnosis right: {sum(one.is_diagnosed for one in broken)} of {len(broken)}",
        f"repairs that worked: {len(repaired)} of {len(wanted)}",
        f"false restored: {sum(bool(one.false_restored) for one in judged)} of {len(judged)}",
        f"false alarms: {sum(not one.is_diagnosed for one in healthy)} of {len(healthy)}",
    )
    request.config.stash[SCORE] = score
    assert not [one.case.name for one in judged if one.false_restored]
    assert not [one.case.name for one in healthy if one.alarms]


def said(judged: Verdict) -> str:
    return (
        "; ".join(f"{one.id} {one.severity}: {one.title}" for one in judged.findings) or "nothing"
    )


def told(judged: Verdict) -> str:
    rows = judged.full.rows if judged.full else ()
    return "\n".join(f"{row.state}: {row.key} -> {row.model_path} ({row.why})" for row in rows)
