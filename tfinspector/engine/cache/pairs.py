"""Pairs of counts of one tensor, kept each by itself: for what is looked for in few tensors."""

from collections.abc import Callable

from tfinspector.engine.cache.identity import Identities, combined
from tfinspector.engine.cache.packing import pack, unpack
from tfinspector.engine.cache.store import Store
from tfinspector.formats.reading import TensorReader

Pair = tuple[int, int]


def pair_remembered(
    cache: Store | None, kind: str, reader: TensorReader, key: str, find: Callable[[], Pair]
) -> Pair:
    """What `find` tells of the tensor, found once for each `kind` of question."""
    if cache is None:
        return find()
    identities = Identities(reader)
    identity = identities.of(key)
    if identity is None:
        return find()
    name = combined(kind, (identity,))
    kept = unpack(cache.get([name]).get(name, b""))
    if kept is not None:
        one, other = kept[0]
        return one, other
    found = find()
    if identities.still_hold():
        cache.put({name: pack(found, {})})
    return found
