"""The evidence of one restore, prepared: what is lost, what stays without a value, where it lies.

Detectors look at a `Case` and answer with `Cause`s. The rows of the match table are the common
measure: each cause says which of them it explains (`claims`), so that consequences can be told
from causes by sets alone.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from tfinspector.contents.findings import Finding
from tfinspector.contents.restores import RestoreEvidence, Row, State
from tfinspector.contents.variables import Role
from tfinspector.diagnosis.matching.roles import PRIVATE
from tfinspector.diagnosis.matching.states import (
    WHY_DAMAGED,
    WHY_FAILED,
    WHY_LOST,
    WHY_STOPPED,
)
from tfinspector.diagnosis.restoring.two_graphs import ROOT, TwoGraphs

GOOD = frozenset({State.RESTORED, State.NOT_COMPARABLE})
LOST = frozenset({State.MISSING_IN_MODEL, State.NOT_BUILT})
UNFED = frozenset({State.MISSING_IN_CHECKPOINT, State.UNREACHABLE})
_WEIGHTS = frozenset({Role.WEIGHT.value, Role.OTHER.value})
_TRAINING = frozenset({Role.OPTIMIZER.value, Role.SLOT.value, Role.EMA.value})
SHARED_HERE = "The model shares this variable"  # beginning of matching_rows' reason
_STOPS = frozenset({WHY_DAMAGED, WHY_STOPPED, WHY_FAILED, WHY_LOST})


__all__ = ["GOOD", "LOST", "ROOT", "SHARED_HERE", "UNFED", "Case", "Cause", "Detector"]


@dataclass(frozen=True, slots=True)
class Cause:
    """A finding, and the rows of the table that it explains."""

    finding: Finding
    claims: frozenset[int] = frozenset()


Detector = Callable[["Case"], Iterator[Cause]]


class Case(TwoGraphs):
    """Look-ups over the evidence. `claimed` are the rows that causes found so far explain.

    The rows of a dry run have the states that a restore is foretold to leave them in.
    """

    def __init__(self, evidence: RestoreEvidence) -> None:
        super().__init__(evidence)
        self.claimed: set[int] = set()
        rows = evidence.rows or (evidence.table.rows if evidence.table else ())
        self.rows: tuple[Row, ...] = tuple(map(_as_foretold, rows))

    @cached_property
    def rows_at(self) -> dict[int, list[int]]:
        """Checkpoint node -> rows of the keys that it holds."""
        found: defaultdict[int, list[int]] = defaultdict(list)
        for place, row in enumerate(self.rows):
            node = self.variables[row.key].node if row.key in self.variables else -1
            if node >= 0:
                found[node].append(place)
        return found

    @cached_property
    def row_of_key(self) -> dict[str, Row]:
        """The row of each key of the file."""
        return {row.key: row for row in self.rows if row.key}

    @cached_property
    def rows_of(self) -> dict[int, list[int]]:
        """Variable of the model -> rows that it is in."""
        found: defaultdict[int, list[int]] = defaultdict(list)
        for place, row in enumerate(self.rows):
            if row.variable >= 0:
                found[row.variable].append(place)
        return found

    def beside(self, path: str) -> Sequence[int]:
        """Rows of the variables right beneath an object of the model, by its path."""
        return self._by_parent.get(path, ())

    @cached_property
    def _by_parent(self) -> dict[str, list[int]]:
        found: defaultdict[str, list[int]] = defaultdict(list)
        for place, row in enumerate(self.rows):
            if row.variable >= 0:
                found[row.model_path.rpartition("/")[0]].append(place)
        return found

    @cached_property
    def lost_weights(self) -> tuple[int, ...]:
        """Rows of weights in the file that go nowhere."""
        return self.places(LOST, _WEIGHTS)

    @cached_property
    def unfed_weights(self) -> tuple[int, ...]:
        """Rows of the model's weights that no key feeds; random states and metrics do not count."""
        return tuple(place for place in self.places(UNFED, _WEIGHTS) if not self.is_aside(place))

    @cached_property
    def fed_weights(self) -> tuple[int, ...]:
        """Rows of weights that are, or would be, restored."""
        return self.places(frozenset({State.RESTORED}), _WEIGHTS)

    @cached_property
    def not_assigned(self) -> tuple[int, ...]:
        """Rows that were bound, but still hold what they held; for no other reason that we know."""
        return tuple(
            place
            for place in self.places(frozenset({State.NOT_ASSIGNED}))
            if self.rows[place].variable >= 0
            and not self.rows[place].why.startswith(SHARED_HERE)
            and not self.problem_of(place)
        )

    @cached_property
    def weights_of_model(self) -> frozenset[int]:
        """The model's variables that are weights."""
        return frozenset(
            self.rows[place].variable
            for place, row in enumerate(self.rows)
            if row.variable >= 0 and row.role in _WEIGHTS and not self.is_aside(place)
        )

    @cached_property
    def last_weight(self) -> Row | None:
        """The row of the model's last weight, in its own order."""
        own = (row for row in self.rows if row.variable >= 0 and row.role in _WEIGHTS)
        return max(own, key=lambda row: row.variable, default=None)

    def places(
        self, states: frozenset[State], roles: frozenset[str] | None = None
    ) -> tuple[int, ...]:
        """Rows in one of these states, and of these roles."""
        return tuple(
            place
            for place, row in enumerate(self.rows)
            if row.state in states and (roles is None or row.role in roles)
        )

    def open(self, places: Iterable[int]) -> list[int]:
        """Those of the rows that no cause explains yet."""
        return [place for place in places if place not in self.claimed]

    def is_aside(self, place: int) -> bool:
        """A variable of the model that no checkpoint needs: random state, a metric's."""
        at = self.rows[place].variable
        if at < 0:
            return False
        mine = self.model.variables[at]
        return mine.random_state or ".metrics." in mine.owner or mine.shape is None

    def problem_of(self, place: int) -> str:
        """Why the file's value can't be read, "" where it can."""
        variable = self.variables.get(self.rows[place].key)
        return variable.problem if variable else ""

    def is_weight(self, place: int) -> bool:
        """Whether the row is about a weight."""
        return self.rows[place].role in _WEIGHTS and not self.is_aside(place)

    def is_training_state(self, place: int) -> bool:
        """Whether the row is about an optimizer's state."""
        return self.rows[place].role in _TRAINING

    def name_of(self, place: int) -> str:
        """How a person would call the variable of a row: the model's path, or the file's name."""
        row = self.rows[place]
        if row.variable >= 0:
            return self.say(row.model_path) or self.model.variables[row.variable].name
        return row.name

    def say_file(self, node: int) -> str:
        """A path of the checkpoint likewise: what lies beneath tells the names of layers."""
        path = self.file_paths.get(node, "")
        if not PRIVATE.intersection(path.split("/")) and "layer_with_weights-" not in path:
            return path
        queue = [(0, node)]
        seen = {node}
        for depth, here in queue:  # it grows meanwhile
            for place in self.rows_at.get(here, ())[:1]:
                words = self.rows[place].name.split("/")
                return "/".join(words[: len(words) - depth]) or path
            for name, child in self.graph.nodes[here].children:
                if child not in seen and child not in self.file_optimizers:
                    seen.add(child)
                    queue.append((depth + (name not in PRIVATE), child))
        return path

    def is_counter(self, place: int) -> bool:
        """A whole number by itself: a count of steps, nothing that a model computes with."""
        row = self.rows[place]
        dtype, size = (row.model_dtype, row.model_shape) if row.variable >= 0 else (
            row.file_dtype, row.file_shape
        )  # fmt: skip
        return size == () and dtype.startswith(("int", "uint"))

    def misfits_beneath(self, node: int) -> bool:
        """Whether a key beneath a node of the checkpoint has another shape in the model."""
        return any(
            self.rows[place].state is State.SHAPE_MISMATCH
            for each in self.beneath_file([node])
            for place in self.rows_at.get(each, ())
        )

    def rows_beneath(self, node: int, mine: int) -> set[int]:
        """Rows beneath a node of the checkpoint or an object of the model."""
        rows = {p for each in self.beneath_file([node]) for p in self.rows_at.get(each, ())}
        held = (self.node(each).variable for each in self.beneath_model([mine]))
        return rows | {place for at in held for place in self.rows_of.get(at, ())}

    def shapes_in_file(self, node: int) -> tuple[str, ...]:
        """The shapes of all that lies beneath a node of the checkpoint, however it is called."""
        return tuple(
            sorted(
                str(self.rows[place].file_shape)
                for each in self.beneath_file([node])
                for place in self.rows_at.get(each, ())
            )
        )

    def shapes_in_model(self, mine: int) -> tuple[str, ...]:
        """The same beneath an object of the model."""
        held = {self.node(each).variable for each in self.beneath_model([mine])} - {-1}
        return tuple(sorted(str(self.model.variables[at].shape) for at in held))

    def names(self, places: Iterable[int]) -> list[str]:
        """The same for several."""
        return [self.name_of(place) for place in places]

    def unfed_beneath(self, node: int) -> list[int]:
        """Rows of unfed variables beneath an object of the model (-1: of all)."""
        if node < 0:
            return list(self.unfed_weights)
        held = (self.node(each).variable for each in self.beneath_model([node]))
        places = {place for at in held for place in self.rows_of.get(at, ())}
        return sorted(places & self._unfed)

    def lost_beneath(self, node: int) -> list[int]:
        """Rows of lost weights beneath a node of the checkpoint."""
        nodes = self.beneath_file([node])
        return sorted({p for each in nodes for p in self.rows_at.get(each, ())} & self._lost)

    @cached_property
    def _unfed(self) -> frozenset[int]:
        return frozenset(self.unfed_weights)

    @cached_property
    def _lost(self) -> frozenset[int]:
        return frozenset(self.lost_weights)


def _as_foretold(row: Row) -> Row:
    """So too a pair that was only not restored because something else stopped the restore."""
    stopped = row.state is State.NOT_ASSIGNED and row.why in _STOPS
    return row._replace(state=State.RESTORED) if row.fits or stopped else row
