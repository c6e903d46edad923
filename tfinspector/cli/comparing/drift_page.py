"""The page of `drift`: a line for each variable, with its way through the run as a sparkline."""

import math
from collections.abc import Sequence

from tfinspector.cli.page import Page
from tfinspector.contents import numbers
from tfinspector.contents.drift_metrics import METRIC_BY_NAME, Reach, Reference
from tfinspector.contents.drifts import DriftTable, Floats

_BARS = "▁▂▃▄▅▆▇█"
_MISSING, _ODD = " ", "×"
_MOST_BARS = 48


def write_page(
    page: Page,
    table: DriftTable,
    metric: str,
    against: Reference,
    taken_for: str,
    written: Sequence[str | None],
) -> None:
    """What was measured and of what, the table, the run's plane, and where files are."""
    known = METRIC_BY_NAME[metric]
    shots = table.snapshots
    if taken_for:
        page.line(f"{taken_for[0].upper()}{taken_for[1:]}.", "muted")
    page.line(f"{len(shots)} snapshots, {_said(table, 0)} to {_said(table, len(shots) - 1)}.")
    page.line(f"{known.title}: {known.meaning}{_compared(table, against, known.of_change)}")
    page.line()
    _rows(page, table, metric, against)
    if table.path is not None:
        page.line()
        page.line(table.path.words, "muted")
    for path in filter(None, written):
        page.line()
        page.line(f"Written: {path}")


def _said(table: DriftTable, at: int) -> str:
    snapshot = table.snapshots[at]
    name = table.name_of(at)
    if snapshot.step is None:
        return name
    return f"{name} (step {snapshot.step:,} by its {snapshot.step_from})"


def _compared(table: DriftTable, against: Reference, of_change: bool) -> str:
    if not of_change:
        return ""
    if against is Reference.PREVIOUS:
        return " Against the snapshot before."
    return f" Against {table.name_of(table.anchor)}."


def _rows(page: Page, table: DriftTable, metric: str, against: Reference) -> None:
    values, paired = table.values(metric, against), table.paired(metric, against)
    columns: list[list[str]] = [[], [], [], [], []]
    for number, row in enumerate(table.rows):
        line = values[number][paired[number]]
        finite = line[[math.isfinite(value) for value in line]]
        cells = (
            row.name,
            numbers.four(float(values[number, -1])) if paired[number, -1] else "",
            numbers.four(float(finite.min())) if len(finite) else "",
            numbers.four(float(finite.max())) if len(finite) else "",
            row.problem or sparkline(values[number], paired[number].tolist(), metric),
        )
        for column, cell in zip(columns, cells, strict=True):
            column.append(cell)
    page.table(("name", "newest", "least", "most", "over the run"), columns, right=range(1, 4))


def sparkline(values: Floats, paired: Sequence[bool], metric: str) -> str:
    """A bar for each snapshot, from the row's least value (0 for what begins there) to its most.

    A blank is a snapshot without a value, a cross one whose value is no number. Long runs are
    shown by evenly spread snapshots, the last one among them.
    """
    reach = METRIC_BY_NAME[metric].reach
    there = [value for value, known in zip(values.tolist(), paired, strict=True) if known]
    finite = [value for value in there if math.isfinite(value)]
    if not finite:
        return _ODD if there else ""
    from_zero = reach in (Reach.POSITIVE, Reach.FRACTION, Reach.COUNT)
    low = min(0.0, *finite) if from_zero else min(finite)
    span = max(finite) - low
    return "".join(_bar(float(values[at]), paired[at], low, span) for at in _places(len(values)))


def _places(count: int) -> list[int]:
    if count <= _MOST_BARS:
        return list(range(count))
    return [round(at * (count - 1) / (_MOST_BARS - 1)) for at in range(_MOST_BARS)]


def _bar(value: float, known: bool, low: float, span: float) -> str:
    if not known:
        return _MISSING
    if math.isinf(value):
        return _BARS[-1] if value > 0 else _BARS[0]
    if math.isnan(value):
        return _ODD
    return _BARS[round((len(_BARS) - 1) * (value - low) / span)] if span > 0 else _BARS[0]
