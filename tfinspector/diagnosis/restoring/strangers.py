"""M01 where no other class explains it: weights that only one of the two sides knows.

New parts of the model keep their initial values, parts that only the file has stay unused; where
both sides have some, nothing but a map can tell what belongs together.
"""

from collections.abc import Iterator, Sequence

from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.restores import Frontier
from tfinspector.diagnosis.restoring import code
from tfinspector.diagnosis.restoring.case import Case, Cause
from tfinspector.diagnosis.restoring.saved_models import listed_twice
from tfinspector.diagnosis.restoring.wording import count, listed, shown

SILENT = (
    "restore() raises nothing for this: it follows names from the root, and what it does not find "
    "stays as it was."
)
"""Said wherever a name on the way is another one."""


def find_strangers(case: Case) -> Iterator[Cause]:
    """Asked last: what the rows that nothing explains yet have in common."""
    copies = listed_twice(case.variables)
    lost = [p for p in case.open(case.lost_weights) if case.rows[p].key not in copies]
    unfed = case.open(case.unfed_weights)
    if lost and unfed:
        yield _strangers(case, lost, unfed)
    elif unfed and case.fed_weights:
        yield _newcomers(case, unfed)
    elif unfed:
        yield _empty_handed(case, unfed)
    elif lost and case.fed_weights:
        yield _part_of_it(case, lost)


def _strangers(case: Case, lost: list[int], unfed: list[int]) -> Cause:
    total = len(case.weights_of_model)
    entry = max(case.table.frontier, key=lambda each: each.keys, default=None)
    detail = ""
    if entry is not None:
        where = f"under `{entry.path}`" if entry.path else "at its root"
        detail = (
            f"The checkpoint has {shown(entry.file_edges, 6)} {where}; the model has "
            f"{shown(entry.offered, 6) or 'nothing'} there. "
        )
    keys = {case.rows[place].key for place in lost}
    pairs = [(each.path, each.key) for each in case.evidence.renames
             if each.key in keys and not each.transform]  # fmt: skip
    return Cause(
        Finding(
            "M01", Severity.ERROR,
            f"{len(unfed):,} of the model's {count(total, 'weight')} are not in the checkpoint "
            f"under their names: {shown(case.names(unfed))}.",
            detail + SILENT, case.checkpoint.prefix,
            {"only_in_checkpoint": listed(case.names(lost)),
             "only_in_model": listed(case.names(unfed)),
             "frontier": told_frontier(case.table.frontier)},
            Fix("Give the parts the names that the checkpoint has, or map them one by one.",
                code.assign_all(case, pairs) or code.command(case)),
        ),
        frozenset(lost + unfed),
    )  # fmt: skip


def _newcomers(case: Case, unfed: list[int]) -> Cause:
    total = len(case.weights_of_model)
    counters = all(case.is_counter(place) for place in unfed)
    keep = "keeps its initial value" if len(unfed) == 1 else "keep their initial values"
    return Cause(
        Finding(
            "M01", Severity.INFO if counters else Severity.WARNING,
            f"The checkpoint has nothing for {len(unfed):,} of the model's "
            f"{count(total, 'weight')}: {shown(case.names(unfed))} {keep}.",
            "All weights of the checkpoint found their place, so these parts are new in the "
            "model. If that is meant, train them; everything else is restored.",
            case.checkpoint.prefix, {"only_in_model": listed(case.names(unfed))},
            Fix("Say in your program that this is meant, so that TensorFlow does not warn.",
                f"{code.make_model(case)}\n{code.restore(case, '.expect_partial()')}"),
        ),
        frozenset(unfed),
    )  # fmt: skip


def _empty_handed(case: Case, unfed: list[int]) -> Cause:
    return Cause(
        Finding(
            "M01", Severity.ERROR,
            "The checkpoint holds no weights that the model could take: "
            f"{shown(case.names(unfed))} stay as they were.",
            "What it holds is listed in the evidence. " + SILENT, case.checkpoint.prefix,
            {"in_checkpoint": listed(one.name for one in case.checkpoint.variables),
             "only_in_model": listed(case.names(unfed))},
            Fix("Choose the checkpoint that the model was saved in.",
                f"tfinspector list {case.checkpoint.prefix!r}"),
        ),
        frozenset(unfed),
    )  # fmt: skip


def _part_of_it(case: Case, lost: list[int]) -> Cause:
    return Cause(
        Finding(
            "M01", Severity.INFO,
            f"The model is complete; {count(len(lost), 'weight')} of the checkpoint "
            f"{'is' if len(lost) == 1 else 'are'} not part of it: {shown(case.names(lost))}.",
            "The model takes a part of what was saved.", case.checkpoint.prefix,
            {"only_in_checkpoint": listed(case.names(lost))},
            Fix("Say in your program that this is meant.",
                f"{code.make_model(case)}\n{code.restore(case, '.expect_partial()')}"),
        ),
        frozenset(lost),
    )  # fmt: skip


def told_frontier(entries: Sequence[Frontier]) -> list[dict[str, object]]:
    """Where the walk ended, for the evidence."""
    return [
        {"at": entry.path or "(root)", "checkpoint_has": entry.edge,
         "model_has": list(entry.offered[:12]), "keys_lost": entry.keys}
        for entry in entries[:12]
    ]  # fmt: skip
