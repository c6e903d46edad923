"""Both sides of a renaming: what has no counterpart yet, and the pairs found so far."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from tfinspector.contents.checkpoints import Checkpoint
from tfinspector.contents.dtypes import DTYPE_BY_NAME
from tfinspector.contents.graphs import Edge
from tfinspector.contents.models import ModelDescription, ModelVariable, Returned
from tfinspector.contents.restores import MatchTable, Rename, Row, State, ValueSketch
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
_DONE = frozenset({State.RESTORED, State.VALUE_DIFFERS})
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


class Sides:
    """What is still open on either side, and the pairs so far: no key and no variable twice."""

    def __init__(
        self,
        checkpoint: Checkpoint,
        model: ModelDescription,
        table: MatchTable,
        file_values: Mapping[str, ValueSketch],
        model_values: Mapping[int, ValueSketch],
    ) -> None:
        self.checkpoint, self.model, self.table = checkpoint, model, table
        self.file_values, self.model_values = file_values, model_values
        self.partner: dict[str, int] = {}  # what matches by itself
        self.renames: dict[str, Rename] = {}
        self.given: dict[str, int] = {}  # the pairs' variables by key
        self.taken: set[int] = set()  # and those variables
        is_chance = _is_chance(checkpoint, model, table)
        under = "" if is_chance else table.attachment.name
        self._all_theirs = {each.variable.key: each for each in _file_side(checkpoint, under)}
        self._all_mine = {each.at: each for each in _model_side(model)}
        self.shaped: list[tuple[Theirs, Mine]] = []  # same place, other shape or type
        self._sort_rows(() if is_chance else table.rows)

    def _sort_rows(self, rows: Sequence[Row]) -> None:
        used: set[int] = set()
        rows = [row for row in rows if row.key not in self.table.misplaced]
        for row in rows:
            if row.key and row.variable >= 0 and row.expected in _DONE:
                self.partner.setdefault(row.key, row.variable)
                used.add(row.variable)
        self._used = used
        for row in rows:
            if row.state not in (State.SHAPE_MISMATCH, State.DTYPE_MISMATCH):
                continue
            theirs, mine = self._all_theirs.get(row.key), self._all_mine.get(row.variable)
            if theirs and mine and row.variable not in used:
                self.shaped.append((theirs, mine))

    def theirs(self, kind: str = "") -> list[Theirs]:
        """Open values of the file."""
        return [
            each
            for key, each in self._all_theirs.items()
            if key not in self.partner and key not in self.renames
            and (not kind or each.kind == kind)
        ]  # fmt: skip

    def mine(self, kind: str = "") -> list[Mine]:
        """Open variables of the model."""
        return [
            each
            for at, each in self._all_mine.items()
            if at not in self._used and at not in self.taken and (not kind or each.kind == kind)
        ]  # fmt: skip

    def every_theirs(self) -> Iterable[Theirs]:
        """All values of the file, matched or not."""
        return self._all_theirs.values()

    def every_mine(self) -> dict[int, Mine]:
        """All variables of the model that a checkpoint may fill, by index."""
        return self._all_mine

    def release(self, keys: Iterable[str]) -> None:
        """Forget that these match by themselves: their positions are proved wrong."""
        for key in keys:
            self._used.discard(self.partner.pop(key, -1))

    def target_of(self, key: str) -> int:
        """The variable that a key goes into as things stand; -1 for none."""
        return self.given.get(key, self.partner.get(key, -1))

    def is_taken(self, at: int) -> bool:
        """Whether a variable has its key."""
        return at in self._used or at in self.taken

    def is_open(self, theirs: Theirs, mine: Mine) -> bool:
        """Whether both still want a partner."""
        key = theirs.variable.key
        return not (
            key in self.partner or key in self.renames
            or mine.at in self._used or mine.at in self.taken
        )  # fmt: skip

    def pair(
        self,
        theirs: Theirs,
        mine: Mine,
        confidence: float,
        why: str,
        rule: str,
        transform: str = "",
        axes: tuple[int, ...] = (),
    ) -> bool:
        """Note a pair, unless one of the two has another; types that differ make it a cast."""
        if not self.is_open(theirs, mine):
            return False
        if theirs.dtype != mine.dtype:
            if transform or not can_cast(theirs.dtype, mine.dtype):
                return False
            transform = "cast"
            why = f"{why} Its {theirs.dtype} becomes {mine.dtype}."
        variable = theirs.variable
        self.renames[variable.key] = Rename(
            variable.key, variable.name, mine.place, round(min(max(confidence, 0.0), 1.0), 2),
            why, rule, transform, axes,
        )  # fmt: skip
        self.given[variable.key] = mine.at
        self.taken.add(mine.at)
        return True

    def pair_part(
        self, theirs: Theirs, mine: Mine, confidence: float, why: str, offset: tuple[int, ...]
    ) -> None:
        """Note that a value is the part of a variable that begins at `offset`."""
        variable = theirs.variable
        self.renames[variable.key] = Rename(
            variable.key, variable.name, mine.place, confidence, why, "partition", "part", (),
            offset,
        )  # fmt: skip
        self.given[variable.key] = mine.at
        self.taken.add(mine.at)


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


def _file_side(checkpoint: Checkpoint, under: str) -> list[Theirs]:
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


def _is_chance(checkpoint: Checkpoint, model: ModelDescription, table: MatchTable) -> bool:
    """Whether the model was put where little lies, because a layer there fitted by chance."""
    name = table.attachment.name
    if model.returned is not Returned.BARE or not name:
        return False
    weights = [each for each in checkpoint.variables if each.role is Role.WEIGHT]
    within = {each.key for each in weights if any(p.startswith(f"{name}/") for p in each.paths)}
    matched = {row.key for row in table.rows if row.expected in _DONE} & within
    return len(within) * 2 < len(weights) and len(matched) * 4 < len(weights)


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


def _model_side(model: ModelDescription) -> list[Mine]:
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
