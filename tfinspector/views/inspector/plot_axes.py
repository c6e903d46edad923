"""Axes of our plots: ticks a person reads, thin lines, a grid at a tenth of the ink."""

from collections.abc import Callable
from itertools import pairwise

import pyqtgraph as pg
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QGuiApplication

from tfinspector.viewmodels.inspector.value_axis import ValueAxis, round_values, tick_texts

_ROOM_PER_TICK = {"bottom": 46, "left": 52}
_SMALL_COUNT = 10_000
Ticks = list[tuple[float, str]]
_GAP = 8  # pixels between two texts


class TickedAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis whose ticks come from a function of the visible range and the room there is."""

    def __init__(self, side: str, ticks: Callable[[float, float, int], Ticks]) -> None:
        super().__init__(side)
        self._ticks_of = ticks
        self._texts: dict[float, str] = {}
        self.enableAutoSIPrefix(False)
        self.setStyle(
            tickLength=-4, tickTextOffset=4, autoReduceTextSpace=False, hideOverlappingLabels=False
        )

    def set_ticks(self, ticks: Callable[[float, float, int], Ticks]) -> None:
        """Take the ticks from another function from now on."""
        self._ticks_of = ticks
        self.picture = None
        self.update()

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """Qt graph's question: one level of ticks."""
        low, high = min(low, high), max(low, high)
        ticks = self._fitting(low, high, size)
        self._texts = dict(ticks)
        return [(high - low, [place for place, _ in ticks])]

    def _fitting(self, low: float, high: float, size: float) -> Ticks:
        """As many ticks as there is room for, so that no text touches another."""
        room = max(2, int(size // _ROOM_PER_TICK.get(self.orientation, 40)))
        metrics = QFontMetricsF(self.style["tickFont"] or QGuiApplication.font())
        is_across = self.orientation in ("top", "bottom")

        def extent(text: str) -> float:
            return metrics.horizontalAdvance(text) if is_across else metrics.height() * 0.8

        scale = size / (high - low) if high > low else 0.0
        for fewer in range(room, 1, -1):
            ticks = apart_from_zero(self._ticks_of(low, high, fewer), scale, extent)
            if not touching(ticks, scale, extent):
                return ticks
        return self._ticks_of(low, high, 1)

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


def touching(ticks: Ticks, scale: float, extent: Callable[[str], float]) -> bool:
    """Whether two texts, centred at their places times `scale` pixels, are closer than a gap."""
    return any(
        (right - left) * scale < (extent(first) + extent(second)) / 2 + _GAP
        for (left, first), (right, second) in pairwise(ticks)
    )


def apart_from_zero(ticks: Ticks, scale: float, extent: Callable[[str], float]) -> Ticks:
    """The ticks without those that touch the one at zero: it says where the sign changes."""
    zeros = [tick for tick in ticks if tick[1] == "0"]
    if not zeros:
        return ticks
    return [t for t in ticks if t in zeros or not touching(sorted((t, zeros[0])), scale, extent)]


def value_ticks(axis: ValueAxis) -> Callable[[float, float, int], Ticks]:
    """Ticks of a value axis."""
    return axis.ticks


def count_ticks(low: float, high: float, room: int) -> Ticks:
    """Ticks of an axis of counts: as `linear_ticks`, whole numbers only."""
    ticks = linear_ticks(low, high, room)
    return [(place, text) for place, text in ticks if abs(place - round(place)) < 1e-6]


def linear_ticks(low: float, high: float, room: int) -> Ticks:
    """Ticks of a plain axis: counts with thousands as "k", "M", shares as decimals."""
    values = [value for value in round_values(low, high, room) if low <= value <= high]
    return list(zip(values, _count_texts(values), strict=True))


def log_count_ticks(low: float, high: float, room: int) -> Ticks:
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
