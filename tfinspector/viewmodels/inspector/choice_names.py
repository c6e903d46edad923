"""What chosen variables are called in a title, and how each is told from the others."""

from collections.abc import Sequence
from pathlib import PurePath

from tfinspector.contents import numbers
from tfinspector.contents.variables import Variable
from tfinspector.viewmodels.measuring.queue import Choice


def step_words(choice: Choice) -> str:
    """ "step 1,200", or the snapshot's file name where no step is known; "" where nothing helps."""
    snapshots = choice.source.source.snapshots
    for snapshot in snapshots:
        if snapshot.path == choice.snapshot:
            if snapshot.step is not None:
                return f"step {numbers.whole(snapshot.step)}"
            return PurePath(snapshot.path).name if len(snapshots) > 1 else ""
    return PurePath(choice.snapshot).name if choice.snapshot and snapshots else ""


def has_run(choices: Sequence[Choice]) -> bool:
    """Whether any of them has other snapshots beside it."""
    return any(len(choice.source.source.snapshots) > 1 for choice in choices)


def over_run(choices: Sequence[Choice], most: int) -> list[Choice]:
    """Each choice in at most `most` complete snapshots of its run, evenly spread over it.

    The first and the last are always among them.
    """
    made: dict[Choice, None] = {}
    for choice in choices:
        paths = [s.path for s in choice.source.source.snapshots if s.complete]
        count = min(most, len(paths))
        places = [round(i * (len(paths) - 1) / max(count - 1, 1)) for i in range(count)]
        for path in [paths[place] for place in places] or [choice.snapshot]:
            made[Choice(choice.source, path, choice.variable)] = None
    return list(made)


def with_first(choices: Sequence[Choice]) -> list[Choice]:
    """Each choice, after the same variable in the first snapshot of its run."""
    made: dict[Choice, None] = {}
    for choice in choices:
        first = next((s.path for s in choice.source.source.snapshots if s.complete), "")
        made[Choice(choice.source, first or choice.snapshot, choice.variable)] = None
        made[choice] = None
    return list(made)


def source_name(choice: Choice) -> str:
    """The last part of the source's path."""
    return PurePath(choice.source.source.path).name


def subject(choices: Sequence[Choice]) -> str:
    """What is shown: "dense_3/kernel", "4 variables"; "" for nothing."""
    names = list(dict.fromkeys(choice.variable.name for choice in choices))
    return "".join(names) if len(names) < 2 else f"{len(names)} variables"


def where(choices: Sequence[Choice]) -> str:
    """Of which snapshot: "step 1,200", "5 snapshots"; "" where that says nothing."""
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
        parts = [_full_name(choice.variable)] if several_names or not several_steps else []
        if several_steps:
            parts.append(step_words(choice) or PurePath(choice.snapshot).name)
        if several_sources:
            parts.append(source_name(choice))
        made.append(", ".join(dict.fromkeys(part for part in parts if part)))
    return made


def _full_name(variable: Variable) -> str:
    """The name; of a slot variable that of its variable and its own: "dense_3/kernel/momentum"."""
    if variable.slot_of and variable.slot_name:
        return f"{variable.slot_of}/{variable.slot_name}"
    return variable.name


def told_apart(names: Sequence[str]) -> list[str]:
    """The names without the leading parts that all of them share: what is left tells them apart."""
    paths = [name.split("/") for name in names]
    shared = 0
    while all(len(path) > shared + 1 for path in paths) and len({p[shared] for p in paths}) == 1:
        shared += 1
    if shared == 0 or len(names) < 2:
        return list(names)
    return ["\N{HORIZONTAL ELLIPSIS}/" + "/".join(path[shared:]) for path in paths]
