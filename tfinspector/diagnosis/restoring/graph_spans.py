"""What lies beneath the nodes of a graph, and what above them: for the search of alike parts."""

from collections.abc import Callable, Iterable

from tfinspector.contents.saved_models import Shape
from tfinspector.diagnosis.restoring.case import ROOT

Held = tuple[tuple[str, Shape], ...]


def shapes_in(held: Held) -> list[str]:
    """The shapes alone, whatever the paths are."""
    return sorted(str(shape) for _, shape in held)


def held_beneath(
    begin: int, children: Callable[[int], Iterable[tuple[str, int]]], shapes: dict[int, Shape]
) -> Held:
    """Paths and shapes of the wanted values beneath a node."""
    found: list[tuple[str, Shape]] = []
    seen = {begin}
    queue = [("", begin)]
    for path, here in queue:  # it grows meanwhile
        if here in shapes:
            found.append((path, shapes[here]))
        for name, child in children(here):
            if child not in seen:
                seen.add(child)
                queue.append((f"{path}/{name}", child))
    return tuple(sorted(found, key=str))


def depth_of(paths: dict[int, str]) -> dict[int, int]:
    """How far from the root each node is."""
    return {node: path.count("/") + bool(path) for node, path in paths.items()}


def nodes_above(
    leaves: Iterable[int], parents: dict[int, list[int]], depth: dict[int, int]
) -> list[int]:
    """The leaves and everything above them, the nearest to the root first."""
    found = set(leaves)
    queue = list(found)
    for here in queue:  # it grows meanwhile
        for parent in parents.get(here, ()):
            if parent not in found:
                found.add(parent)
                queue.append(parent)
    found.add(ROOT)
    return sorted(found, key=lambda node: (depth.get(node, 99), node))


def parents_of(children: list[Iterable[tuple[str, int]]], around: set[int]) -> dict[int, list[int]]:
    """The nodes right above each, but for those to go `around`."""
    found: dict[int, list[int]] = {}
    for place, edges in enumerate(children):
        if place in around:
            continue
        for _, child in edges:
            known = found.setdefault(child, [])
            if place not in known:
                known.append(place)
    return found
