"""Everything known of the chosen variable, as sections of rows."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from tfinspector.contents import numbers
from tfinspector.contents.figures import Statistics, Unmeasured
from tfinspector.contents.findings import Finding
from tfinspector.contents.tensors import Piece, StoredTensor
from tfinspector.contents.variables import Role, Variable
from tfinspector.engine.jobs import Ticket
from tfinspector.viewmodels.inspector import choice_names
from tfinspector.viewmodels.measuring.queue import Choice
from tfinspector.viewmodels.session import Session

MOST_PIECES = 64


@dataclass(frozen=True, slots=True)
class Row:
    """One fact. `exact` is what a copy takes and hover shows, the text itself where it is "".

    `link` is the name of a variable that pressing the row chooses.
    """

    label: str
    text: str
    exact: str = ""
    link: str = ""

    @property
    def copied(self) -> str:
        """What the copy button puts on the clipboard."""
        return self.exact or self.text


@dataclass(frozen=True, slots=True)
class Section:
    """A headed group of rows. `is_wrong` marks the one that says why it can't be read."""

    title: str
    rows: tuple[Row, ...]
    is_wrong: bool = False


@dataclass(frozen=True, slots=True)
class _Looked:
    """What had to be looked up off the window's thread."""

    stored: StoredTensor | Finding
    relatives: tuple[Row, ...]


class DetailsModel(QObject):
    """Binds to the first chosen variable; `changed` after `sections` is."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.choice: Choice | None = None
        self.sections: tuple[Section, ...] = ()
        self._looked: _Looked | None = None
        session.chosen_changed.connect(self._on_chosen)
        session.measured.connect(self._on_measured)
        self._on_chosen()

    def follow(self, name: str) -> None:
        """Choose the variable with this name in the same snapshot."""
        choice = self.choice
        if choice is None:
            return

        def job(ticket: Ticket) -> Variable:
            return choice.source.find(name, choice.snapshot)

        self._session.run(
            f"Find {name}", job,
            lambda variable: self._session.choose(
                [Choice(choice.source, choice.snapshot, variable)]
            ),
            quiet=True, key="follow", owner=choice.source,
        )  # fmt: skip

    @property
    def text(self) -> str:
        """All sections as text, for the clipboard."""
        lines = []
        for section in self.sections:
            lines.append(section.title)
            lines += [f"  {row.label}: {row.copied}" for row in section.rows]
        return "\n".join(lines)

    def _on_chosen(self) -> None:
        chosen = self._session.chosen
        choice = chosen[0] if chosen else None
        if choice == self.choice and choice is not None:
            return
        self.choice, self._looked = choice, None
        self._arrange()
        if choice is not None:
            self._session.run(
                "Look up details", lambda ticket: _look_up(choice, ticket),
                lambda looked: self._has_looked(choice, looked),
                quiet=True, key="details", owner=choice.source,
            )  # fmt: skip

    def _has_looked(self, choice: Choice, looked: _Looked) -> None:
        if choice == self.choice:
            self._looked = looked
            self._arrange()

    def _on_measured(self, choices: list[Choice]) -> None:
        if self.choice in choices:
            self._arrange()

    def _arrange(self) -> None:
        """Build the sections from what is known by now."""
        choice = self.choice
        sections: list[Section] = []
        if choice is not None:
            variable = choice.variable
            if variable.problem:
                sections.append(
                    Section("Can't be read", (Row("Why", variable.problem),), is_wrong=True)
                )
            sections.append(Section("Variable", tuple(_variable_rows(choice))))
            figures = self._session.statistics(choice)
            if figures is not None:
                sections.append(Section("Figures", tuple(_figure_rows(figures))))
            if self._looked:
                if self._looked.relatives:
                    sections.append(Section("Belongs together", self._looked.relatives))
                sections += _file_sections(self._looked.stored)
            sections.append(Section("Names", tuple(_name_rows(variable))))
        self.sections = tuple(sections)
        self.changed.emit()


def _look_up(choice: Choice, ticket: Ticket) -> _Looked:
    from tfinspector.contents.findings import Unreadable

    stored: StoredTensor | Finding
    try:
        stored = choice.source.reader(choice.snapshot).locate(choice.variable.key)
    except Unreadable as refusal:
        stored = refusal.finding
    variables = choice.source.checkpoint(choice.snapshot).variables
    return _Looked(stored, tuple(_relatives(choice.variable, variables)))


def _relatives(variable: Variable, variables: Sequence[Variable]) -> list[Row]:
    """Slots, averages and what this one is a slot or an average of."""
    rows = []
    if variable.slot_of:
        kind = "Average of" if variable.role is Role.EMA else f"Slot “{variable.slot_name}” of"
        rows.append(Row(kind, variable.slot_of, link=variable.slot_of))
    for other in variables:
        if other.slot_of == variable.name and other.key != variable.key:
            kind = "Average" if other.role is Role.EMA else f"Slot “{other.slot_name}”"
            rows.append(Row(kind, other.name, link=other.name))
    return rows


def _variable_rows(choice: Choice) -> list[Row]:
    variable = choice.variable
    trained = {True: "yes", False: "no", None: "not told by the file"}[variable.trainable]
    rows = [
        Row("Name", variable.name),
        Row("Shape", numbers.shape(variable.shape), str(list(variable.shape))),
        Row("Type", variable.dtype.name),
        Row("Elements", numbers.count(variable.size), str(variable.size)),
        Row("Bytes", numbers.size(variable.nbytes), str(variable.nbytes)),
        Row("Role", variable.role.value),
        Row("Trainable", trained),
    ]
    step = choice_names.step_words(choice)
    return [*rows, Row("Snapshot", step, choice.snapshot)] if step else rows


def _figure_rows(figures: Statistics | Unmeasured) -> list[Row]:
    if isinstance(figures, Unmeasured):
        return [Row("None", figures.reason)]
    finite = [
        ("Minimum", figures.min), ("Maximum", figures.max), ("Mean", figures.mean),
        ("Standard deviation", figures.std), ("L1 norm", figures.l1), ("L2 norm", figures.l2),
    ]  # fmt: skip
    of_magnitude = " (of magnitudes)" if figures.of_magnitude else ""
    rows = [
        Row(label + of_magnitude, numbers.four(value), numbers.exact(value))
        for label, value in finite
    ]
    if 0.5 in figures.quantiles:
        about = "about " if figures.quantile_error else ""
        median = figures.quantiles[0.5]
        rows.append(Row("Median", about + numbers.four(median), numbers.exact(median)))
    counts = [
        ("Zero", figures.zero), ("Negative", figures.negative), ("NaN", figures.nan),
        ("+Inf", figures.posinf), (f"{numbers.MINUS}Inf", figures.neginf),
    ]  # fmt: skip
    for label, count in counts:
        share = f"{numbers.whole(count)} ({numbers.percent(count, figures.count)} %)"
        rows.append(Row(label, share if count else "0", str(count)))
    return rows


def _name_rows(variable: Variable) -> list[Row]:
    rows = [Row("Key in the file", variable.key)]
    shared = len(variable.paths) > 1
    for number, path in enumerate(variable.paths, 1):
        rows.append(Row(f"Path {number}" if shared else "Path", path))
    if variable.full_name:
        rows.append(Row("Full name", variable.full_name))
    if variable.node >= 0:
        rows.append(Row("Object graph node", str(variable.node)))
    return rows


def _file_sections(stored: StoredTensor | Finding) -> list[Section]:
    if isinstance(stored, Finding):
        return [Section("In the file", (Row("Not found", stored.title),), is_wrong=True)]
    if stored.problem and not stored.pieces:
        return [Section("In the file", (Row("Broken", stored.problem),), is_wrong=True)]
    if not stored.pieces and not stored.problem:
        return []  # it lies in no file: an output of a call
    if not stored.is_partitioned:
        rows = [row for piece in stored.pieces for row in _piece_rows(piece)]
        if stored.big_endian:
            rows.append(Row("Byte order", "big endian"))
        return [Section("In the file", tuple(rows), is_wrong=bool(stored.problem))]
    rows = [Row("Pieces", numbers.whole(len(stored.pieces)))]
    for number, piece in enumerate(stored.pieces[:MOST_PIECES], 1):
        rows.append(Row(f"Piece {number}", _piece_words(piece), _piece_exactly(piece)))
    left = len(stored.pieces) - MOST_PIECES
    if left > 0:
        rows.append(Row("More", f"{numbers.whole(left)} pieces are not listed here"))
    return [Section("In the file, in pieces", tuple(rows))]


def _piece_rows(piece: Piece) -> list[Row]:
    rows = [
        Row("Shard", os.path.basename(piece.file), piece.file),
        Row("Offset", numbers.whole(piece.offset), str(piece.offset)),
        Row("Length", f"{numbers.whole(piece.nbytes)} bytes", str(piece.nbytes)),
        Row("Checksum", _checksum(piece)),
    ]
    return [*rows, Row("Problem", piece.problem)] if piece.problem else rows


def _piece_words(piece: Piece) -> str:
    ends = zip(piece.start, piece.shape, strict=True)
    region = ", ".join(f"{start}:{start + length}" for start, length in ends)
    words = f"[{region}] {os.path.basename(piece.file)} @ {numbers.whole(piece.offset)}"
    return f"{words}: {piece.problem}" if piece.problem else words


def _piece_exactly(piece: Piece) -> str:
    return (
        f"{piece.file} offset {piece.offset} length {piece.nbytes} start {list(piece.start)} "
        f"shape {list(piece.shape)} checksum {_checksum(piece)}"
    )


def _checksum(piece: Piece) -> str:
    """As stored: a masked CRC32C."""
    return "none stored" if piece.checksum is None else f"0x{piece.checksum:08x} (masked CRC32C)"
