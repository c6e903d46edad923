"""What a snapshot holds, added up: by role, by type, the largest."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from tfinspector.contents.variable_columns import VariableColumns
from tfinspector.contents.variables import Role, Variable

LARGEST = 8
_PARTS_SHOWN = 7


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the bytes: of one role, or of one type."""

    name: str
    nbytes: int
    count: int


@dataclass(frozen=True, slots=True)
class Holdings:
    """Totals of the variables of one snapshot. `parameters` are the elements of numeric weights."""

    variables: int
    parameters: int
    nbytes: int
    by_role: tuple[Part, ...]
    by_type: tuple[Part, ...]
    largest: tuple[Variable, ...]
    problems: int


def add_up(variables: Sequence[Variable]) -> Holdings:
    """Totals of these variables."""
    kinds = VariableColumns.of(variables).traits
    by_role: dict[str, list[int]] = {}
    by_type: dict[str, list[int]] = {}
    parameters = nbytes = problems = 0
    for kind, count in zip(kinds.samples, kinds.counts(), strict=True):
        if not count:
            continue
        nbytes += kind.nbytes * count
        problems += count if kind.problem else 0
        if kind.role is Role.WEIGHT and kind.dtype.is_numeric:
            parameters += kind.size * count
        for parts, name in ((by_role, kind.role.value), (by_type, kind.dtype.name)):
            part = parts.setdefault(name, [0, 0])
            part[0] += kind.nbytes * count
            part[1] += count
    sizes = np.array([kind.nbytes for kind in kinds.samples], np.int64)[kinds.of]
    largest = [variables[at] for at in np.argsort(-sizes, kind="stable")[:LARGEST].tolist()]
    return Holdings(
        len(variables), parameters, nbytes, _parts(by_role), _parts(by_type), tuple(largest),
        problems,
    )  # fmt: skip


def _parts(sums: dict[str, list[int]]) -> tuple[Part, ...]:
    """Largest first; what would be too many colours is put together."""
    parts = sorted(
        (Part(name, nbytes, count) for name, (nbytes, count) in sums.items()),
        key=lambda part: -part.nbytes,
    )
    rest = parts[_PARTS_SHOWN:]
    if len(rest) > 1:
        other = Part(f"{len(rest)} others", _total(rest), sum(part.count for part in rest))
        parts = [*parts[:_PARTS_SHOWN], other]
    return tuple(parts)


def _total(parts: Iterable[Part]) -> int:
    return sum(part.nbytes for part in parts)
