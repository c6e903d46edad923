"""Makes the names of the rows unique: whoever shares one takes a longer one, all of them alike."""

from collections.abc import Sequence
from itertools import count

from tfinspector.formats.checkpoints.key_links import name_of_key
from tfinspector.formats.checkpoints.rows import Rows


def settle_names(rows: Rows) -> None:
    """Settle the names of variables, then those of slots, which are made of their owners'."""
    slots = {place: slot for place, slot in rows.slots.items() if slot.prefix}
    if slots:
        name = rows.name
        _settle(rows, [place for place in range(len(name)) if place not in slots])
        for place, slot in slots.items():
            name[place] = f"{slot.prefix}/{slot.name}/{name[slot.owner]}"
    if len(set(rows.name)) < len(rows.name):
        _settle(rows, range(len(rows.name)))


def _settle(rows: Rows, places: Sequence[int]) -> None:
    names = rows.name
    if len({names[place] for place in places}) == len(places):
        return
    groups: dict[str, list[int]] = {}
    for place in places:
        groups.setdefault(names[place], []).append(place)
    taken = {name for name, sharing in groups.items() if len(sharing) == 1}
    for sharing in groups.values():
        if len(sharing) > 1:
            _settle_group(rows, sharing, taken)


def _settle_group(rows: Rows, sharing: list[int], taken: set[str]) -> None:
    """The first kind of longer name that tells all of the group apart."""
    best = _reached_best(rows, sharing)
    if best is not None:
        taken.add(rows.name[best])
        sharing = [place for place in sharing if place != best]
    kinds = zip(*[_longer_names(rows, place) for place in sharing], strict=True)
    for kind in kinds:
        if len(set(kind)) == len(kind) and not taken.intersection(kind):
            break
    else:
        kind = _numbered([rows.keys[place] for place in sharing], taken)
    taken.update(kind)
    for place, name in zip(sharing, kind, strict=True):
        rows.name[place] = name


def _reached_best(rows: Rows, sharing: list[int]) -> int | None:
    """The one of several copies with one full name that the most ways lead to, if there is one.

    Keras's `export()` stores every variable twice: in the lists of the model, and in one of all.
    """
    if any(place not in rows.other_name for place in sharing):
        return None
    ways = sorted((len(rows.paths[place]) for place in sharing), reverse=True)
    if ways[0] == ways[1]:
        return None
    return next(place for place in sharing if len(rows.paths[place]) == ways[0])


def _longer_names(rows: Rows, place: int) -> tuple[str, ...]:
    """A way that the file knows, the key for people, the key."""
    key, paths = rows.keys[place], rows.paths[place]
    by_key = name_of_key(key)
    way = rows.other_name.get(place) or (paths[0] if paths else by_key)
    return (rows.prefix + rows.name[place], way, by_key, key)


def _numbered(keys: list[str], taken: set[str]) -> tuple[str, ...]:
    names: list[str] = []
    for key in keys:
        free = (f"{key}#{number}" for number in count(2))
        names.append(next(name for name in free if name not in taken and name not in names))
    return tuple(names)
