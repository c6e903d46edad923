"""What the findings about a run talk of: its weights, groups of them, lists of names."""

from collections.abc import Iterable, Sequence

from tfinspector.contents.drifts import DriftTable
from tfinspector.contents.variables import Role

MOST_NAMED = 10


def weights(table: DriftTable) -> list[int]:
    """Numbers of the rows that are weights with elements and were measured."""
    return [
        number
        for number, row in enumerate(table.rows)
        if row.role is Role.WEIGHT and not row.problem and 0 not in row.shape
    ]


def listed(names: Sequence[str]) -> str:
    """Some names in a sentence: "`a`, `b` and 3 more"."""
    shown = [f"`{name}`" for name in names[:3]]
    rest = len(names) - len(shown)
    if rest:
        return f"{', '.join(shown)} and {rest} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def groups_of(table: DriftTable, some: Iterable[int], of: Iterable[int]) -> list[str]:
    """The rows `some` by their largest groups: a path of which all of the rows `of` are in `some`.

    A row that is in no such group stands by itself.
    """
    inside = set(some)
    whole: dict[str, bool] = {}
    for number in of:
        for prefix in _prefixes(table.rows[number].name):
            whole[prefix] = whole.get(prefix, True) and number in inside
    found: dict[str, None] = {}
    for number in some:
        name = table.rows[number].name
        found[next((f"{prefix}/" for prefix in _prefixes(name) if whole[prefix]), name)] = None
    return list(found)


def _prefixes(name: str) -> list[str]:
    parts = name.split("/")
    return ["/".join(parts[:end]) for end in range(1, len(parts))]
