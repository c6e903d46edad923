"""M01: all of the model lies elsewhere in the checkpoint, while a name leads to another layer.

A backbone is restored from the checkpoint of the model around it: `a` of both is called the same
and has other shapes. Told by itself that would be a mismatch of shapes; it is the wrong place.
"""

from collections.abc import Iterator

from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.restores import State
from tfinspector.contents.variables import Variable
from tfinspector.diagnosis.matching.rows import shapes_fit
from tfinspector.diagnosis.restoring import code
from tfinspector.diagnosis.restoring.case import ROOT, Case, Cause
from tfinspector.diagnosis.restoring.wording import count, shown

_MISFITS = frozenset({State.SHAPE_MISMATCH})


def find_whole_elsewhere(case: Case) -> Iterator[Cause]:
    """Where shapes do not fit: the one other part of the checkpoint that fits the whole model."""
    wrong = set(case.open(case.places(_MISFITS)))
    held = {each.node: each for each in case.variables.values() if each.node >= 0}
    if not wrong or len(held) < 2:
        return
    for mine in (ROOT, *case.model_children(ROOT).values()):
        own = {at for each in case.beneath_model([mine]) if (at := case.node(each).variable) >= 0}
        misfits = [place for place in wrong if case.rows[place].variable in own]
        weights = {at for at in own if any(map(case.is_weight, case.rows_of.get(at, ())))}
        if len(weights) < 2 or not misfits:
            continue
        others = (node for node in case.file_paths if case.bound.get(node) != mine)
        found = [node for node in others if _fits(case, node, mine, weights, held)]
        if len(found) == 1:
            yield _elsewhere(case, found[0], mine, misfits)
            return


def _fits(case: Case, node: int, mine: int, weights: set[int], held: dict[int, Variable]) -> bool:
    """Whether every weight beneath the one has its value, of its shape, beneath the other."""
    found: set[int] = set()
    seen = {node}
    queue = [(node, mine)]
    for theirs, ours in queue:  # it grows meanwhile
        at, value = case.node(ours).variable, held.get(theirs)
        if at in weights:
            if value is None or not shapes_fit(value.shape, case.model.variables[at].shape):
                return False
            found.add(at)
        offered = case.model_children(ours)
        for name, child in case.graph.nodes[theirs].children:
            if name in offered and child not in seen and child not in case.file_optimizers:
                seen.add(child)
                queue.append((child, offered[name]))
    return found == weights


def _elsewhere(case: Case, node: int, mine: int, misfits: list[int]) -> Cause:
    there, names = case.file_paths[node], case.names(sorted(misfits))
    target = code.reach(case, case.model_paths.get(mine, ""))
    needed = code.needs_at(target)
    lines = [code.make_model(case)]
    lines += [f"root = {code.root_of(case)}", needed] if needed else []
    call = f"{code.graft_expression({there: target})}.restore({case.checkpoint.prefix!r})"
    one = len(names) == 1
    return Cause(
        Finding(
            "M01", Severity.ERROR,
            f"The whole model lies under `{there}` of the checkpoint; where names led it, "
            f"{shown(names)} {'belongs' if one else 'belong'} to another layer of that name.",
            f"Under `{there}` every weight has its value, of its shape. "
            f"{count(len(names), 'variable')} of another part of the checkpoint "
            f"{'has' if one else 'have'} the same name and another shape.",
            case.checkpoint.prefix, {"checkpoint": there, "collide": names[:40]},
            Fix("Restore the model from there; expect_partial() says that the rest is not wanted.",
                "\n".join([*lines, f"{call}.expect_partial()"])),
        ),
        frozenset(case.rows_beneath(node, mine)),
    )  # fmt: skip
