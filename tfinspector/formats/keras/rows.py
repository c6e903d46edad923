"""Rows that become variables: what both generations of Keras files fill in, and unique names."""

from collections.abc import Iterable
from dataclasses import dataclass

from tfinspector.contents.variables import Role, Variable
from tfinspector.formats.keras.stored import Stored, why_not


@dataclass(slots=True)
class Row:
    """One dataset on its way to a variable.

    name        as people should see it; made unique at the end
    full_name   Keras's own path for it, "" where the file does not tell
    owner       of a slot: the row it belongs to
    """

    key: str
    stored: Stored
    name: str
    role: Role = Role.WEIGHT
    trainable: bool | None = None
    full_name: str = ""
    slot_name: str = ""
    owner: "Row | None" = None
    optimizer: str = "optimizer"


def to_variables(rows: list[Row]) -> tuple[Variable, ...]:
    """The variables, by key, with unique names; slots are named after their owners."""
    owned = [row for row in rows if row.owner is not None]
    _settle([row for row in rows if row.owner is None])
    for row in owned:
        assert row.owner is not None
        row.name = f"{row.optimizer}/{row.slot_name}/{row.owner.name}"
    if len({row.name for row in rows}) < len(rows):
        _settle(rows)
    return tuple([_variable(row) for row in sorted(rows, key=lambda row: row.key)])


def _settle(rows: Iterable[Row]) -> None:
    """Who shares a name is called by its place in the file instead."""
    rows = list(rows)
    sharing: dict[str, list[Row]] = {}
    for row in rows:
        sharing.setdefault(row.name, []).append(row)
    for name, group in sharing.items():
        if len(group) == 1:
            continue
        tail = name.rpartition("/")[2]
        for row in group:
            head = row.key.rpartition("/vars/")[0] or row.key.rpartition("/")[0]
            row.name = f"{head}/{tail}" if head else row.key
    taken: set[str] = set()
    for row in rows:
        if row.name in taken:
            row.name = row.key
        taken.add(row.name)


def _variable(row: Row) -> Variable:
    dataset = row.stored.dataset
    paths = dict.fromkeys(path for path in (row.full_name, row.key) if path and path != row.name)
    return Variable(
        row.name,
        row.key,
        tuple(paths),
        dataset.element.dtype,
        dataset.shape,
        dataset.nbytes,
        row.role,
        row.trainable,
        full_name=row.full_name,
        slot_name=row.slot_name,
        slot_of=row.owner.name if row.owner else "",
        problem=why_not(dataset),
    )
