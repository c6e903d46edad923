"""From detectors to a list: the most probable cause first, its consequences folded under it."""

from collections.abc import Sequence
from dataclasses import replace

from tfinspector.contents.findings import Finding, Severity
from tfinspector.contents.restores import RestoreEvidence
from tfinspector.diagnosis.error_texts import look_up
from tfinspector.diagnosis.restoring import (
    building,
    dialects,
    dtypes,
    edges,
    factories,
    files,
    graph_files,
    keras_loading,
    names,
    objects,
    optimizer_leftovers,
    optimizers,
    partitions,
    positions,
    saved_models,
    shapes,
    strangers,
    surroundings,
    trained,
    whole_models,
)
from tfinspector.diagnosis.restoring.case import Case, Cause, Detector

_ABOUT_SURROUNDINGS: tuple[Detector, ...] = (
    factories.find_failed_factory,
    files.find_index_as_prefix,
    files.find_in_source,
    files.find_in_model,
    files.find_without_count,
)
# In this order a row is explained by the most telling class that claims it.
_ABOUT_MATCHES: tuple[Detector, ...] = (
    surroundings.find_strategy,
    surroundings.find_memory,
    surroundings.find_mixed_keras,
    graph_files.find_graph,
    saved_models.find_export,
    partitions.find_partitions,
    names.find_names,
    dialects.find_other_keras,
    trained.find_other_trained,
    objects.find_copies,
    objects.find_merged,
    building.find_unreachable,
    building.find_unbuilt,
    positions.find_shifts,
    optimizers.find_other_optimizer,
    optimizers.find_swapped_slots,
    edges.find_exchanged,
    whole_models.find_whole_elsewhere,
    shapes.find_shape_mismatches,
    dtypes.find_dtype_mismatches,
    edges.find_other_names,
    edges.find_renamed_counters,
    objects.find_overwritten,
    objects.find_altered,
    building.find_passed_by,
    objects.find_other_instance,
    objects.find_empty_vocabulary,
    objects.find_iterators,
    optimizers.find_legacy_optimizer,
    optimizers.find_renamed_optimizer,
    optimizers.find_unbuilt_optimizer,
    optimizer_leftovers.find_averages,
    optimizer_leftovers.find_unused_state,
    optimizer_leftovers.find_fresh_optimizer,
    strangers.find_strangers,
    surroundings.find_misplaced,
    building.find_built_here,
    edges.find_place,
)
# A Keras file has no object graph, and its own rules.
_ABOUT_KERAS: tuple[Detector, ...] = (
    surroundings.find_memory,
    surroundings.find_mixed_keras,
    building.find_unbuilt,
    keras_loading.find_other_places,
    shapes.find_shape_mismatches,
    dtypes.find_dtype_mismatches,
    keras_loading.find_hindrances,
    objects.find_overwritten,
    objects.find_altered,
    keras_loading.find_skipped_optimizer,
    keras_loading.find_unknown_layers,
    surroundings.find_misplaced,
)
_GRAVITY = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


def diagnose(evidence: RestoreEvidence) -> tuple[Finding, ...]:
    """Findings about one dry run or restore, the most probable cause first."""
    case = Case(evidence)
    outer = _ask(case, _ABOUT_SURROUNDINGS)
    inner: list[Cause] = []
    if evidence.model is not None and evidence.table is not None:
        about = _ABOUT_MATCHES if evidence.checkpoint.keras is None else _ABOUT_KERAS
        inner = _ask(case, about)
        outer, inner = _with_error(case, outer, inner)
    return _arrange(outer, inner)


def _ask(case: Case, detectors: Sequence[Detector]) -> list[Cause]:
    causes = []
    for detect in detectors:
        for cause in detect(case):
            causes.append(cause)
            case.claimed |= cause.claims
    return causes


def _with_error(
    case: Case, outer: list[Cause], inner: list[Cause]
) -> tuple[list[Cause], list[Cause]]:
    """What TensorFlow raised, added to the cause that explains it; a finding of its own if none.

    What the file or the path was only suspected of has happened then.
    """
    error = case.evidence.error
    if error is None:
        return outer, inner
    classes = look_up(error.message)
    for causes in (inner, outer):
        for place, cause in enumerate(causes):
            finding = cause.finding
            if causes is inner and finding.severity is Severity.INFO:
                continue
            if (finding.id in classes and finding.fix) or "tensorflow_said" in finding.evidence:
                said = {"tensorflow_said": error.message[:2000], "type": error.type}
                causes[place] = replace(
                    cause,
                    finding=replace(
                        finding, severity=Severity.ERROR, evidence={**finding.evidence, **said}
                    ),
                )
                return outer, inner
    return outer, [*factories.find_unexplained_error(case), *inner]


def _arrange(outer: Sequence[Cause], inner: Sequence[Cause]) -> tuple[Finding, ...]:
    """By gravity, then by how much they explain; what another explains too is folded under it.

    What comes from outside (files, factory) goes before what the match shows.
    """
    ordered = sorted(
        [(0, place, cause) for place, cause in enumerate(outer)]
        + [(1, place, cause) for place, cause in enumerate(inner)],
        key=lambda each: (
            _GRAVITY[each[2].finding.severity], each[0], -_explained(each[2]), each[1]
        ),
    )  # fmt: skip
    kept: list[Cause] = []
    for is_inner, _, cause in ordered:
        above = next((p for p, one in enumerate(kept) if _stands_above(one, cause, is_inner)), None)
        if above is None:
            kept.append(cause)
            continue
        finding = kept[above].finding
        folded = (*finding.folded, cause.finding)
        kept[above] = replace(kept[above], finding=replace(finding, folded=folded))
    return tuple(cause.finding for cause in kept)


def _explained(cause: Cause) -> int:
    """How many rows; news are told in the order of the detectors."""
    return 0 if cause.finding.severity is Severity.INFO else len(cause.claims)


def _stands_above(one: Cause, other: Cause, is_inner: int) -> bool:
    """The same class told before, or a cause that explains all that the other does."""
    if is_inner and one.finding.id == other.finding.id:
        return True
    return bool(other.claims) and other.claims <= one.claims
