"""What `restore --json` says, field by field as in `cli.md`."""

from collections import Counter
from collections.abc import Iterable

from tfinspector.cli.documents import Document, finding_documents, number
from tfinspector.cli.restore.outputs import Written
from tfinspector.contents.devices import DeviceReport
from tfinspector.contents.reports import Interpreter
from tfinspector.contents.restores import Outcome, Rename, RestoreReport, Row, State


def empty_document() -> Document:
    """The document of a restore that came to nothing."""
    return {
        "outcome": Outcome.FAILED.value, "expected_outcome": None, "variables": [],
        "summary": {
            "by_state": {}, "parameters_restored": 0, "parameters_total": 0, "expected": None,
        },
        "renames": [], "worker": None, "written": {"map": None, "code": None, "checkpoint": None},
        "fixed": None, "devices": [], "device_outputs": [],
    }  # fmt: skip


def document_of(
    report: RestoreReport,
    about: Interpreter | None,
    used: Iterable[Rename],
    written: Written,
    devices: DeviceReport | None,
) -> Document:
    """The report as `cli.md` says it; `used` are the pairs of the map that was applied."""
    return {
        "outcome": report.outcome.value,
        "expected_outcome": report.expected_outcome and report.expected_outcome.value,
        "way": report.way.value if report.way else None,
        "dry_run": report.dry_run,
        "path": report.path,
        "prefix": report.prefix,
        "attachment": report.table.attachment.name if report.table else None,
        "variables": [_variable(row, report.dry_run) for row in report.rows],
        "summary": summary_of(report),
        "renames": [
            *(_rename(rename, applied=True) for rename in used),
            *(_rename(rename, applied=False) for rename in report.renames),
        ],
        "seconds": number(report.seconds),
        "called": report.called,
        "why_not_called": report.why_not_called or None,
        "built_by": report.model.built_by or None if report.model else None,
        "status_type": report.status_type or None,
        "worker": about
        and {"python": about.python, "tensorflow": about.tensorflow, "keras": about.keras},
        "written": {
            "map": written.map or None,
            "code": written.code or None,
            "checkpoint": written.checkpoint or None,
        },
        "fixed": _fixed(written.fixed),
    } | _devices(devices)  # fmt: skip


def summary_of(report: RestoreReport) -> Document:
    """How many variables have each state, and how much of the model that is.

    Of a dry run also what a restore is foretold to make of it; null otherwise.
    """
    expected = {
        "by_state": dict(Counter(row.expected.value for row in report.rows)),
        "parameters_restored": report.parameters_expected,
    }
    return {
        "by_state": dict(Counter(row.state.value for row in report.rows)),
        "parameters_restored": report.parameters_restored,
        "parameters_total": report.parameters_total,
        "expected": expected if report.dry_run else None,
    }


def _variable(row: Row, is_dry: bool) -> Document:
    return {
        "name": row.name, "key": row.key or None, "model_path": row.model_path or None,
        "state": row.state.value, "expected": row.expected.value if is_dry else None,
        "file_shape": None if row.file_shape is None else list(row.file_shape),
        "model_shape": None if row.model_shape is None else list(row.model_shape),
        "file_dtype": row.file_dtype or None, "model_dtype": row.model_dtype or None,
        "verified": row.state is State.RESTORED, "device": row.device or None,
        "role": row.role or None, "why": row.why or None,
    }  # fmt: skip


def _rename(rename: Rename, *, applied: bool) -> Document:
    return {
        "from": rename.key, "to": rename.path, "confidence": rename.confidence,
        "why": rename.why, "rule": rename.rule, "transform": rename.transform or None,
        "axes": list(rename.axes) or None, "alternatives": list(rename.alternatives) or None,
        "applied": applied,
    }  # fmt: skip


def _fixed(report: RestoreReport | None) -> Document | None:
    """How the restore of the repaired checkpoint went; null where none was asked for."""
    if report is None:
        return None
    return {
        "outcome": report.outcome.value,
        "summary": summary_of(report),
        "findings": finding_documents(report.findings),
    }


def _devices(report: DeviceReport | None) -> Document:
    if report is None:
        return {"devices": [], "device_outputs": []}
    return {
        "devices": [
            {
                "device": each.device, "outcome": each.report.outcome.value,
                "seconds": number(each.report.seconds),
                "call_seconds": number(each.call_seconds),
                "peak_nbytes": each.peak_nbytes, "why_not_called": each.why_not_called or None,
            }
            for each in report.runs
        ],
        "device_outputs": [
            {
                "name": each.name, "device": each.device, "reference": each.reference,
                "dtype": each.dtype, "shape": list(each.shape),
                "max_abs": number(each.max_abs), "max_rel": number(each.max_rel),
                "equal": each.equal, "close": each.close,
            }
            for each in report.outputs
        ],
    }  # fmt: skip
