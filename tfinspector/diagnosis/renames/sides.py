"""Both sides of a renaming: what has no counterpart yet, and the pairs found so far."""

from collections.abc import Iterable, Mapping, Sequence

from tfinspector.contents.checkpoints import Checkpoint
from tfinspector.contents.models import ModelDescription, Returned
from tfinspector.contents.restores import MatchTable, Rename, Row, State, ValueSketch
from tfinspector.contents.variables import Role
from tfinspector.diagnosis.renames.values import Mine, Theirs, can_cast, file_side, model_side

_DONE = frozenset({State.RESTORED, State.VALUE_DIFFERS})


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
        self._all_theirs = {each.variable.key: each for each in file_side(checkpoint, under)}
        self._all_mine = {each.at: each for each in model_side(model)}
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
        alternatives: tuple[str, ...] = (),
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
            why, rule, transform, axes, alternatives=alternatives,
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


def _is_chance(checkpoint: Checkpoint, model: ModelDescription, table: MatchTable) -> bool:
    """Whether the model was put where little lies, because a layer there fitted by chance."""
    name = table.attachment.name
    if model.returned is not Returned.BARE or not name:
        return False
    weights = [each for each in checkpoint.variables if each.role is Role.WEIGHT]
    within = {each.key for each in weights if any(p.startswith(f"{name}/") for p in each.paths)}
    matched = {row.key for row in table.rows if row.expected in _DONE} & within
    return len(within) * 2 < len(weights) and len(matched) * 4 < len(weights)
