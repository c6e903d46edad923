"""One restore on several devices: which can be compared, and the table of what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from tfinspector.contents import numbers
from tfinspector.contents.devices import DeviceReport, DeviceRun, OutputDifference
from tfinspector.contents.findings import Finding, Severity
from tfinspector.contents.reports import Interpreter
from tfinspector.contents.restores import Outcome, Row, State
from tfinspector.viewmodels.restore.form import NO_GPU, NOT_YET
from tfinspector.viewmodels.restore.states import Sign, sign, tally
from tfinspector.viewmodels.restore.words import Verdict, shown_findings

_Index = QModelIndex | QPersistentModelIndex
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_HALVES = ("CPU:0", "CPU:1")
_NOWHERE = Sign("missing", "muted", "–")
_GRAVITY = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


class Comparison(NamedTuple):
    """Devices to restore on, one after the other; `why_not` says why they can't, "" if they can.

    `logical_cpus` is into how many devices the CPU is split first, 0 for not at all.
    """

    text: str
    devices: tuple[str, ...]
    logical_cpus: int = 0
    why_not: str = ""


def comparisons(about: Interpreter | None) -> list[Comparison]:
    """What the interpreter's devices allow. The CPU in two halves is there without any GPU."""
    names = [each.name for each in about.devices] if about else []
    offered = []
    if len(names) > 2:
        offered.append(Comparison(f"All {len(names)} devices", tuple(names)))
    offered += [Comparison(f"{names[0]} and {name}", (names[0], name)) for name in names[1:]]
    if not offered:
        why = NO_GPU if about else NOT_YET
        offered.append(Comparison(f"CPU:0 and GPU:0 · {why}", ("CPU:0", "GPU:0"), 0, why))
    return [*offered, Comparison("CPU:0 and CPU:1, the CPU split in two", _HALVES, 2)]


class DeviceRole(IntEnum):
    """What the table's delegate asks beyond the text: the `Sign` of a cell, and what a heading is.

    `IS_HEADING` is True for a line that begins a group.
    """

    SIGN = Qt.ItemDataRole.UserRole + 30
    IS_HEADING = Qt.ItemDataRole.UserRole + 31


class _Line(NamedTuple):
    """A line of the table; without cells it is the heading of a group."""

    name: str
    shape: str = ""
    cells: tuple[Sign, ...] = ()
    tips: tuple[str, ...] = ()


class DeviceTable(QAbstractTableModel):
    """Lines: each output, the restore, each variable. Columns: name, shape, then the devices."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: list[_Line] = []
        self._devices: tuple[str, ...] = ()

    def show_report(self, report: DeviceReport | None) -> None:
        """Show this, or nothing."""
        self.beginResetModel()
        self._devices = tuple(run.device for run in report.runs) if report else ()
        self._lines = _lines_of(report) if report else []
        self.endResetModel()

    def text(self) -> str:
        """The whole table for the clipboard, cells apart by tabs."""
        lines = ["\t".join(["", "Shape", *self._devices])]
        lines += [
            "\t".join([line.name, line.shape, *(cell.word for cell in line.cells)])
            for line in self._lines
        ]
        return "\n".join(lines) + "\n"

    # Qt's overrides

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """One per line."""
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Name, shape, and the devices."""
        return 0 if parent.isValid() else 2 + len(self._devices)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The devices are the headings of their columns."""
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return ("Name", "Shape", *self._devices)[section]

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, hover text, and `DeviceRole`."""
        if not index.isValid():
            return None
        line, column = self._lines[index.row()], index.column() - 2
        has_cell = 0 <= column < len(line.cells)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                if has_cell:
                    return line.cells[column].word
                return (line.name, line.shape)[column + 2] if column < 0 else ""
            case Qt.ItemDataRole.ToolTipRole:
                return line.tips[column] if has_cell and line.tips else line.name
            case Qt.ItemDataRole.TextAlignmentRole:
                return _LEFT
            case DeviceRole.SIGN:
                return line.cells[column] if has_cell else None
            case DeviceRole.IS_HEADING:
                return not line.cells
        return None


def device_verdict(report: DeviceReport) -> Verdict:
    """ "8 of 8 variables proved on each device · outputs equal bit by bit"."""
    failed = [run.device for run in report.runs if run.report.outcome is Outcome.FAILED]
    if failed:
        return Verdict("error", "wrong", f"The restore failed on {_listed(failed)}.")
    tallies = [tally(run.report) for run in report.runs]
    good = min(number for number, _ in tallies)
    where = "both devices" if len(tallies) == 2 else f"all {len(tallies)} devices"
    total = tallies[0][1]
    proved = f"{numbers.whole(good)} of {numbers.whole(total)} variables proved equal on {where}"
    if not report.outputs:
        return Verdict("info", "muted", f"{proved} · no outputs to compare")
    far = [each for each in report.outputs if not each.close]
    if far:
        are = "output differs" if len(far) == 1 else "outputs differ"
        return Verdict("warning", "attention", f"{proved} · {len(far)} {are}")
    exact = all(each.equal for each in report.outputs)
    same = "equal, bit by bit" if exact else "equal but for rounding"
    is_whole = good == total
    return Verdict(
        "proved" if is_whole else "warning", "proved" if is_whole else "attention",
        f"{proved} · outputs {same}",
    )  # fmt: skip


def device_findings(report: DeviceReport) -> list[Finding]:
    """Of the comparison and of every run, each once, the gravest first."""
    once: dict[tuple[str, str], Finding] = {}
    of_runs = (each for run in report.runs for each in shown_findings(run.report))
    for each in (*report.findings, *of_runs):
        once.setdefault((each.id, each.title), each)
    return sorted(once.values(), key=lambda each: _GRAVITY[each.severity])


def _lines_of(report: DeviceReport) -> list[_Line]:
    """What the comparison is about comes first."""
    runs = report.runs
    outputs = _output_lines(report)
    lines = [_Line(f"Outputs of one call · {len(outputs)}"), *outputs] if outputs else []
    lines += [
        _Line("Restore"),
        _Line("Variables proved equal to the file", "", tuple(map(_proved, runs))),
        _Line("Time of the restore", "", tuple(_plain(_time(run.report.seconds)) for run in runs)),
        _Line("Time of one call", "", tuple(_plain(_time(run.call_seconds)) for run in runs),
              tuple(run.why_not_called or "One call after a first one, which traces"
                    for run in runs)),
        _Line("Memory at most", "", tuple(
            _plain(numbers.size(run.peak_nbytes) if run.peak_nbytes else "–") for run in runs)),
    ]  # fmt: skip
    variables = _variable_lines(runs)
    lines += [_Line(f"Variables · {numbers.whole(len(variables))}"), *variables]
    return lines


def _output_lines(report: DeviceReport) -> list[_Line]:
    """Each output; those that rounding does not explain first."""
    by_name: dict[str, dict[str, OutputDifference]] = {}
    for each in report.outputs:
        by_name.setdefault(each.name, {})[each.device] = each
    reference = report.outputs[0].reference if report.outputs else ""
    return [
        _Line(
            name, _typed(next(iter(found.values()))),
            tuple(_output_sign(run.device, reference, found) for run in report.runs),
            tuple(_output_tip(run.device, reference, found) for run in report.runs),
        )
        for name, found in sorted(
            by_name.items(), key=lambda item: all(each.close for each in item[1].values())
        )
    ]  # fmt: skip


def _output_sign(device: str, reference: str, found: dict[str, OutputDifference]) -> Sign:
    told = found.get(device)
    if device == reference:
        return _plain("compared with")
    if told is None:
        return _NOWHERE
    if told.equal:
        return Sign("proved", "proved", "equal")
    if told.close:
        return Sign("matched", "text", f"differs by {numbers.four(told.max_abs)}, rounding")
    return Sign("mismatch", "attention", f"differs by {numbers.four(told.max_abs)}")


def _output_tip(device: str, reference: str, found: dict[str, OutputDifference]) -> str:
    told = found.get(device)
    if told is None:
        return f"The others are compared with {reference}" if device == reference else "No answer"
    if told.equal:
        return f"Every element is that of {reference}, bit by bit"
    return (
        f"Against {reference}: at most {numbers.four(told.max_abs)} apart, "
        f"relative {numbers.four(told.max_rel)}"
    )


def _variable_lines(runs: Sequence[DeviceRun]) -> list[_Line]:
    """Every variable of the model; those that are not proved everywhere first."""
    found: list[dict[str, Row]] = [
        {row.model_path or row.name: row for row in run.report.rows if row.variable >= 0}
        for run in runs
    ]
    names = list(dict.fromkeys(name for rows in found for name in rows))
    lines = [
        _Line(
            name, _shape(next(rows[name] for rows in found if name in rows)),
            tuple(_state_sign(rows.get(name), run) for rows, run in zip(found, runs, strict=True)),
            tuple(_placed(rows.get(name)) for rows in found),
        )
        for name in names
    ]  # fmt: skip
    return sorted(lines, key=lambda line: all(each.role == "proved" for each in line.cells))


def _state_sign(row: Row | None, run: DeviceRun) -> Sign:
    if row is None:
        return _NOWHERE
    return sign(row, run.report.outcome)


def _placed(row: Row | None) -> str:
    if row is None:
        return "Not there"
    where = f"Placed on {row.device}" if row.device else ""
    return "\n".join(line for line in (row.why, where) if line)


def _proved(run: DeviceRun) -> Sign:
    good, total = tally(run.report)
    if run.report.outcome is Outcome.FAILED or not total:
        return Sign("error", "wrong", "failed")
    said = f"{numbers.whole(good)} of {numbers.whole(total)}"
    is_whole = good == total and any(row.state is State.RESTORED for row in run.report.rows)
    return Sign("proved", "proved", said) if is_whole else Sign("warning", "attention", said)


def _plain(text: str) -> Sign:
    return Sign("", "text", text)


def _time(seconds: float) -> str:
    if not seconds:
        return "–"
    return numbers.duration(seconds) if seconds >= 1 else f"{seconds * 1000:.1f} ms"


def _typed(told: OutputDifference) -> str:
    return f"{numbers.shape(told.shape)}  {told.dtype}"


def _shape(row: Row) -> str:
    return f"{numbers.shape(row.model_shape)}  {row.model_dtype}"


def _listed(names: Sequence[str]) -> str:
    return " and ".join(names)
