"""The order of snapshots that a person put together, and what tells it.

The first of these that every snapshot has, and no two the same: the step in its name, a counter
that it holds (`save_counter`, the iterations of its optimizer), the time of its file. Snapshots of
several directories may have been counted anew in each, so there steps and counters are believed
only where the given order or the times of the files say the same. Otherwise the given order stays.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from tfinspector.contents.dtypes import DTypeKind
from tfinspector.contents.findings import Unreadable
from tfinspector.engine.comparing.places import Member
from tfinspector.formats.checkpoints.run import COUNTERS
from tfinspector.formats.file_names import steps_in_names
from tfinspector.formats.keras.snapshot_names import snapshots_among

_NAME, _GIVEN = "file name", "order given"


class Ordered(NamedTuple):
    """The members, and how they were put in order: "the order of the steps in their names"."""

    members: list[Member]
    told_by: str


def in_order(given: Sequence[Member]) -> Ordered:
    """The members in the order of training, as far as anything tells it."""
    steps = _steps_in_names(given)
    if steps is not None and (ranked := _ranked(given, steps)):
        return Ordered(
            [_with(one, step, _NAME) for one, step in ranked],
            "the order of the steps in their names",
        )
    for counter in COUNTERS:
        counts = _counts(given, counter)
        if counts is not None and (ranked := _ranked(given, counts)):
            name = counter.strip("_")
            return Ordered(
                [_with(one, step, name) for one, step in ranked], f"the order of their {name}"
            )
    times = None if steps is not None else _times(given)
    if times is not None and _is_strict(times):
        order = sorted(range(len(given)), key=times.__getitem__)
        return Ordered([given[at] for at in order], "the order of the times of their files")
    return as_they_are(given)


def as_they_are(given: Sequence[Member]) -> Ordered:
    """The members where they were put."""
    return Ordered([_without_time(one) for one in given], f"the {_GIVEN}")


def _ranked(given: Sequence[Member], marks: Sequence[int]) -> list[tuple[Member, int]]:
    """The members with their marks, the least first; empty where marks are not to be believed."""
    if not _is_strict(marks):
        return []
    order = sorted(range(len(given)), key=marks.__getitem__)
    if len({os.path.dirname(one.snapshot.path) for one in given}) > 1:
        by_time = _times(given) or []
        if order not in (
            list(range(len(given))), sorted(range(len(by_time)), key=by_time.__getitem__)
        ):  # fmt: skip
            return []
    return [(given[at], marks[at]) for at in order]


def _is_strict(marks: Sequence[float]) -> bool:
    return len(set(marks)) == len(marks)


def _steps_in_names(given: Sequence[Member]) -> list[int] | None:
    """Those that each name tells by itself, else what the names tell together."""
    paths = [one.snapshot.path for one in given]
    names = [os.path.basename(path) for path in paths]
    alike = snapshots_among(names) if len(set(names)) == len(names) else {}
    folders = [os.path.basename(os.path.dirname(path)) for path in paths]
    readings: tuple[Callable[[], Sequence[int | None]], ...] = (
        lambda: [one.snapshot.step if one.snapshot.step_from == _NAME else None for one in given],
        lambda: [alike.get(name) for name in names],
        lambda: steps_in_names(names),
        lambda: steps_in_names(folders) if len(set(names)) == 1 else [None],
    )
    for read in readings:
        steps = [step for step in read() if step is not None]
        if len(steps) == len(given):
            return steps
    return None


def _counts(given: Sequence[Member], counter: str) -> list[int] | None:
    counts = []
    for one in given:
        count = _count_in(one, counter)
        if count is None:
            return None
        counts.append(count)
    return counts


def _count_in(member: Member, counter: str) -> int | None:
    """The whole number of that name in a snapshot, the one with the shortest path."""
    try:
        found = [
            variable
            for variable in member.checkpoint().variables
            if variable.name.rpartition("/")[2] == counter
            and variable.dtype.kind is DTypeKind.INTEGER
            and not variable.shape
            and not variable.problem
        ]
        if not found:
            return None
        variable = min(found, key=lambda each: len(each.name))
        return int(member.opened.reader(member.snapshot.path).read(variable.key))
    except Unreadable:  # told where its values are asked for
        return None


def _times(given: Sequence[Member]) -> list[float] | None:
    times = [one.snapshot.time for one in given if one.snapshot.time is not None]
    return times if len(times) == len(given) else None


def _with(member: Member, step: int, step_from: str) -> Member:
    return member._replace(snapshot=replace(member.snapshot, step=step, step_from=step_from))


def _without_time(member: Member) -> Member:
    """What has no step of its own is where it was put."""
    snapshot = member.snapshot
    if snapshot.step is None:
        snapshot = replace(snapshot, step_from=_GIVEN)
    return member._replace(snapshot=snapshot)
