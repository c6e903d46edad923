"""Runs the program over a case of the corpus and judges what it says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.legacy_keras import legacy_command
from tests.makers.restores.cases import LEGACY, RESTORED, Case
from tfinspector.contents.findings import Finding, Severity, Unreadable
from tfinspector.contents.restores import Outcome, RestoreReport, Row, State
from tfinspector.engine.restoring.repairing import write_fixed
from tfinspector.engine.restoring.restore import RestoreRequest, dry_run, restore
from tfinspector.engine.worker.client import WorkerClient

_ALARMS = (Severity.ERROR, Severity.WARNING)


class Score(NamedTuple):
    """The result of the table, told at the end of the tests."""

    diagnosed: str
    repaired: str
    false_restored: str
    false_alarms: str


SCORE = pytest.StashKey[Score]()


@dataclass(frozen=True)
class Verdict:
    """What the program said of a case. A report is None where the source could not be read."""

    case: Case
    dry: RestoreReport | None
    full: RestoreReport | None
    findings: tuple[Finding, ...]

    @property
    def first(self) -> str:
        return self.findings[0].id if self.findings else ""

    @property
    def alarms(self) -> list[str]:
        """Errors and warnings, of the dry run too."""
        found = [*self.findings, *(self.dry.findings if self.dry else ())]
        return [f"{one.id} {one.title}" for one in found if one.severity in _ALARMS]

    @property
    def is_diagnosed(self) -> bool:
        if not self.case.found:
            return not self.alarms
        return self.first in (self.case.found, *self.case.also)

    @property
    def false_restored(self) -> int:
        """Variables that are called restored beyond those that can be."""
        if self.full is None:
            return 0
        restored = sum(row.state is State.RESTORED for row in self.full.rows)
        return max(0, restored - self.case.states.get(RESTORED, 0))


def judge(case: Case, directory: Path, client: WorkerClient) -> Verdict:
    """A dry run, then a restore, both by the same worker."""
    request = request_for(case, directory)
    try:
        dry = dry_run(request, client)
        full = restore(request, client)
    except Unreadable as error:
        return Verdict(case, None, None, (error.finding,))
    return Verdict(case, dry, full, full.findings)


def request_for(case: Case, directory: Path) -> RestoreRequest:
    place = directory / case.name
    return RestoreRequest(str(place / case.given), f"{place / case.file}:build", timeout=120)


def client_for(case: Case) -> WorkerClient:
    return WorkerClient(legacy_command() if case.python == LEGACY else None)


def counted(report: RestoreReport, is_stopped: bool = False) -> dict[str, int]:
    """How many rows have each state, in the words of `Case.states`.

    Where a restore was stopped, what would have been restored was not assigned. Seeds of random
    numbers do not count: nobody restores them.
    """
    count = Counter(row.expected.value for row in report.rows if not _is_seed(row, report))
    if is_stopped:
        count[RESTORED] += count.pop(State.NOT_ASSIGNED.value, 0)
    return {state: number for state, number in count.items() if number}


def expected(states: dict[str, int], is_stopped: bool = False) -> dict[str, int]:
    folded = Counter(states)
    if is_stopped:
        folded[RESTORED] += folded.pop(State.NOT_ASSIGNED.value, 0)
    return {state: number for state, number in folded.items() if number}


def is_stopped(verdict: Verdict) -> bool:
    """Whether nothing was assigned, as it must be where TensorFlow would stop half-way."""
    refused = ("shape_mismatch", "dtype_mismatch", "not_assigned")
    may_stop = any(state in verdict.case.states for state in refused)
    return may_stop and verdict.full is not None and verdict.full.outcome is Outcome.FAILED


def _is_seed(row: Row, report: RestoreReport) -> bool:
    return (
        row.variable >= 0
        and report.model is not None
        and report.model.variables[row.variable].random_state
    )


def repair(
    verdict: Verdict,
    directory: Path,
    prefix: Path,
    client: WorkerClient,
    as_user: Callable[..., dict[str, Any]],
) -> str:
    """Why the program's own repair does not help; "" if plain TensorFlow restores what it wrote."""
    case, report = verdict.case, verdict.dry
    if report is None or report.table is None:
        return "there is no report"
    allowed = ("", *case.accept)
    renames = tuple(each for each in report.renames if each.transform in allowed)
    if not renames:
        return "no pairs are proposed"
    request = replace(request_for(case, directory), attachment=report.table.attachment)
    try:
        written = write_fixed(request, renames, str(prefix), client)
    except Unreadable as error:
        return f"write_fixed refuses: {error.finding.title}"
    if any(one.severity is Severity.ERROR for one in written.findings):
        return f"write_fixed says: {written.findings[0].title}"
    answer = as_user(case, directory, str(prefix), report.table.attachment.name)
    is_said = written.outcome is Outcome.PARTIAL  # that expect_partial() is needed
    if answer["raises"] or bool(answer["consumed"]) != is_said:
        return f"{answer['raises']}{answer['says']}{answer['consumed'] or 'it was consumed'}"
    return f"wrong values: {answer['wrong']}" if answer["wrong"] else ""
