"""The rename suggestions: which pairs are proposed, and what the person decided about each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from tfinspector.contents import numbers
from tfinspector.contents.models import ModelDescription
from tfinspector.contents.restores import Rename

_Index = QModelIndex | QPersistentModelIndex
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
BY_HAND = "Chosen by you."


class Decision(StrEnum):
    """What the person said of a pair."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class RenameColumn(IntEnum):
    """In the order of the table."""

    DECISION = 0
    FROM = 1
    TO = 2
    CONFIDENCE = 3
    CHANGE = 4
    WHY = 5


HEADINGS = {
    RenameColumn.DECISION: ("Decision", "Space accepts or rejects"),
    RenameColumn.FROM: ("From the file", "The variable in the file"),
    RenameColumn.TO: ("To the model", "Where its value goes; double-click to choose another"),
    RenameColumn.CONFIDENCE: (
        "% sure",
        "How much speaks for the pair, of what could: names, shapes, places in the object graph\n"
        "and the optimizer's slots. 100: nothing speaks against it, or you chose it yourself.\n"
        "It is no probability; see Why.",
    ),
    RenameColumn.CHANGE: ("Change", "What is done to the values on the way"),
    RenameColumn.WHY: ("Why", "What speaks for the pair"),
}


@dataclass(frozen=True, slots=True)
class Pair:
    """A proposed pair and the decision about it."""

    rename: Rename
    decision: Decision = Decision.OPEN

    @property
    def change(self) -> str:
        """What happens to the values: "", "transpose (1, 0)", "cut or filled" (with zeros)."""
        match self.rename.transform:
            case "transpose":
                axes = ", ".join(map(str, self.rename.axes))
                return f"transpose ({axes})" if axes else "transpose"
            case "slice":
                return "cut or filled"
            case "part":
                return f"part at {', '.join(map(str, self.rename.offset))}"
        return self.rename.transform


class RenameList(QAbstractTableModel):
    """See the module. `decided` follows every change of what is accepted.

    Attributes: pairs.
    """

    decided = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.pairs: list[Pair] = []
        self._model: ModelDescription | None = None

    @property
    def places(self) -> tuple[str, ...]:
        """Paths of the model's variables, for choosing another; of 100,000 only when asked for."""
        variables = self._model.variables if self._model else ()
        return tuple(each.path for each in variables if each.path)

    @property
    def accepted(self) -> tuple[Rename, ...]:
        """The pairs that a restore is to use."""
        return tuple(pair.rename for pair in self.pairs if pair.decision is Decision.ACCEPTED)

    @property
    def rules(self) -> list[tuple[str, int]]:
        """The rules that pairs were found by, with how many can be accepted by it, most first."""
        counts: dict[str, int] = {}
        for row, pair in enumerate(self.pairs):
            if pair.rename.rule and pair.decision is Decision.OPEN and not self._is_guess(row):
                counts[pair.rename.rule] = counts.get(pair.rename.rule, 0) + 1
        return sorted(counts.items(), key=lambda item: -item[1])

    def count(self, decision: Decision) -> int:
        """How many pairs there are with this decision."""
        return sum(pair.decision is decision for pair in self.pairs)

    # What comes in

    def propose(self, renames: Sequence[Rename], model: ModelDescription | None) -> None:
        """Show these suggestions. What was decided about the same pair stays, and so do accepted
        pairs that are not suggested any more because the restore already used them.
        """
        before = {(pair.rename.key, pair.rename.path): pair.decision for pair in self.pairs}
        used = {pair.rename.key for pair in self.pairs if pair.decision is Decision.ACCEPTED}
        fresh = [
            Pair(rename, before.get((rename.key, rename.path), Decision.OPEN))
            for rename in renames if rename.key not in used
        ]  # fmt: skip
        kept = [pair for pair in self.pairs if pair.decision is Decision.ACCEPTED]
        self._replace(kept + fresh)
        self._model = model

    def take_map(self, renames: Sequence[Rename]) -> None:
        """A loaded map: its pairs are accepted and replace others of the same key or place."""
        keys = {rename.key for rename in renames}
        places = {rename.path for rename in renames}
        left = [
            pair for pair in self.pairs
            if pair.rename.key not in keys
            and not (pair.decision is Decision.ACCEPTED and pair.rename.path in places)
        ]  # fmt: skip
        self._replace([Pair(rename, Decision.ACCEPTED) for rename in renames] + left)

    def forget(self) -> None:
        """Another source or factory: nothing that was decided holds."""
        self._model = None
        if self.pairs:
            self._replace([])

    # What a person decides

    def decide(self, rows: Iterable[int], decision: Decision) -> None:
        """Decide about these; accepting one takes its place from another accepted one."""
        rows = list(rows)
        for row in rows:
            pair = self.pairs[row]
            self.pairs[row] = Pair(pair.rename, decision)
            if decision is Decision.ACCEPTED:
                self._reject_rivals(row)
        if rows:
            self._tell()

    def accept_above(self, confidence: float) -> int:
        """Accept all open pairs at least that sure, but not those that change the values or are a
        guess among equals; says how many were left for one of these reasons.
        """
        sure = [
            row for row, pair in enumerate(self.pairs)
            if pair.decision is Decision.OPEN and pair.rename.confidence >= confidence
        ]  # fmt: skip
        plain = [
            row for row in sure
            if not self.pairs[row].rename.transform and not self._is_guess(row)
        ]  # fmt: skip
        self.decide(plain, Decision.ACCEPTED)
        return len(sure) - len(plain)

    def accept_rule(self, rule: str) -> None:
        """Accept all open pairs that this rule found, but not guesses among equals."""
        self.decide(
            [
                row for row, pair in enumerate(self.pairs)
                if pair.decision is Decision.OPEN and pair.rename.rule == rule
                and not self._is_guess(row)
            ],
            Decision.ACCEPTED,
        )  # fmt: skip

    def send_to(self, row: int, path: str) -> bool:
        """Let the pair go to another place of the model, and accept it. False if there is none."""
        if path not in self.places:
            return False
        rename = self.pairs[row].rename
        if path != rename.path:
            rename = rename._replace(
                path=path, confidence=1.0, why=BY_HAND, rule="", transform="", axes=(), offset=()
            )
        self.pairs[row] = Pair(rename, Decision.ACCEPTED)
        self._reject_rivals(row)
        self._tell()
        return True

    def _is_guess(self, row: int) -> bool:
        """Whether another place fits as well: a person chooses each of these by itself."""
        return bool(self.pairs[row].rename.alternatives)

    def _reject_rivals(self, row: int) -> None:
        mine = self.pairs[row].rename
        for other, pair in enumerate(self.pairs):
            parts = pair.rename.transform == mine.transform == "part"  # they share a place
            same = (pair.rename.path == mine.path and not parts) or pair.rename.key == mine.key
            if other != row and same and pair.decision is Decision.ACCEPTED:
                self.pairs[other] = Pair(pair.rename, Decision.REJECTED)

    def _replace(self, pairs: list[Pair]) -> None:
        self.beginResetModel()
        self.pairs = pairs
        self.endResetModel()
        self.decided.emit()

    def _tell(self) -> None:
        self.dataChanged.emit(self.index(0, 0), self.index(len(self.pairs) - 1, len(HEADINGS) - 1))
        self.decided.emit()

    # Qt's overrides

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """One per pair."""
        return 0 if parent.isValid() else len(self.pairs)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """One per `RenameColumn`."""
        return 0 if parent.isValid() else len(RenameColumn)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Heading, and what it means."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        heading, explanation = HEADINGS[RenameColumn(section)]
        if role == Qt.ItemDataRole.DisplayRole:
            return heading
        return explanation if role == Qt.ItemDataRole.ToolTipRole else None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """The place in the model can be chosen anew."""
        flags = super().flags(index)
        if index.isValid() and index.column() == RenameColumn.TO:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, hover text, and the decision (`UserRole`)."""
        if not index.isValid() or index.row() >= len(self.pairs):
            return None
        pair, column = self.pairs[index.row()], RenameColumn(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                return _cell(pair, column)
            case Qt.ItemDataRole.ToolTipRole:
                return _tip(pair, column)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT if column is RenameColumn.CONFIDENCE else _LEFT
            case Qt.ItemDataRole.UserRole:
                return pair.decision
        return None

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Another place in the model, typed or picked."""
        if role != Qt.ItemDataRole.EditRole or index.column() != RenameColumn.TO:
            return False
        return self.send_to(index.row(), str(value).strip())


def _tip(pair: Pair, column: RenameColumn) -> str:
    text = _cell(pair, column)
    match column:
        case RenameColumn.FROM:
            return pair.rename.key
        case RenameColumn.CONFIDENCE:
            return f"{text} % sure: {pair.rename.why}"
    return text


def _cell(pair: Pair, column: RenameColumn) -> str:
    rename = pair.rename
    match column:
        case RenameColumn.DECISION:
            return pair.decision.value
        case RenameColumn.FROM:
            return rename.name or rename.key
        case RenameColumn.TO:
            return rename.path
        case RenameColumn.CONFIDENCE:
            return f"{numbers.percent(round(1000 * rename.confidence), 1000)}"
        case RenameColumn.CHANGE:
            return pair.change
    return rename.why
