"""A copy of a SavedModel that loads without the class of its optimizer, proved by loading it."""

import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable
from tfinspector.contents.reports import LoadReport
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.loading import load_opened, no_saved_model
from tfinspector.engine.opening import open_source
from tfinspector.engine.worker.client import WorkerClient
from tfinspector.engine.written_here import check_here
from tfinspector.formats.saved_models.slot_references import without_slot_references

_PROTO = "saved_model.pb"
_NOT_COPIED = ("fingerprint.pb",)  # of the other file; loading needs none


def write_without_slots(
    path: str,
    target: str,
    client: WorkerClient,
    tags: Sequence[str] | None = None,
    ticket: Ticket | None = None,
) -> LoadReport:
    """Copy the SavedModel at `path` to the new directory `target`, without slot references.

    The copy appears only if TensorFlow has loaded it; the report is of that load, and says where
    it failed. Variables and graph are the same. Raises Unreadable (V03) if it can't be written
    or there is nothing to leave out, WorkerFailed, and Cancelled.
    """
    ticket = ticket or Ticket()
    opened = open_source(path, ticket)
    saved_model = opened.source.saved_model
    if saved_model is None:
        raise Unreadable(no_saved_model(opened.source.path, opened.source.taken_for))
    place = _new_place(target)
    draft = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent)) / place.name
    try:
        _copy(Path(saved_model.path), draft, place)
        report = load_opened(open_source(str(draft), ticket), client, tags, None, ticket)
        if report.loaded:
            os.rename(draft, place)
            report = _moved(report, str(draft), str(place))
    except OSError as error:
        raise _refusal(place, error.strerror or str(error)) from error
    finally:
        shutil.rmtree(draft.parent, ignore_errors=True)
    return report


def _moved(report: LoadReport, draft: str, place: str) -> LoadReport:
    """The report with the path that the copy has now."""

    def moved(finding: Finding) -> Finding:
        fix = finding.fix and Fix(finding.fix.text, finding.fix.code.replace(draft, place))
        return replace(finding, where=finding.where.replace(draft, place), fix=fix)

    return replace(report, path=place, findings=tuple(map(moved, report.findings)))


def _new_place(target: str) -> Path:
    check_here(target)
    place = Path(target).expanduser().absolute()
    if os.path.lexists(place):
        raise _refusal(place, "it is there already, and nothing is overwritten")
    if not place.parent.is_dir():
        raise _refusal(place, f"{place.parent} is no directory")
    return place


def _copy(source: Path, draft: Path, place: Path) -> None:
    if not (source / _PROTO).is_file():
        raise _refusal(place, f"{source.name} has its graph as text, not as {_PROTO}")
    data, removed = without_slot_references((source / _PROTO).read_bytes())
    if not removed:
        raise _refusal(place, f"{source.name} has no references to slot variables to leave out")
    shutil.copytree(source, draft, ignore=shutil.ignore_patterns(_PROTO, *_NOT_COPIED))
    (draft / _PROTO).write_bytes(data)


def _refusal(place: Path, why: str) -> Unreadable:
    return Unreadable(
        Finding(
            "V03", Severity.ERROR, f"{place.name} can't be written: {why}.", where=str(place),
            evidence={"path": str(place), "reason": why},
            fix=Fix("Choose a directory that is not there yet, for a model that needs it."),
        )
    )  # fmt: skip
