"""Axes of our plots: ticks a person reads, thin lines, a grid at a tenth of the ink."""

from collections.abc import Callable

import pyqtgraph as pg
from PySide6.QtGui import QColor, QFont

from tfinspector.viewmodels.inspector.value_axis import ValueAxis, round_values, tick_texts

_ROOM_PER_TICK = {"bottom": 46, "left": 34}
_SMALL_COUNT = 10_000


class TickedAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis whose ticks come from a function of the visible range and the room there is."""

    def __init__(
        self, side: str, ticks: Callable[[float, float, int], list[tuple[float, str]]]
    ) -> None:
        super().__init__(side)
        self._ticks_of = ticks
        self._texts: dict[float, str] = {}
        self.enableAutoSIPrefix(False)
        self.setStyle(
            tickLength=-4, tickTextOffset=4, autoReduceTextSpace=False, hideOverlappingLabels=False
        )

    def set_ticks(self, ticks: Callable[[float, float, int], list[tuple[float, str]]]) -> None:
        """Take the ticks from another function from now on."""
        self._ticks_of = ticks
        self.picture = None
        self.update()

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """Qt graph's question: one level of ticks."""
        low, high = min(low, high), max(low, high)
        room = max(2, int(size // _ROOM_PER_TICK.get(self.orientation, 40)))
        ticks = self._ticks_of(low, high, room)
        self._texts = dict(ticks)
        return [(high - low, [place for place, _ in ticks])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Qt graph's question: the texts of those ticks."""
        return [self._texts.get(value, "") for value in values]

    def set_colours(self, text: QColor, line: QColor, font: QFont) -> None:
        """Colours and font, again whenever the theme changes."""
        self.setPen(pg.mkPen(line, width=1))
        self.setTextPen(pg.mkPen(text))
        self.setTickFont(font)
        self.picture = None
        self.update()


def value_ticks(axis: ValueAxis) -> Callable[[float, float, int], list[tuple[float, str]]]:
    """Ticks of a value axis."""
    return axis.ticks


def count_ticks(low: float, high: float, room: int) -> list[tuple[float, str]]:
    """Ticks of an axis of counts: as `linear_ticks`, whole numbers only."""
    ticks = linear_ticks(low, high, room)
    return [(place, text) for place, text in ticks if abs(place - round(place)) < 1e-6]


def linear_ticks(low: float, high: float, room: int) -> list[tuple[float, str]]:
    """Ticks of a plain axis: counts with thousands as "k", "M", shares as decimals."""
    values = [value for value in round_values(low, high, room) if low <= value <= high]
    return list(zip(values, _count_texts(values), strict=True))


def log_count_ticks(low: float, high: float, room: int) -> list[tuple[float, str]]:
    """Ticks of an axis whose places are log10 of a count: 1, 10, 100, 1 k, ..."""
    first, last = max(0, int(-(-low // 1))), int(high // 1)
    step = max(1, -(-(last - first + 1) // room))
    powers = range(first, last + 1, step)
    return [(float(power), _short_count(10.0**power)) for power in powers]


def _count_texts(values: list[float]) -> list[str]:
    if values and max(abs(value) for value in values) >= _SMALL_COUNT:
        return [_short_count(value) for value in values]
    return tick_texts(values)


def _short_count(count: float) -> str:
    for size, unit in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(count) >= size:
            return f"{count / size:.6g}\N{NARROW NO-BREAK SPACE}{unit}"
    return f"{count:.6g}"
