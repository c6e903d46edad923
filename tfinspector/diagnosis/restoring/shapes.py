"""M08: the names meet, yet the shapes do not fit; all of them at once.

TensorFlow raises at the first of them and leaves the model half-restored. What explains the most
variables is told first; `shape_reasons` knows why shapes differ.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.restores import State
from tfinspector.diagnosis.restoring import code
from tfinspector.diagnosis.restoring.case import Case, Cause
from tfinspector.diagnosis.restoring.shape_reasons import Reason, reasons_of
from tfinspector.diagnosis.restoring.wording import count

_HALF = (
    "TensorFlow raises at the first of them and leaves the model half-restored: what came before "
    "it has been overwritten."
)


def find_shape_mismatches(case: Case) -> Iterator[Cause]:
    """One cause with all of them; the reason that explains the most in the title."""
    places = case.open(case.places(frozenset({State.SHAPE_MISMATCH})))
    if not places:
        return
    reasons: dict[object, Reason] = {}
    groups: defaultdict[object, list[int]] = defaultdict(list)
    for place, reason in zip(places, reasons_of(case, places), strict=True):
        reasons.setdefault(reason.key, reason)
        groups[reason.key].append(place)
    ordered = sorted(groups, key=lambda key: (-len(groups[key]), groups[key][0]))
    first = reasons[ordered[0]]
    others = [
        Finding(
            "M08", Severity.ERROR, reasons[key].title, where=case.name_of(groups[key][0]),
            evidence={"shapes": _shapes(case, groups[key])}, fix=Fix(reasons[key].advice),
        )
        for key in ordered[1:]
    ]  # fmt: skip
    rest = len(places) - len(groups[ordered[0]])
    also = f" Other reasons concern {rest:,} of them." if rest else ""
    yield Cause(
        Finding(
            "M08", Severity.ERROR, first.title,
            f"{count(len(places), 'variable')} {'has' if len(places) == 1 else 'have'} another "
            f"shape in the file than in the model.{also} {_HALF}",
            case.checkpoint.prefix, {"shapes": _shapes(case, places)},
            Fix(f"{first.advice} To restore only what fits, see the code.", _rest_code(case)),
            tuple(others),
        ),
        frozenset(places),
    )  # fmt: skip


def _shapes(case: Case, places: Sequence[int]) -> list[dict[str, object]]:
    return [
        {"name": case.name_of(place), "file": list(case.rows[place].file_shape or ()),
         "model": list(case.rows[place].model_shape or ())}
        for place in places[:200]
    ]  # fmt: skip


def _rest_code(case: Case) -> str:
    fits = [
        (case.rows[place].model_path, case.rows[place].key)
        for place in case.fed_weights
        if case.rows[place].variable >= 0 and case.rows[place].model_path
    ]
    return code.assign_pairs(case, fits)
