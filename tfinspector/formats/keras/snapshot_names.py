"""Which names in a directory are Keras snapshots of one run, and the step each one tells.

`ModelCheckpoint` and scripts leave `model.05-0.12.keras`, `net_epoch_3.h5` and their like: names
that are alike but for their numbers. The step is the first whole number that differs, unless a
word for it stands before another.
"""

import re
from collections.abc import Iterable, Sequence

_ENDINGS = (".weights.h5", ".weights.json", ".keras", ".h5", ".hdf5")
_NUMBER = re.compile(r"\d+\.\d+|\d+")
_NAMED = re.compile(r"(?:step|epoch|iter(?:ation)?|ckpt|cp|checkpoint|ep|e)[-_.=]?$", re.IGNORECASE)
_WORD = re.compile(r"([A-Za-z][A-Za-z_]*?)[-_.=:]*$")
_SHARD = re.compile(r"(.+)_\d{5}\.weights\.h5$")
_LONGEST_NUMBER = 18


def snapshots_among(names: Iterable[str]) -> dict[str, int]:
    """The snapshots of one run among the names of a directory, each with its step.

    Empty unless at least two names are alike, and all that are belong to one pattern.
    """
    alike: dict[tuple[str, ...], list[str]] = {}
    for name in keras_names(names):
        stem = _stem(name)
        parts = _NUMBER.split(stem)
        if len(parts) > 1:
            alike.setdefault((name[len(stem) :], *parts), []).append(name)
    runs = [found for found in map(_with_steps, alike.values()) if len(found) > 1]
    return runs[0] if len(runs) == 1 else {}


def keras_names(names: Iterable[str]) -> list[str]:
    """Those that Keras may have written; of what is in shards, the index."""
    names = [name for name in names if name.endswith(_ENDINGS)]
    indexes = {name[: -len(".weights.json")] for name in names if name.endswith(".weights.json")}
    shards = {name: _SHARD.match(name) for name in names}
    return [name for name, shard in shards.items() if shard is None or shard[1] not in indexes]


def metrics_among(names: Sequence[str]) -> dict[str, str]:
    """What the names of one run's snapshots tell beside the step: the first number with a point.

    With the word that stands before it, where there is one: "val_loss 0.25".
    """
    stems = [_stem(name) for name in names]
    numbers = [_NUMBER.findall(stem) for stem in stems]
    for place, column in enumerate(zip(*numbers, strict=True)):
        if all("." in one for one in column):
            word = _WORD.search(_NUMBER.split(stems[0])[place])
            label = f"{word[1]} " if word else ""
            return {name: f"{label}{one}" for name, one in zip(names, column, strict=True)}
    return {}


def _stem(name: str) -> str:
    return name[: -len(next(one for one in _ENDINGS if name.endswith(one)))]


def _with_steps(names: Sequence[str]) -> dict[str, int]:
    """The step of each name; {} where no number of theirs can be one."""
    stems = [_stem(name) for name in names]
    numbers = [_NUMBER.findall(stem) for stem in stems]
    before = _NUMBER.split(stems[0])
    columns = list(zip(*numbers, strict=True))
    whole = [
        place
        for place, column in enumerate(columns)
        if all(one.isdecimal() and len(one) <= _LONGEST_NUMBER for one in column)
        and len(set(column)) > 1
    ]
    if not whole:
        return {}
    called = [place for place in whole if _NAMED.search(before[place])]
    place = (called or whole)[0]
    return {name: int(one[place]) for name, one in zip(names, numbers, strict=True)}
