"""The names of checkpoint files: which belong together, and which number a name carries.

Source: `tensorflow/core/util/tensor_bundle/naming.cc`. Prefixes contain dots ("model.ckpt-5"),
so names are only ever appended to and matched, never split at a suffix.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

INDEX = ".index"
META = ".meta"
SHARD = re.compile(r"(?P<prefix>.+)\.data-(?P<shard>\d{5,})-of-(?P<count>\d{5,})$", re.DOTALL)
TEMPORARY_DIRECTORY = re.compile(r"(?P<prefix>.+)_temp$", re.DOTALL)
TEMPORARY_FILE = re.compile(
    r"(?P<prefix>.+?)(\.index|\.data-[\d-]+of-\d+)?\.tempstate\d+$", re.DOTALL
)
TWO_NUMBERS = re.compile(r"(?P<start>.+)-(?P<first>\d+)-(?P<second>\d+)$", re.DOTALL)

_APPENDED = re.compile(r"-(\d+)$")
_ONE_NUMBER = 3  # parts that splitting at digits makes: before, the number, after
_NAMED_NUMBER = re.compile(
    r"(?:step|epoch|iter(?:ation)?|ckpt|cp|checkpoint|weights)[-_.=]?(\d+)", re.I
)
_EXTENSIONS = re.compile(r"(\.(ckpt|tf|weights|model|h5|keras))+$", re.I)
_DIGITS = re.compile(r"(\d+)")
_LONGEST_STEP = 18  # digits; a longer number is a hash or a time stamp


class ShardName(NamedTuple):
    """The parts of `PREFIX.data-00001-of-00004`."""

    prefix: str
    shard: int
    of: int


def shard_name(name: str) -> ShardName | None:
    """The parts of a data file's name, None if it is none."""
    match = SHARD.match(name)
    if match is None or len(match["shard"]) > _LONGEST_STEP or len(match["count"]) > _LONGEST_STEP:
        return None
    return ShardName(match["prefix"], int(match["shard"]), int(match["count"]))


def prefix_of(name: str) -> str:
    """The prefix that a file of a set belongs to; the name itself for any other file."""
    shard = shard_name(name)
    if shard is not None:
        return shard.prefix
    for suffix in (INDEX, META):
        if name.endswith(suffix) and len(name) > len(suffix):
            return name[: -len(suffix)]
    return name


def step_in_name(name: str) -> int | None:
    """The step that a prefix's base name states ("ckpt-10", "cp-0004.ckpt", "epoch_3-loss").

    Only what TensorFlow appends ("-10") or what stands after a word that means it: the 50 of
    "resnet_v1_50.ckpt" is no step.
    """
    stem = _EXTENSIONS.sub("", name)
    match = _APPENDED.search(stem) or _NAMED_NUMBER.search(stem)
    if match is None or len(match[1]) > _LONGEST_STEP:
        return None
    return int(match[1])


def steps_in_names(names: Sequence[str]) -> list[int | None]:
    """The step of each name; also a number that is all a name differs by from the others."""
    steps = [step_in_name(name) for name in names]
    stems: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for place, name in enumerate(names):
        if steps[place] is None:
            digits = _DIGITS.split(_EXTENSIONS.sub("", name))
            if len(digits) >= _ONE_NUMBER and len(digits[-2]) <= _LONGEST_STEP:
                stems.setdefault(("#".join(digits[:-2:2]), digits[-1]), []).append(
                    (place, digits[-2])
                )
    for sharing in stems.values():
        if len(sharing) > 1:
            for place, number in sharing:
                steps[place] = int(number)
    return steps


def natural_key(name: str) -> tuple[object, ...]:
    """For sorting as people do: ckpt-9 before ckpt-10."""
    parts = _DIGITS.split(name)
    return tuple([(0, int(part), part) if part.isdecimal() else (1, 0, part) for part in parts])
