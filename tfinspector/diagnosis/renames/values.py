"""Values of a file and variables of a model, told in one way, so that they can be compared.

Each has its place in the common spelling (`spelling`), the other names it goes by, what kind of
value it is, and its turn in the order in which things were made.
"""

from typing import NamedTuple

from tfinspector.contents.checkpoints import Checkpoint
from tfinspector.contents.dtypes import DTYPE_BY_NAME
from tfinspector.contents.graphs import Edge
from tfinspector.contents.models import ModelDescription, ModelVariable
from tfinspector.contents.saved_models import Shape
from tfinspector.contents.variables import Role, Variable
from tfinspector.diagnosis.matching.roles import role_of_variables
from tfinspector.diagnosis.matching.walk import SAVE_COUNTER
from tfinspector.diagnosis.renames.spelling import Parts, natural, parts_of, without_average

WEIGHT, OPTIMIZER, METRIC = "weight", "optimizer", "metric"
_FILE_KINDS = {
    Role.WEIGHT: WEIGHT, Role.OTHER: WEIGHT, Role.COUNTER: WEIGHT, Role.METRIC: METRIC,
    Role.SLOT: OPTIMIZER, Role.OPTIMIZER: OPTIMIZER,
}  # fmt: skip
_MODEL_KINDS = {Role.OPTIMIZER: OPTIMIZER, Role.METRIC: METRIC}
_OPTIMIZER_LISTS = frozenset({"_trainable_variables", "_variables", "_trainable_variables_indices"})


class Theirs(NamedTuple):
    """A value of the file.

    `parts` is its place in the common spelling, `raw` as the file has it, `names` other names of
    it. `order` is its turn in the order in which the objects were made. `listed` says that only
    an optimizer's list of what it trains leads to it.
    """

    variable: Variable
    kind: str
    parts: Parts
    raw: str
    names: tuple[Parts, ...]
    order: int
    listed: bool = False
    average: bool = False

    @property
    def shape(self) -> Shape:
        """Its shape."""
        return self.variable.shape

    @property
    def dtype(self) -> str:
        """The name of its type."""
        return self.variable.dtype.name


class Mine(NamedTuple):
    """A variable of the model; the fields are as in `Theirs`, `place` is what a map calls it."""

    at: int
    variable: ModelVariable
    kind: str
    parts: Parts
    raw: str
    names: tuple[Parts, ...]
    order: int
    place: str

    @property
    def shape(self) -> Shape:
        """Its shape."""
        return self.variable.shape

    @property
    def dtype(self) -> str:
        """The name of its type."""
        return self.variable.dtype


def can_cast(one: str, other: str) -> bool:
    """Whether a value may go into a variable of another type, if the user accepts that."""
    kinds = [DTYPE_BY_NAME[name].kind if name in DTYPE_BY_NAME else None for name in (one, other)]
    return kinds[0] is not None and kinds[0] == kinds[1] and kinds[0].value in ("float", "integer")


def fits(theirs: Theirs, mine: Mine) -> bool:
    """Same shape, and a type that is the same or can be cast."""
    return shape_of(theirs.shape) == shape_of(mine.shape) and (
        theirs.dtype == mine.dtype or can_cast(theirs.dtype, mine.dtype)
    )


def shape_of(shape: Shape) -> tuple[int, ...] | None:
    """The shape, None where it is not wholly known."""
    if shape is None or any(each is None for each in shape):
        return None
    return tuple(each or 0 for each in shape)


def file_side(checkpoint: Checkpoint, under: str) -> list[Theirs]:
    """The values that may go somewhere; `under` is the name that the model was given."""
    order = _made_order(checkpoint)
    names = {each.name for each in checkpoint.variables}
    sides = []
    for variable in checkpoint.variables:
        kind, average = _FILE_KINDS.get(variable.role, ""), False
        own = without_average(variable.key)
        if kind in ("", WEIGHT) and own and variable.slot_of not in names and own not in names:
            kind, average = WEIGHT, True
        if not kind or variable.problem or variable.paths == (SAVE_COUNTER,):
            continue
        raw, listed = _best_path(variable, under)
        if variable.role is Role.COUNTER and _is_iterations(raw):
            kind = OPTIMIZER
        if average:
            raw = without_average(raw) or raw
        other = tuple(
            parts_of(name) for name in (variable.full_name, variable.name) if name and not average
        )
        sides.append(
            Theirs(
                variable, kind, parts_of(raw), raw, other,
                order[variable.key], listed, average,
            )
        )  # fmt: skip
    return sides


def _best_path(variable: Variable, under: str) -> tuple[str, bool]:
    """The way through the model, without the name that the model was given."""
    clean = [path for path in variable.paths if not _over_optimizer(path)]
    path = clean[0] if clean else variable.paths[0] if variable.paths else variable.key
    if under and path.startswith(f"{under}/"):
        path = path[len(under) + 1 :]
    listed = not clean and any("_trainable_variables/" in each for each in variable.paths)
    return path, listed


def _over_optimizer(path: str) -> bool:
    return not _OPTIMIZER_LISTS.isdisjoint(path.split("/"))


def _is_iterations(path: str) -> bool:
    tail = path.rpartition("/")[2]
    return tail in ("iter", "iterations", "_iterations") or "optimizer" in path


def _made_order(checkpoint: Checkpoint) -> dict[str, int]:
    """The turn of each key: down the edges, which are in the order of making, or by name."""
    graph, variables = checkpoint.graph, checkpoint.variables
    if graph is None:
        ranked = sorted((each.key for each in variables), key=natural)
        return {key: turn for turn, key in enumerate(ranked)}
    turns = _walk([node.children for node in graph.nodes])
    return {each.key: turns.get(each.node, len(turns)) for each in variables}


def _walk(children: list[tuple[Edge, ...]]) -> dict[int, int]:
    """Depth first, optimizers and lists of everything last."""
    turns: dict[int, int] = {}
    late: list[int] = []
    stack = [0] if children else []
    while stack or late:
        here = stack.pop() if stack else late.pop(0)
        if here in turns:
            continue
        turns[here] = len(turns)
        edges = children[here]
        is_last = any(name in _OPTIMIZER_LISTS for name, _ in edges)
        if is_last and stack and here:
            del turns[here]
            late.append(here)
            continue
        stack += [child for _, child in reversed(edges) if child not in turns]
    return turns


def model_side(model: ModelDescription) -> list[Mine]:
    """The variables that a map can name."""
    roles = role_of_variables(model)
    turns = _walk([node.children for node in model.nodes])
    names: dict[str, int] = {}
    for variable in model.variables:
        names[variable.name] = names.get(variable.name, 0) + 1
    sides = []
    for at, variable in enumerate(model.variables):
        if variable.random_state or shape_of(variable.shape) is None:
            continue
        place = variable.path
        if not place:
            if names[variable.name] > 1:
                continue  # a map could not say which one is meant
            place = variable.name
        order = turns.get(variable.node, len(turns) + at)
        sides.append(
            Mine(
                at, variable, _MODEL_KINDS.get(roles[at], WEIGHT), parts_of(place), place,
                (parts_of(variable.name),) if variable.name else (), order, place,
            )
        )  # fmt: skip
    return sides
