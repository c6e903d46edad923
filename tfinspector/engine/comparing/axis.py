"""The order of the snapshots that are put together, and which of them is the reference."""

import os
from collections.abc import Sequence

from tfinspector.contents.drift_metrics import Reference
from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable
from tfinspector.diagnosis.drifting.order import sorted_for_you
from tfinspector.engine.comparing.places import Member, members_of
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.opening import OpenSource, open_source


def axis_of(sources: Sequence[OpenSource]) -> tuple[list[Member], list[Finding]]:
    """The snapshots in order, and what is to be said about it.

    Snapshots of one directory that were given one by one are put in the order of their steps (a
    shell lists ckpt-10 before ckpt-9); those of several runs stay as they were given.
    """
    members = members_of(sources)
    steps = [member.snapshot.step for member in members]
    directories = {os.path.dirname(member.snapshot.path) for member in members}
    if len(sources) < 2 or len(directories) > 1 or None in steps:
        return members, []
    ranked = sorted(members, key=lambda member: member.snapshot.step or 0)
    if ranked == members:
        return members, []
    return ranked, [sorted_for_you([member.snapshot for member in members])]


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
        raise Unreadable(_no_values(reference))
    chosen = found[-1]
    if chosen.snapshot.path in paths:
        return members, paths.index(chosen.snapshot.path), Reference.CHOSEN
    return [chosen, *members], 0, Reference.CHOSEN


def need_two(members: Sequence[Member], paths: Sequence[str]) -> None:
    """Raises `Unreadable` where there is nothing to compare."""
    if len(members) >= 2:
        return
    what = f"only {os.path.basename(members[0].snapshot.path)}" if members else "no values"
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
