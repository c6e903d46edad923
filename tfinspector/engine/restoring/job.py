"""One dry run or restore while it runs: what was asked, what is known, and the report of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tfinspector.contents.checkpoints import Checkpoint
from tfinspector.contents.findings import Finding, Severity
from tfinspector.contents.models import ModelDescription
from tfinspector.contents.reports import RelayedError
from tfinspector.contents.restores import (
    Attachment,
    MatchTable,
    Outcome,
    Rename,
    RestoreEvidence,
    RestoreReport,
    Row,
    Way,
)
from tfinspector.diagnosis.error_texts import look_up
from tfinspector.diagnosis.matching.states import WHY_LOST, parameters_of, untouched
from tfinspector.diagnosis.restoring import diagnose
from tfinspector.diagnosis.worker import explain_versions
from tfinspector.engine.checking import check
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.opening import OpenSource
from tfinspector.engine.restoring.memory import free_beside, peak_of
from tfinspector.engine.restoring.suggesting import propose
from tfinspector.engine.worker.client import MethodFailed, WorkerClient, WorkerFailed
from tfinspector.formats.reading import TensorReader

_GRAVITY = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
_DAMAGED = "F08"
_ABOUT_CALLING = frozenset({"S02", "S05", "S06", "S07", "S08", "S09", "S10", "S11", "S12"})


@dataclass(frozen=True, slots=True)
class RestoreRequest:
    """What to restore and into what.

    path          as the person gave it: a prefix, a run, a SavedModel
    factory       SPEC: "path/to/file.py:callable" or "package.module:callable"
    device        "GPU:0"; None is TensorFlow's own choice
    snapshot      `Snapshot.path`, None for the newest
    keep_partial  where some variables don't fit, restore those that do, instead of none; what an
                  optimizer's list would bring to another place does not fit either
    attachment    where a bare model goes, None to find out
    logical_cpus  split the CPU into that many devices first; 0 leaves it as it is
    timeout       seconds for each of the worker's steps, None for no limit
    """

    path: str
    factory: str
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    device: str | None = None
    snapshot: str | None = None
    keep_partial: bool = False
    attachment: Attachment | None = None
    logical_cpus: int = 0
    timeout: float | None = None


@dataclass(slots=True)
class RestoreJob:
    """What is known so far; `rows` follow the table, with the states that were proved.

    `used` are the pairs of a map that the job applies, `renames` what it proposes itself. `way` is
    how the values came into the model, `load_error` what Keras raised before another way was taken,
    `damage` what a check of the file's bytes found.
    """

    request: RestoreRequest
    client: WorkerClient
    ticket: Ticket
    opened: OpenSource
    checkpoint: Checkpoint
    dry_run: bool
    model: ModelDescription | None = None
    table: MatchTable | None = None
    rows: tuple[Row, ...] = ()
    used: tuple[Rename, ...] = ()
    renames: tuple[Rename, ...] = ()
    status_type: str = ""
    error: RelayedError | None = None
    available_nbytes: int = -1
    log: list[str] = field(default_factory=list)
    seconds: float = 0.0
    called: bool = False
    why_not_called: str = ""
    way: Way | None = None
    expected_outcome: Outcome | None = None
    load_error: RelayedError | None = None
    damage: tuple[Finding, ...] = ()

    @property
    def reader(self) -> TensorReader:
        """Reads the values of the checkpoint."""
        return self.opened.reader(self.request.snapshot)

    def ask(
        self, method: str, doing: str, payloads: tuple[bytes, ...] = (), **params: Any
    ) -> dict[str, Any]:
        """An answer of the worker. Raises WorkerFailed and Cancelled."""
        return self.client.exchange(
            method, params, payloads, self.ticket, self.request.timeout, doing
        ).result

    def hashes(self, variables: list[int]) -> dict[int, str]:
        """What the model's variables hold now; those that can't be read are left out."""
        told = self.ask("hashes", "hashing the model's values", variables=variables)["hashes"]
        devices = {at: device for at, _, device, _ in told}
        self.rows = tuple(
            [
                row._replace(device=devices[row.variable]) if row.variable in devices else row
                for row in self.rows
            ]
        )
        return {at: sha256 for at, sha256, _, _ in told if sha256}

    def report(self, outcome: Outcome, failure: Finding | None = None) -> RestoreReport:
        """The report of the job as it stands."""
        good, total = parameters_of(self.rows, self.model) if self.model else (0, 0)
        foretold = (self.expected_outcome or Outcome.FAILED) if self.dry_run else None
        self.propose()
        return RestoreReport(
            outcome=outcome,
            dry_run=self.dry_run,
            path=self.opened.source.path,
            prefix=self.checkpoint.prefix,
            model=self.model,
            table=self.table,
            rows=self.rows,
            renames=self.renames,
            findings=self._findings(failure),
            status_type=self.status_type,
            log="\n".join(part for part in self.log if part),
            seconds=self.seconds,
            peak_nbytes=peak_of(self.client.about),
            parameters_restored=0 if self.dry_run else good,
            parameters_total=total,
            called=self.called,
            why_not_called=self.why_not_called,
            error=self.error,
            worker_died=failure is not None and self.error is None,
            way=None if outcome is Outcome.FAILED else self.way,
            expected_outcome=foretold,
            parameters_expected=good if self.dry_run else 0,
            kind=self.opened.source.kind,
        )

    def failed(self, failure: WorkerFailed) -> RestoreReport:
        """The report of a job that the worker could not finish."""
        if isinstance(failure, MethodFailed):
            self.fail_with(failure.error)
        self.log.append(self.client.last_words)
        self.rows = untouched(self.rows, WHY_LOST)
        return self.report(Outcome.FAILED, failure.finding)

    def fail_with(self, error: RelayedError) -> None:
        """Take note of what the worker raised, and look what is behind it."""
        self.error = error
        if _DAMAGED in look_up(error.message):
            self.look_for_damage()

    def propose(self) -> None:
        """Look for what has only another name, on what the match left open."""
        if self.model is None or self.table is None:
            return
        rows = self.rows if self.used else ()
        self.renames = propose(
            self.checkpoint, self.model, self.table, self.reader, rows, self.used, self.ticket
        )

    def look_for_damage(self) -> None:
        """Which tensors are not what was saved (F08): TensorFlow names none of them."""
        report = check(self.opened, self.ticket, self.request.snapshot or self.checkpoint.prefix)
        known = self.opened.source.findings
        self.damage = tuple(
            each for each in report.findings if each.id == _DAMAGED and each not in known
        )

    def look_at_memory(self) -> None:
        """How much is free where the worker runs; only matters before the values come."""
        self.available_nbytes = free_beside(self.client.about)

    def evidence(self) -> RestoreEvidence:
        """All that a diagnosis may look at."""
        return RestoreEvidence(
            checkpoint=self.checkpoint,
            source_findings=self._about_the_source(),
            model=self.model,
            table=self.table,
            rows=self.rows,
            renames=self.renames,
            dry_run=self.dry_run,
            status_type=self.status_type,
            error=self.error,
            log="\n".join(part for part in self.log if part),
            factory=self.request.factory,
            kwargs=self.request.kwargs,
            device=self.request.device or "",
            available_nbytes=self.available_nbytes if self.dry_run or self.error else -1,
            load_error=self.load_error,
            way=self.way,
            kind=self.opened.source.kind,
        )

    def _findings(self, failure: Finding | None) -> tuple[Finding, ...]:
        """Why, first; then what went wrong, and what file and model say about themselves.

        The worker's own finding (W10) only repeats what a cause explains better; what is wrong
        with the file explains no exception.
        """
        findings = list(diagnose(self.evidence()))
        about_source = self._about_the_source()
        is_explained = self.error is not None and any(
            each.severity is Severity.ERROR and each not in about_source for each in findings
        )
        findings += [failure] if failure and not is_explained else []
        findings += about_source
        findings += self.model.findings if self.model else ()
        about = self.client.about
        findings += explain_versions(about) if about else ()
        once: dict[tuple[str, str], Finding] = {}
        for each in findings:
            once.setdefault((each.id, each.title), each)
        return tuple(sorted(once.values(), key=lambda each: _GRAVITY[each.severity]))

    def _about_the_source(self) -> tuple[Finding, ...]:
        """What is wrong with the file; how to call a SavedModel is no matter of a restore."""
        told = (*self.damage, *self.opened.source.findings)
        return tuple(each for each in told if each.id not in _ABOUT_CALLING)
