"""The rows of a match: every key of the checkpoint, then every variable only the model has."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain

from tfinspector.contents.checkpoints import Checkpoint
from tfinspector.contents.models import ModelDescription, ModelVariable
from tfinspector.contents.restores import Row, State
from tfinspector.contents.saved_models import Shape
from tfinspector.contents.variables import Role, Variable
from tfinspector.diagnosis.matching.frontier import Lost
from tfinspector.diagnosis.matching.roles import role_of_variables
from tfinspector.diagnosis.matching.walk import ROOT, SAVE_COUNTER, ModelSide, Walk

VALUE = "VARIABLE_VALUE"
NO_VARIABLE = -1
_ROLES = {role: role.value for role in Role}  # faster than asking each of 100,000
WHY_RANDOM = "State of random numbers; no checkpoint holds it, and none needs to."
WHY_UNREACHABLE = (
    "No edge leads to it from what the factory returned, so no checkpoint can hold it."
)
WHY_SLOT_UNMADE = "The optimizer has not made this slot yet."
WHY_SLOT_IGNORED = "Optimizers of Keras 3 do not take slots of the old optimizers."
WHY_UNLINKED = "No object in the checkpoint's graph mentions this key."
WHY_COUNTER = "TensorFlow's own count of saves: restore() makes it, whatever the model is."


def misfit(file_shape: Shape, file_dtype: str, mine: ModelVariable) -> State | None:
    """Why TensorFlow would not assign the one to the other, None if it would; shape first."""
    if not shapes_fit(file_shape, mine.shape):
        return State.SHAPE_MISMATCH
    return None if file_dtype == mine.dtype else State.DTYPE_MISMATCH


def shapes_fit(one: Shape, other: Shape) -> bool:
    """Whether they are compatible; unknown dimensions are with everything."""
    if one is None or other is None or one == other:
        return True
    if len(one) != len(other):
        return False
    return all(a == b or a is None or b is None for a, b in zip(one, other, strict=True))


def paired_row(
    state: State | None, theirs: Variable, mine: ModelVariable, at: int, why: str
) -> Row:
    """A key and the variable it would go into; a `state` of None says that the two fit."""
    return Row(
        state or State.NOT_ASSIGNED, theirs.key, theirs.name, at, mine.path, theirs.shape,
        mine.shape, theirs.dtype.name, mine.dtype, mine.device, _ROLES[theirs.role], why,
        state is None,
    )  # fmt: skip


def file_row(state: State, theirs: Variable, why: str, path: str = "") -> Row:
    """A key without a variable; that its value can't be read counts more than any `why`."""
    return Row(
        state, theirs.key, theirs.name, NO_VARIABLE, path, theirs.shape, None,
        theirs.dtype.name, "", "", _ROLES[theirs.role], theirs.problem or why,
    )  # fmt: skip


def model_rows(
    model: ModelDescription,
    met: Iterable[int],
    names: Iterable[str],
    whys: dict[int, str] | None = None,
) -> list[Row]:
    """The variables that are in none of the rows made so far; `names` are what those are called."""
    known = set(met)
    left = [at for at in range(len(model.variables)) if at not in known]
    if not left:
        return []
    roles = role_of_variables(model)
    own = _names_of(model, left, names)
    rows = []
    for at, name in zip(left, own, strict=True):
        mine = model.variables[at]
        state = State.MISSING_IN_CHECKPOINT if mine.node >= 0 else State.UNREACHABLE
        why = (whys or {}).get(at, "")
        if state is State.UNREACHABLE:
            why = WHY_RANDOM if mine.random_state else WHY_UNREACHABLE
        rows.append(
            Row(
                state, "", name, at, mine.path, None, mine.shape, "", mine.dtype,
                mine.device, _ROLES[roles[at]], why,
            )
        )  # fmt: skip
    return rows


def _names_of(model: ModelDescription, left: Sequence[int], names: Iterable[str]) -> list[str]:
    """What each is called, such that no two rows are called the same.

    Its name, or its path where others have the name: all variables of a tf.Module may be called
    "Variable", and the file may know the name for something else.
    """
    taken = set(names)
    count = Counter(model.variables[at].name for at in left)
    found = []
    for at in left:
        mine = model.variables[at]
        is_own = count[mine.name] == 1 and mine.name not in taken
        name = mine.name if is_own and mine.name else mine.path or mine.name
        number = 2
        while name in taken:  # no path leads to it
            name, number = f"{mine.path or mine.name}#{number}", number + 1
        taken.add(name)
        found.append(name)
    return found


class GraphRows:
    """Rows for a checkpoint with an object graph."""

    def __init__(self, checkpoint: Checkpoint, side: ModelSide, walk: Walk, lost: Lost) -> None:
        assert checkpoint.graph is not None
        self._checkpoint = checkpoint
        self._nodes = checkpoint.graph.nodes
        self._model = side.model
        self._walk = walk
        self._lost = lost
        self._whys = [self._why_lost(place) for place in range(len(lost.frontier))]
        self._names: dict[int, str] = {}
        self._first: dict[int, int] = {}  # variable -> the checkpoint's node whose value it gets
        for theirs, mine in walk.bound.items():
            at = self._model.nodes[mine].variable if mine >= 0 else NO_VARIABLE
            if at >= 0:
                self._first.setdefault(at, theirs)
        self._counter = next(
            (
                child
                for node in self._nodes[: ROOT + 1]
                for name, child in node.children
                if name == SAVE_COUNTER
            ),
            None,
        )

    def rows(self) -> tuple[Row, ...]:
        """All of them: the file's keys in its order, then what only the model has."""
        rows = [self._row(theirs) for theirs in self._checkpoint.variables]
        met = {row[3] for row in rows}
        names = (theirs.name for theirs in self._checkpoint.variables)
        return tuple(chain(rows, model_rows(self._model, met, names, self._why_left())))

    def _row(self, theirs: Variable) -> Row:
        node = theirs.node
        mine = self._walk.bound.get(node)
        if mine is None or mine < 0:
            return self._unbound(theirs)
        place = self._model.nodes[mine]
        if place.variable >= 0 and self._is_value(theirs):
            return self._paired(theirs, place.variable)
        if place.saves or self._nodes[node].saver:
            return file_row(State.NOT_COMPARABLE, theirs, f"It belongs to {_article(place.kind)}.")
        return file_row(
            State.MISSING_IN_MODEL,
            theirs,
            f"The model has {_article(place.kind)} there, which keeps no such value.",
        )

    def _is_value(self, theirs: Variable) -> bool:
        for name, _, key in self._nodes[theirs.node].attributes:
            if name == VALUE and key == theirs.key:
                return True
        return False

    def _paired(self, theirs: Variable, at: int) -> Row:
        mine = self._model.variables[at]
        state, why = misfit(theirs.shape, theirs.dtype.name, mine), ""
        first = self._first[at]
        if first != theirs.node:
            state = State.NOT_ASSIGNED
            why = f"The model shares this variable: it gets the value of {self._name_at(first)}."
        elif theirs.problem:
            state, why = State.NOT_ASSIGNED, theirs.problem
        return paired_row(state, theirs, mine, at, why)

    def _unbound(self, theirs: Variable) -> Row:
        node = theirs.node
        if node < 0:
            return file_row(State.MISSING_IN_MODEL, theirs, WHY_UNLINKED)
        if node == self._counter:
            counter = file_row(State.NOT_ASSIGNED, theirs, WHY_COUNTER, SAVE_COUNTER)
            return counter._replace(fits=True)
        if node in self._walk.unmade:
            return file_row(State.NOT_BUILT, theirs, WHY_SLOT_UNMADE)
        if node in self._walk.ignored:
            return file_row(State.MISSING_IN_MODEL, theirs, WHY_SLOT_IGNORED)
        place = self._lost.blamed.get(node)
        if place is None:
            return file_row(State.MISSING_IN_MODEL, theirs, "")
        state = State.NOT_BUILT if place in self._lost.waiting else State.MISSING_IN_MODEL
        return file_row(state, theirs, self._whys[place])

    def _why_lost(self, place: int) -> str:
        edge = self._lost.frontier[place]
        where = f"in {edge.path}" if edge.path else "at its root"
        if place in self._lost.waiting:
            return f"There is no {edge.edge} {where} yet: that part waits for its first call."
        return f"The model has no {edge.edge} {where}."

    def _name_at(self, node: int) -> str:
        if not self._names:
            self._names = {one.node: one.name for one in self._checkpoint.variables}
        return self._names.get(node, "another")

    def _why_left(self) -> dict[int, str]:
        """Copies of what the checkpoint shares."""
        whys = {}
        for theirs, others in self._walk.conflicts.items():
            first = self._model.nodes[self._walk.bound[theirs]]
            for mine in others:
                at = self._model.nodes[mine].variable
                if at >= 0 and first.variable >= 0:
                    shared = self._model.variables[first.variable].path
                    whys[at] = f"The checkpoint shares one variable for this and {shared}."
        return whys


def _article(kind: str) -> str:
    """ "a Dense" for a class with its module."""
    name = kind.rpartition(".")[2]
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"
