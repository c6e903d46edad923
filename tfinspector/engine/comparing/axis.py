"""The order of the snapshots that are put together, and which of them is the reference."""

import os
from collections.abc import Sequence

from tfinspector.contents.drift_metrics import Reference
from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable
from tfinspector.contents.passwords import masked
from tfinspector.diagnosis.drifting.order import sorted_for_you
from tfinspector.engine.comparing.ordering import Ordered, in_order
from tfinspector.engine.comparing.places import Member, members_of
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.opening import OpenSource, open_source


def axis_of(sources: Sequence[OpenSource]) -> tuple[list[Member], list[Finding]]:
    """The snapshots in order, and what is to be said about it.

    Those of one source are in order; those of several are put in the order of training as far as
    anything tells it (a shell lists ckpt-10 before ckpt-9).
    """
    members = members_of(sources)
    if len(sources) < 2:
        return members, []
    ordered = in_order(members)
    return ordered.members, sorted_findings(members, ordered)


def sorted_findings(given: Sequence[Member], ordered: Ordered) -> list[Finding]:
    """D07 where the snapshots were given in another order than they are in now."""
    before = [member.snapshot for member in given]
    after = [member.snapshot for member in ordered.members]
    if [one.path for one in before] == [one.path for one in after]:
        return []
    return [sorted_for_you(before, after, ordered.told_by)]


def with_reference(
    members: list[Member], reference: str, ticket: Ticket
) -> tuple[list[Member], int, Reference]:
    """The members, the number of the anchor, and what it is.

    `reference` is "first", "previous" or a snapshot: by its path or the last part of that. One
    that is not on the axis is opened and put in front of it. Raises `Unreadable`.
    """
    if reference in (Reference.FIRST, Reference.PREVIOUS):
        return members, 0, Reference(reference)
    asked = os.path.abspath(os.path.expanduser(reference))
    paths = [member.snapshot.path for member in members]
    names = [os.path.basename(path) for path in paths]
    if asked in paths:
        return members, paths.index(asked), Reference.CHOSEN
    if names.count(reference) == 1:
        return members, names.index(reference), Reference.CHOSEN
    found = members_of([open_source(reference, ticket)])
    if not found:
        raise Unreadable(_no_values(masked(reference)))
    chosen = found[-1]
    if chosen.snapshot.path in paths:
        return members, paths.index(chosen.snapshot.path), Reference.CHOSEN
    return [chosen, *members], 0, Reference.CHOSEN


def need_two(members: Sequence[Member], paths: Sequence[str]) -> None:
    """Raises `Unreadable` where there is nothing to compare."""
    if len(members) >= 2:
        return
    what = f"only {members[0].snapshot.name}" if members else "no values"
    raise Unreadable(
        Finding(
            "D20", Severity.ERROR,
            f"Two snapshots are needed to see what moved; here is {what}.",
            where=paths[0] if paths else "",
            evidence={"paths": list(paths), "snapshots": len(members)},
            fix=Fix(
                "Give the directory of a run, or several checkpoints in the order of training.",
                "tfinspector drift RUN\ntfinspector drift RUN/ckpt-1 OTHER/ckpt-7",
            ),
        )
    )  # fmt: skip


def _no_values(path: str) -> Finding:
    return Finding(
        "D20", Severity.ERROR,
        f"{os.path.basename(path)} has no values that anything could be compared with.",
        where=path, evidence={"path": path},
        fix=Fix("Choose a snapshot that holds variables as the reference."),
    )  # fmt: skip
