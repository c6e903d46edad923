"""What chosen variables are called in a title, and how each is told from the others."""

from collections.abc import Sequence
from pathlib import PurePath

from tfinspector.viewmodels.measuring_queue import Choice


def step_words(choice: Choice) -> str:
    """ "step 1200", or the snapshot's file name where no step is known; "" where nothing helps."""
    snapshots = choice.source.source.snapshots
    for snapshot in snapshots:
        if snapshot.path == choice.snapshot:
            if snapshot.step is not None:
                return f"step {snapshot.step}"
            return PurePath(snapshot.path).name if len(snapshots) > 1 else ""
    return PurePath(choice.snapshot).name if choice.snapshot and snapshots else ""


def source_name(choice: Choice) -> str:
    """The last part of the source's path."""
    return PurePath(choice.source.source.path).name


def subject(choices: Sequence[Choice]) -> str:
    """What is shown: "dense_3/kernel", "4 variables"; "" for nothing."""
    names = list(dict.fromkeys(choice.variable.name for choice in choices))
    return "".join(names) if len(names) < 2 else f"{len(names)} variables"


def where(choices: Sequence[Choice]) -> str:
    """Of which snapshot: "step 1200", "5 snapshots"; "" where that says nothing."""
    places = {(id(choice.source), choice.snapshot) for choice in choices}
    if len(places) > 1:
        return f"{len(places)} snapshots"
    return step_words(choices[0]) if choices else ""


def labels(choices: Sequence[Choice]) -> list[str]:
    """One label per choice, with only what tells them apart: name, step, source."""
    several_names = len({choice.variable.name for choice in choices}) > 1
    several_steps = len({choice.snapshot for choice in choices}) > 1
    several_sources = len({id(choice.source) for choice in choices}) > 1
    made = []
    for choice in choices:
        parts = [choice.variable.name] if several_names or not several_steps else []
        if several_steps:
            parts.append(step_words(choice) or PurePath(choice.snapshot).name)
        if several_sources:
            parts.append(source_name(choice))
        made.append(", ".join(part for part in parts if part))
    return made
