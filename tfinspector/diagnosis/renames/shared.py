"""One value of the file for several variables: shared when it was saved, copies now (M20).

TensorFlow gives it to the first of them only. These pairs come on top: the key keeps the variable
that it has, and the copies get the same value.
"""

from collections.abc import Iterator

from tfinspector.contents.restores import Rename
from tfinspector.diagnosis.renames.sides import Sides
from tfinspector.diagnosis.renames.values import OPTIMIZER, Mine, Theirs, fits

SHARED = "shared"


def copies_of_shared(sides: Sides) -> list[Rename]:
    """A pair for each copy that got nothing, by the conflicts that the match met."""
    graph, nodes = sides.checkpoint.graph, sides.model.nodes
    if graph is None or not sides.table.conflicts:
        return []
    theirs = {each.variable.node: each for each in sides.every_theirs()}
    mine = sides.every_mine()
    found: list[Rename] = []
    done: set[int] = set()
    for there, (_, *copies) in sides.table.conflicts:
        for copy in copies:
            for node, here in _beneath(sides, there, copy):
                value, target = theirs.get(node), mine.get(nodes[here].variable)
                if value is None or target is None or target.at in done:
                    continue
                if OPTIMIZER in (value.kind, target.kind):
                    continue  # lists of other length, nothing that was shared
                if fits(value, target) and not sides.is_taken(target.at):
                    done.add(target.at)
                    found.append(_pair(sides, value, target))
    return found


def _pair(sides: Sides, theirs: Theirs, mine: Mine) -> Rename:
    variable = theirs.variable
    first = sides.every_mine().get(sides.target_of(variable.key))
    why = (
        f"The file shares one value for {first.place if first else 'another'} and this; "
        f"the model has a variable of its own here."
    )
    transform = "" if theirs.dtype == mine.dtype else "cast"
    return Rename(variable.key, variable.name, mine.place, 0.9, why, SHARED, transform)


def _beneath(sides: Sides, there: int, here: int) -> Iterator[tuple[int, int]]:
    """The two nodes and what lies beneath them under the same names."""
    graph, nodes = sides.checkpoint.graph, sides.model.nodes
    assert graph is not None
    queue = [(there, here)]
    seen = {there}
    for theirs, mine in queue:  # it grows meanwhile
        yield theirs, mine
        offered = dict(nodes[mine].children)
        for name, child in graph.nodes[theirs].children:
            if name in offered and child not in seen:
                seen.add(child)
                queue.append((child, offered[name]))
