"""From detectors to a list: the most probable cause first, its consequences folded under it."""

from collections.abc import Sequence
from dataclasses import replace

from tfinspector.contents.findings import Finding, Severity
from tfinspector.contents.restores import RestoreEvidence
from tfinspector.diagnosis.restoring import (
    building,
    dialects,
    edges,
    names,
    optimizers,
    shapes,
)
from tfinspector.diagnosis.restoring.case import Case, Cause, Detector

# In this order a row is explained by the most telling class that claims it.
_ABOUT_MATCHES: tuple[Detector, ...] = (
    names.find_partitions,
    names.find_names,
    dialects.find_other_keras,
    building.find_unreachable,
    building.find_unbuilt,
    optimizers.find_other_optimizer,
    shapes.find_shape_mismatches,
    shapes.find_dtype_mismatches,
    edges.find_other_names,
    building.find_passed_by,
    optimizers.find_legacy_optimizer,
    optimizers.find_renamed_optimizer,
    optimizers.find_unbuilt_optimizer,
    optimizers.find_averages,
    optimizers.find_unused_state,
    optimizers.find_fresh_optimizer,
    edges.find_strangers,
    building.find_built_here,
    edges.find_place,
)
_GRAVITY = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


def diagnose(evidence: RestoreEvidence) -> tuple[Finding, ...]:
    """Findings about one dry run or restore, the most probable cause first."""
    case = Case(evidence)
    causes: list[Cause] = []
    if evidence.model is not None and evidence.table is not None:
        for detect in _ABOUT_MATCHES:
            for cause in detect(case):
                causes.append(cause)
                case.claimed |= cause.claims
    return _arrange(causes)


def _arrange(causes: Sequence[Cause]) -> tuple[Finding, ...]:
    """By gravity, then by how much they explain; what another explains too is folded under it."""
    ordered = sorted(
        enumerate(causes),
        key=lambda each: (_GRAVITY[each[1].finding.severity], -len(each[1].claims), each[0]),
    )
    kept: list[Cause] = []
    for _, cause in ordered:
        above = next((p for p, one in enumerate(kept) if _stands_above(one, cause)), None)
        if above is None:
            kept.append(cause)
            continue
        finding = kept[above].finding
        folded = (*finding.folded, cause.finding)
        kept[above] = replace(kept[above], finding=replace(finding, folded=folded))
    return tuple(cause.finding for cause in kept)


def _stands_above(one: Cause, other: Cause) -> bool:
    """The same class told before, or a cause that explains all that the other does."""
    if one.finding.id == other.finding.id:
        return True
    return bool(other.claims) and other.claims <= one.claims
