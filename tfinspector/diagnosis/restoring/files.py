"""F01 to F13 as they bear on a restore: what the files themselves are to blame for."""

from collections.abc import Iterator

from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.restores import State
from tfinspector.diagnosis.matching.walk import SAVE_COUNTER
from tfinspector.diagnosis.restoring import code
from tfinspector.diagnosis.restoring.case import ROOT, Case, Cause
from tfinspector.diagnosis.restoring.saved_models import is_saved_model

_NAME_BASED = "NameBasedSaverStatus"
_DAMAGE = ("F06", "F07", "F08", "F13")


def find_in_source(case: Case) -> Iterator[Cause]:
    """What opening the source has found; damage explains what can't be read."""
    unread = [place for place in range(len(case.rows)) if case.problem_of(place)]
    broken = bool(case.checkpoint.graph is None and case.checkpoint.problems)
    everything = range(len(case.rows))
    for finding in case.evidence.source_findings:
        is_damage = finding.id in _DAMAGE and finding.severity is not Severity.INFO
        claims = (everything if broken else unread) if is_damage else ()
        yield Cause(finding, frozenset(claims))


def find_without_count(case: Case) -> Iterator[Cause]:
    """F10: written by `write`, without the count of saves that `restore` looks for."""
    nodes = case.graph.nodes
    if not nodes or is_saved_model(case) or case.evidence.model is None or not case.fed_weights:
        return
    if any(name == SAVE_COUNTER for name, _ in nodes[ROOT].children):
        return
    made = code.make_model(case)
    yield Cause(Finding(
        "F10", Severity.INFO,
        "The checkpoint was written by write(), which keeps no save_counter: read it with read().",
        "After restore(), assert_consumed() is content, yet assert_existing_objects_matched() "
        "misses the counter that restore() makes.",
        case.checkpoint.prefix, {},
        Fix("Use read() for what write() wrote.",
            f"{made}\n{code.restore(case).replace('.restore(', '.read(')}"),
    ))  # fmt: skip


def find_in_model(case: Case) -> Iterator[Cause]:
    """What building the model has found (M19)."""
    if case.evidence.model is not None:
        for finding in case.evidence.model.findings:
            yield Cause(finding)


def find_index_as_prefix(case: Case) -> Iterator[Cause]:
    """F01: TensorFlow restored by names though the checkpoint has objects: it got the index."""
    if case.evidence.status_type != _NAME_BASED or case.checkpoint.graph is None:
        return
    fix = f"{code.make_model(case)}\n{code.restore(case)}" if case.evidence.model else ""
    yield Cause(Finding(
        "F01", Severity.ERROR,
        "TensorFlow was given a path that is no prefix, and restored nothing.",
        "Its status is a NameBasedSaverStatus, though the checkpoint has an object graph: so it "
        "goes when the path ends in .index.",
        case.checkpoint.prefix, {"status": _NAME_BASED},
        Fix("Give it the prefix.", fix or f"checkpoint.restore({case.checkpoint.prefix!r})"),
    ), frozenset(p for p in range(len(case.rows)) if case.rows[p].state is State.NOT_ASSIGNED)
    )  # fmt: skip
