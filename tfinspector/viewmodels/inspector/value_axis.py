"""From values to places on an axis, and the ticks a person reads (1, 2, 5; decades; both signs).

Linear, log and symmetric log. The last is `sign(v) log10(1 + |v| / threshold)`, as bins are spaced:
linear up to about the threshold, one unit per decade beyond it, the same on both sides of zero
(Webber 2013, "A bi-symmetric log transformation for wide-range data", Meas. Sci. Technol. 24).
"""

from dataclasses import dataclass
from itertools import pairwise
from math import ceil, copysign, expm1, floor, log, log10

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tfinspector.contents.figures import Scale

_LN10 = log(10.0)
_TINIEST = 5e-324  # a log axis needs a place for zero: left of every float


@dataclass(frozen=True, slots=True)
class ValueAxis:
    """One value axis. `threshold` matters to symlog only: where the linear part ends (> 0)."""

    scale: Scale = Scale.LINEAR
    threshold: float = 1.0

    def places(self, values: ArrayLike) -> NDArray[np.float64]:
        """Where the values lie. On a log axis everything up to zero lies far left of all."""
        array = np.asarray(values, dtype=np.float64)
        if self.scale is Scale.LOG:
            return np.log10(np.maximum(array, _TINIEST))
        if self.scale is Scale.SYMLOG:
            return np.asarray(np.sign(array) * np.log1p(np.abs(array) / self.threshold) / _LN10)
        return array

    def place(self, value: float) -> float:
        """Where one value lies."""
        return float(self.places(value))

    def value(self, place: float) -> float:
        """The value that lies at a place."""
        if self.scale is Scale.LOG:
            return float(10.0 ** min(max(place, -320.0), 308.0))
        if self.scale is Scale.SYMLOG:
            most = 307.0 - max(log10(self.threshold), 0.0)
            return copysign(expm1(min(abs(place), most) * _LN10) * self.threshold, place)
        return place

    def ticks(self, low: float, high: float, room: int) -> list[tuple[float, str]]:
        """At most about `room` ticks between two places: (place, text), ascending."""
        if not high > low or room < 1:
            return []
        if self.scale is Scale.LINEAR:
            values = round_values(low, high, room)
        elif self.scale is Scale.LOG:
            values = self._log_values(low, high, room)
        else:
            values = self._symlog_values(low, high, room)
        texts = tick_texts(values)
        return [
            (self.place(value), text)
            for value, text in zip(values, texts, strict=True)
            if low <= self.place(value) <= high
        ]

    def _log_values(self, low: float, high: float, room: int) -> list[float]:
        decades = high - low
        if decades < 1.2:
            return [v for v in round_values(self.value(low), self.value(high), room) if v > 0]
        exponents = range(ceil(low - 1e-9), floor(high + 1e-9) + 1)
        if len(exponents) * 3 <= room:
            return [m * 10.0**e for e in range(floor(low), exponents.stop) for m in (1, 2, 5)]
        step = max(1, ceil(len(exponents) / room))
        return [10.0**e for e in exponents if e % step == 0]

    def _symlog_values(self, low: float, high: float, room: int) -> list[float]:
        first, last = self.value(low), self.value(high)
        if high - low < 1.2 or max(abs(first), abs(last)) <= self.threshold:
            return round_values(first, last, room)
        least = floor(log10(self.threshold))
        greatest = floor(log10(max(abs(first), abs(last))))
        sides = (first < 0) + (last > 0)
        step = max(1, ceil((greatest - least + 1) * sides / max(room - 1, 1)))
        powers = [10.0**e for e in range(greatest, least - 1, -step)]
        return sorted([-p for p in powers] + [0.0] + powers)


def round_values(low: float, high: float, room: int) -> list[float]:
    """Values in steps of 1, 2 or 5 times a power of ten, at most about `room` of them."""
    step = _round_step((high - low) / max(room, 1))
    if step <= 0 or not np.isfinite(step):
        return []
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    return [index * step for index in range(first, last + 1)]


def _round_step(least: float) -> float:
    """The smallest of 1, 2, 5, 10 times a power of ten that is not less than `least`."""
    if not least > 1e-300:
        return 0.0
    power = 10.0 ** floor(log10(least))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= least * (1 - 1e-9))


def tick_texts(values: list[float]) -> list[str]:
    """The values as short texts with as many digits as tell them apart."""
    gaps = [b - a for a, b in pairwise(values) if b > a]
    finest = min(gaps, default=0.0)
    return [_tick_text(value, finest) for value in values]


def _tick_text(value: float, finest: float) -> str:
    if abs(value) <= finest * 1e-6:
        return "0"
    needed = floor(log10(abs(value))) - floor(log10(finest) + 1e-9) + 1 if finest else 5
    text = f"{value:.{min(max(needed, 5), 16)}g}"
    mantissa, _, exponent = text.partition("e")
    text = f"{mantissa}e{int(exponent)}" if exponent else mantissa
    return text.replace("-", "\N{MINUS SIGN}")
