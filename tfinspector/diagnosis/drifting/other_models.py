"""D08 and D09: snapshots of another architecture, and such that can't be read."""

from collections.abc import Iterator

from tfinspector.contents.drifts import DriftTable, Happening
from tfinspector.contents.dtypes import DTypeKind
from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.numbers import counted
from tfinspector.contents.variables import Role
from tfinspector.diagnosis.drifting.subjects import MOST_NAMED, listed

_SAID = {
    Happening.APPEARS: "appears", Happening.DISAPPEARS: "goes", Happening.SHAPE: "changes shape",
    Happening.DTYPE: "changes type",
}  # fmt: skip


def find_other_architectures(table: DriftTable) -> Iterator[Finding]:
    """D08: weights that come, go or change their shape from one snapshot to the next."""
    steps: dict[int, dict[Happening, list[str]]] = {}
    for row in table.rows:
        if row.role is not Role.WEIGHT:
            continue  # an optimizer makes its slots when it first runs
        for event in row.events:
            if event.what is not Happening.RENAMED:
                steps.setdefault(event.at, {}).setdefault(event.what, []).append(row.name)
    if not steps:
        return
    first = min(steps)
    told = [
        f"{counted(len(names), 'weight')} {_SAID[what] if len(names) == 1 else _plural(what)} "
        f"({listed(names)})"
        for what, names in steps[first].items()
    ]
    more = (
        "" if len(steps) == 1 else f" It changes again at {counted(len(steps) - 1, 'later step')}."
    )
    yield Finding(
        "D08", Severity.WARNING,
        f"{table.name_of(first - 1)} and {table.name_of(first)} are of different architectures: "
        f"{', '.join(told)}.",
        "What has no counterpart of its shape has no change; the other variables are compared."
        + more,
        table.snapshots[first].path,
        {"steps": [
            {"from": table.snapshots[at - 1].path, "to": table.snapshots[at].path,
             **{what.value: names[:MOST_NAMED] for what, names in happened.items()}}
            for at, happened in sorted(steps.items())[:MOST_NAMED]]},
        Fix("If variables only have other names, say so with a map; otherwise compare the "
            "snapshots before and after the change by themselves.",
            '{"version": 1, "renames": [{"from": "old/kernel", "to": "new/kernel"}]}'),
    )  # fmt: skip


def _plural(what: Happening) -> str:
    return {
        Happening.APPEARS: "appear", Happening.DISAPPEARS: "go",
        Happening.SHAPE: "change shape", Happening.DTYPE: "change type",
    }[what]  # fmt: skip


def find_unread(table: DriftTable) -> Iterator[Finding]:
    """D09: values that are there and can't be read; one finding for the first such snapshot."""
    snapshots: dict[int, list[tuple[str, str]]] = {}
    for (number, at), reason in sorted(table.failed.items()):
        row = table.rows[number]
        if row.dtype.is_numeric or row.dtype.kind is DTypeKind.STRING:
            snapshots.setdefault(at, []).append((row.name, reason))
    if not snapshots:
        return
    at, failed = min(snapshots.items())
    others = f" So it is in {counted(len(snapshots) - 1, 'other snapshot')}."
    yield Finding(
        "D09", Severity.WARNING,
        f"{counted(len(failed), 'variable')} of {table.name_of(at)} can't be read: {failed[0][1]}",
        "Its place in the table is empty." + (others if len(snapshots) > 1 else ""),
        table.snapshots[at].path,
        {"snapshots": [
            {"path": table.snapshots[each].path, "variables": [one for one, _ in some[:MOST_NAMED]]}
            for each, some in sorted(snapshots.items())[:MOST_NAMED]]},
        Fix("See what is wrong with its files.", f"tfinspector check {table.snapshots[at].path!r}"),
    )  # fmt: skip
