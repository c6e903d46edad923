"""What a model's variables are for, by the objects that hold them."""

from functools import cache

from tfinspector.contents.models import ModelDescription
from tfinspector.contents.variables import Role

PRIVATE = frozenset({"_operations", "_functional", "_layers"})
"""Edges of Keras 3's own lists; nobody gives such a name to a part."""


def role_of_variables(model: ModelDescription) -> list[Role]:
    """A weight is what is reached without passing an optimizer or a metric."""
    roles = [Role.OTHER if each.random_state else Role.WEIGHT for each in model.variables]
    found: set[int] = set()
    for role, begin in ((Role.WEIGHT, [0]), (Role.METRIC, []), (Role.OPTIMIZER, [])):
        for at in _reach(model, role, begin, found):
            if not model.variables[at].random_state:
                roles[at] = role
    return roles


def is_optimizer(kind: str) -> bool:
    """Whether the class is an optimizer of any Keras or of TensorFlow 1."""
    return ".optimizers." in kind or "optimizer_v2" in kind or kind.endswith("Optimizer")


def _is_metric(kind: str) -> bool:
    return ".metrics." in kind or ".trainers.compile_utils." in kind


@cache
def _role_of(kind: str) -> Role:
    if is_optimizer(kind):
        return Role.OPTIMIZER
    return Role.METRIC if _is_metric(kind) else Role.WEIGHT


def _reach(model: ModelDescription, role: Role, begin: list[int], found: set[int]) -> list[int]:
    """Variables met from `begin`, or from all objects of that role; each is met once."""
    nodes = model.nodes
    if not nodes:
        return []
    if role is not Role.WEIGHT:
        begin = [place for place, node in enumerate(nodes) if _role_of(node.kind) is role]
    variables = []
    queue = [place for place in begin if place not in found]
    found.update(queue)
    for here in queue:  # it grows meanwhile
        node = nodes[here]
        if node.variable >= 0:
            variables.append(node.variable)
        beneath = [child for _, child in node.children] if node.children else []
        for child in beneath + [slot.variable for slot in node.slots] if node.slots else beneath:
            if child in found:
                continue
            if role is Role.WEIGHT and _role_of(nodes[child].kind) is not Role.WEIGHT:
                continue
            found.add(child)
            queue.append(child)
    return variables
