"""Any part of a variable, named as NumPy names it, reading only that part."""

import re
from itertools import chain
from typing import Any

import numpy as np

from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable
from tfinspector.contents.tensors import Region
from tfinspector.contents.variables import Variable
from tfinspector.formats.reading import TensorReader

_INDEX = re.compile(r"[+-]?\d+")
_SLICE = re.compile(r"([+-]?\d+)?\s*:\s*([+-]?\d+)?\s*(?::\s*([+-]?\d+)?)?")


def parse_slice(text: str, shape: tuple[int, ...]) -> Region:
    """The region that "0:4, :", "3, ...", "-1" or "[2:]" means for a tensor of that shape.

    As in NumPy: axes from the left, what is not named is taken whole, negative indices count from
    the end, bounds beyond it are cut off, "..." stands for all axes between. A single index keeps
    its axis, with length 1, so that a region always has the tensor's rank. Steps other than 1
    are not offered. Raises `Unreadable` with a sentence about the part that can't be understood.
    """
    bare = text.strip().removeprefix("[").removesuffix("]").strip().removesuffix(",")
    parts = [part.strip() for part in bare.split(",")] if bare.strip() else []
    named = [part for part in parts if part != "..."]
    if len(parts) - len(named) > 1:
        raise _refusal(text, shape, '"..." can stand in a slice only once')
    if len(named) > len(shape):
        names, has = _axes(len(named)), _axes(len(shape))
        raise _refusal(text, shape, f"it names {names} and the tensor has {has}")
    before = parts.index("...") if "..." in parts else len(parts)
    after = len(named) - before
    middle = range(before, len(shape) - max(after, 0))
    whole = [slice(0, shape[axis]) for axis in middle]
    left = [_part(text, shape, axis, named[axis]) for axis in range(before)]
    right = [_part(text, shape, len(shape) - after + at, named[before + at]) for at in range(after)]
    return tuple(chain(left, whole, right))


def read_values(
    reader: TensorReader, variable: Variable, region: Region | None = None
) -> np.ndarray[Any, Any]:
    """The region of the variable (all of it where None), as an array of the region's shape.

    Strings come as an object array of `bytes`. Raises `Unreadable`.
    """
    return reader.read(variable.key, region)


def _part(text: str, shape: tuple[int, ...], axis: int, part: str) -> slice:
    size = shape[axis]
    if _INDEX.fullmatch(part):
        at = int(part)
        if not -size <= at < size:
            raise _refusal(text, shape, f"index {at} is outside axis {axis}, which has {size}")
        at %= size
        return slice(at, at + 1)
    match = _SLICE.fullmatch(part)
    if not match:
        raise _refusal(text, shape, f'"{part}" is neither an index nor a range like 0:4')
    start, stop, step = (int(group) if group else None for group in match.groups())
    if step not in (None, 1):
        raise _refusal(text, shape, f'"{part}" has a step, and only whole ranges can be read')
    first, last, _ = slice(start, stop).indices(size)
    return slice(first, max(first, last))


def _axes(count: int) -> str:
    return "1 axis" if count == 1 else f"{count} axes"


def _refusal(text: str, shape: tuple[int, ...], why: str) -> Unreadable:
    sizes = " x ".join(map(str, shape)) or "a scalar"
    example = ", ".join(["0:4", *[":"] * (len(shape) - 1)]) if shape else ""
    advice = f'For example "{example}".' if shape else "Leave the slice empty."
    return Unreadable(
        Finding(
            "V01",
            Severity.ERROR,
            f'The slice "{text.strip()}" does not fit the tensor: {why}.',
            detail=f"The tensor's shape is {sizes}.",
            evidence={"slice": text, "shape": list(shape)},
            fix=Fix(f"Write it as NumPy does, axes from the left. {advice}", example),
        )
    )
