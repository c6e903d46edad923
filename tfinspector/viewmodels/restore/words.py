"""What the page Restore says of a report, in sentences."""

from __future__ import annotations

import os
from collections import Counter
from typing import NamedTuple

from tfinspector.contents import numbers
from tfinspector.contents.findings import Finding, Severity
from tfinspector.contents.models import Returned
from tfinspector.contents.restores import Outcome, RestoreReport, State
from tfinspector.viewmodels.restore.rows import MatchRows
from tfinspector.viewmodels.restore.states import Foretold, kind, tally

_BUILT_BY = {
    "factory": "built by the factory",
    "sample_inputs": "built by a call with sample_inputs()",
    "build": "built by its build()",
    "signature": "built from the file's signature",
    "kernel shapes": "built from the shapes in the file",
}
_REFUSED = frozenset({State.SHAPE_MISMATCH, State.DTYPE_MISMATCH})


class Verdict(NamedTuple):
    """A line with its icon and colour role."""

    icon: str
    role: str
    words: str


def verdict(report: RestoreReport, rows: MatchRows | None = None) -> Verdict:
    """ "36 of 37 variables proved equal to the file · 98.2 % of parameters".

    `rows` are those of the report, which know its counts already.
    """
    if report.model is None:
        return Verdict("error", "wrong", "The model could not be built, so nothing was restored.")
    good, total = rows.of_model if rows else tally(report)
    counts: Counter[State | Foretold] = (
        rows.counts if rows else Counter(kind(row) for row in report.rows)
    )
    of = f"{numbers.whole(good)} of {numbers.whole(total)} variables"
    of_them = report.parameters_expected if report.dry_run else report.parameters_restored
    share = numbers.percent(of_them, report.parameters_total)
    parts = f"{share} % of parameters" if report.parameters_total else ""
    refused = sum(counts[state] for state in _REFUSED)
    if report.outlook is Outcome.FAILED and refused:
        do_not = "does not fit" if refused == 1 else "do not fit"
        misfits = f"{numbers.whole(refused)} of {numbers.whole(total)} variables {do_not}"
        after = (
            "a restore would stop half-way"
            if report.dry_run
            else ("nothing was restored, rather than half of it")
        )
        words = [misfits, after]
    elif report.dry_run:
        words = [f"{of} would be restored", parts, "nothing assigned"]
    else:
        words = [f"{of} proved equal to the file", parts]
    icon, role = _sign(report)
    return Verdict(icon, role, " · ".join(part for part in words if part))


def _sign(report: RestoreReport) -> tuple[str, str]:
    match report.outlook:
        case Outcome.RESTORED:
            return ("matched", "text") if report.dry_run else ("proved", "proved")
        case Outcome.PARTIAL:
            return "warning", "attention"
    return "error", "wrong"


def about(report: RestoreReport, factory: str) -> str:
    """Which factory into which file, with which versions, and how long it took."""
    spec = f"{os.path.basename(factory)} · {os.path.basename(report.prefix)}"
    parts = [spec, *versions(report)]
    model = report.model
    if model and model.built_by:
        parts.append(_BUILT_BY.get(model.built_by, f"built by {model.built_by}"))
    if report.called:
        parts.append("compared again after a call")
    if report.seconds:
        parts.append(numbers.duration(report.seconds))
    if report.peak_nbytes:
        parts.append(f"{numbers.size(report.peak_nbytes)} at most")
    return " · ".join(parts)


def versions(report: RestoreReport) -> list[str]:
    """The worker's versions: TensorFlow, Python, and whose Keras the model is made of."""
    model = report.model
    if model is None:
        return []
    known = model.interpreter
    parts = [f"TensorFlow {known.tensorflow}"] if known.tensorflow else []
    parts += sorted(flavour.replace("keras", "Keras", 1) if flavour.startswith("keras") else flavour
                    for flavour in model.flavours)  # fmt: skip
    return [*parts, f"Python {known.python}"]


def report_text(report: RestoreReport, factory: str) -> str:
    """Everything about a report that has no place of its own, as lines of "name: value"."""
    model = report.model
    lines = [
        ("Checkpoint", report.prefix),
        ("Factory", factory),
        ("Outcome", _outcome(report)),
    ]
    if model:
        known = model.interpreter
        flavours = ", ".join(
            f"{name} ({numbers.counted(count, 'object')})" for name, count in model.flavours.items()
        )
        lines += [
            ("Interpreter", known.executable),
            ("Python", known.python),
            ("TensorFlow", known.tensorflow or "none"),
            ("Keras", flavours or known.keras or "none"),
            ("Model", _BUILT_BY.get(model.built_by, "not built")),
            ("Not built", ", ".join(model.unbuilt)),
        ]
    if report.table and model and model.returned is Returned.BARE:
        name = report.table.attachment.name
        under = f"under the name {name}" if name else "as the root"
        lines.append(("The model stands", under))
    lines += [
        ("TensorFlow answered", report.status_type),
        ("Called afterwards", "yes" if report.called else report.why_not_called),
        ("Time", numbers.duration(report.seconds) if report.seconds else ""),
        ("Memory", f"{numbers.size(report.peak_nbytes)} at most" if report.peak_nbytes else ""),
    ]
    width = max(len(name) for name, _ in lines) + 2
    told = [f"{name + ':':<{width}}{value}" for name, value in lines if value]
    if report.log.strip():
        told += ["", "What TensorFlow printed", report.log.strip()]
    return "\n".join(told)


def _outcome(report: RestoreReport) -> str:
    foretold = f" (dry run; a restore: {report.outlook.value})" if report.dry_run else ""
    return f"{report.outcome.value}{foretold}"


def shown_findings(report: RestoreReport) -> list[Finding]:
    """The findings as the engine ordered them; mere notes last.

    That a run is a directory is no news here: the window gives the job a snapshot of it.
    """
    told = [each for each in report.findings if not _is_obvious(each, report)]
    return sorted(told, key=lambda finding: finding.severity is Severity.INFO)


def _is_obvious(finding: Finding, report: RestoreReport) -> bool:
    is_note = finding.id == "F03" and finding.severity is Severity.INFO
    return is_note and finding.where == report.path


def healthy_words(report: RestoreReport) -> str:
    """What is said where there is nothing to diagnose, "" if there is."""
    if any(finding.severity is not Severity.INFO for finding in report.findings):
        return ""
    if report.outlook is not Outcome.RESTORED:
        return ""
    if report.dry_run:
        return "Both sides fit. Restore assigns the values and proves them."
    return "Every weight of the model holds what the file holds."


def written_words(prefix: str, report: RestoreReport) -> Verdict:
    """What is said of a repaired checkpoint."""
    name = os.path.basename(prefix)
    good, total = tally(report)
    if report.outcome not in (Outcome.RESTORED, Outcome.PARTIAL):
        why = report.findings[0].title if report.findings else "it could not be proved."
        return Verdict("error", "wrong", f"{name} was not written: {why}")
    said = (
        f"{name} written: an ordinary restore proves {numbers.whole(good)} of "
        f"{numbers.whole(total)} variables"
    )
    if report.outcome is Outcome.PARTIAL:
        said += ", with expect_partial(); the others are left out"
        return Verdict("warning", "attention", said)
    return Verdict("proved", "proved", said)


def left_out(rows: MatchRows | None) -> int:
    """How many of the file's variables the model has no place for."""
    return rows.counts[State.MISSING_IN_MODEL] if rows else 0
