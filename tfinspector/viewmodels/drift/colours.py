"""Which values the ends of a heat map's colours stand for, so that few outliers leave others grey.

The page Drift and the picture of `drift --png` share this, so that both show the same.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents import numbers
from tfinspector.contents.drift_metrics import Metric, Reach

Floats = NDArray[np.float64]

_TRIM = 0.02
_MOST_DECADES = 8
_CAN_BE_LOG = (Reach.POSITIVE, Reach.FRACTION, Reach.COUNT)


class Colouring(StrEnum):
    """How values are spread over the colours. `auto`: by what the metric can reach."""

    AUTO = "auto"
    LOG = "log"
    LINEAR = "linear"


@dataclass(frozen=True, slots=True)
class ColourRange:
    """`low` and `high` are the values at the ends of the colours.

    is_log     evenly by magnitude; zeros are at the low end
    is_signed  symmetric about zero, for colours that part there
    outside    so many finite values lie beyond the ends, and have the colour of the end
    """

    low: float
    high: float
    is_log: bool
    is_signed: bool
    outside: int

    def places(self, values: Floats) -> Floats:
        """Where values are between the ends, 0 to 1; NaN stays NaN."""
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            if self.is_log:
                span = np.log(self.high) - np.log(self.low)
                found = (np.log(np.maximum(values, 0.0)) - np.log(self.low)) / (span or 1.0)
            else:
                found = (values - self.low) / ((self.high - self.low) or 1.0)
        return np.where(np.isnan(values), np.nan, np.clip(found, 0.0, 1.0))

    @property
    def has_colours(self) -> bool:
        """Whether the colours stand for anything: they always do."""
        return True

    @property
    def words(self) -> str:
        """What a person must know to read the colours."""
        scale = "logarithmic colours" if self.is_log else "colours"
        told = f"{scale} from {numbers.four(self.low)} to {numbers.four(self.high)}"
        if self.outside:
            plural = "" if self.outside == 1 else "s"
            told += f"; {self.outside:,} value{plural} outside"
        return told


def can_be_log(metric: Metric) -> bool:
    """Whether there is a choice: what may be below zero has no place on a logarithmic scale."""
    return metric.reach in _CAN_BE_LOG


def colour_range(
    values: Floats,
    metric: Metric,
    colouring: Colouring = Colouring.AUTO,
    is_robust: bool = True,
) -> ColourRange:
    """The range for a metric's values (any shape). The middle 96 % of them always fit in; all of
    them where it need not be robust.
    """
    finite = values[np.isfinite(values)]
    trim = _TRIM if is_robust else 0.0
    if metric.reach is Reach.SIGNED:
        high = _end(np.abs(finite), 1 - trim)
        return _counted(finite, -high, high, is_signed=True)
    if metric.reach is Reach.COSINE:
        low = float(np.quantile(finite, trim)) if len(finite) else 0.0
        return _counted(finite, min(low, 1.0 - 1e-6), 1.0)
    is_wide = metric.reach is Reach.POSITIVE
    if can_be_log(metric) and (
        colouring is Colouring.LOG or (is_wide and colouring is not Colouring.LINEAR)
    ):
        return _logarithmic(finite, trim)
    return _counted(finite, 0.0, _end(finite, 1 - trim if is_wide else 1.0))


def _end(sizes: Floats, share: float) -> float:
    """The value that this share of them does not exceed; never zero."""
    found = float(np.quantile(sizes, share)) if len(sizes) else 1.0
    return found or float(sizes.max(initial=0.0)) or 1.0


def _logarithmic(finite: Floats, trim: float) -> ColourRange:
    positive = finite[finite > 0]
    if not len(positive):
        return _counted(finite, 0.0, 1.0)
    low, high = (float(np.quantile(positive, share)) for share in (trim, 1 - trim))
    low = max(low, high / 10.0**_MOST_DECADES)
    return _counted(finite, low, high, is_log=high > low)


def _counted(
    finite: Floats, low: float, high: float, is_log: bool = False, is_signed: bool = False
) -> ColourRange:
    beyond = (finite > high) | ((finite < low) & ~((finite == 0) & is_log))
    return ColourRange(low, high, is_log, is_signed, int(np.count_nonzero(beyond)))
