"""Histograms of variables: from their sketches, or counted exactly."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tfinspector.analysis.compiled import warm_up
from tfinspector.analysis.exact import count_exactly
from tfinspector.analysis.histogram import draw_on, shared_edges
from tfinspector.contents.figures import Histogram, Scale, Statistics
from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable
from tfinspector.contents.variables import Variable
from tfinspector.engine.crew import Crew, await_all
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.measuring import why_unmeasured
from tfinspector.engine.stretches import shares_of
from tfinspector.formats.reading import TensorReader


def draw_shared(
    statistics: Sequence[Statistics],
    bins: int = 64,
    scale: Scale = Scale.LINEAR,
    low: float | None = None,
    high: float | None = None,
    robust: bool = False,
) -> list[Histogram]:
    """One histogram each, on the same edges.

    The range defaults to all values; with `robust`, to `robust_range`. What lies outside is
    counted in `below` and `above`.
    """
    if robust and (around := robust_range(statistics, scale)):
        low = around[0] if low is None else low
        high = around[1] if high is None else high
    edges = shared_edges(statistics, scale, bins, low, high)
    return [draw_on(each, edges, scale) for each in statistics]


def draw_exact(
    reader: TensorReader,
    variable: Variable,
    edges: NDArray[np.float64],
    scale: Scale = Scale.LINEAR,
    ticket: Ticket | None = None,
) -> Histogram:
    """Read the variable again and count its finite values between the edges.

    Progress is in bytes. Raises `Unreadable` (also for what holds no numbers) and `Cancelled`.
    """
    ticket = ticket or Ticket()
    if reason := why_unmeasured(variable):
        raise Unreadable(_no_histogram(variable, reason))
    edges = np.ascontiguousarray(edges, np.float64)
    if len(edges) < 2:
        return Histogram(scale, edges, np.empty(0), 0, 0, True, "there are no bins")
    warm_up()
    with Crew(ticket) as crew:
        futures = [
            crew.submit(count_exactly, share, edges, variable.dtype.name, crew.tick)
            for share in shares_of(reader, variable, crew.size)
        ]
        parts = await_all(futures, ticket, lambda: (crew.done, variable.nbytes), variable.name)
    counts = np.sum([np.zeros(len(edges) + 1, np.int64), *parts], axis=0)
    below, above = int(counts[0]), int(counts[-1])
    return Histogram(scale, edges, counts[1:-1].astype(np.float64), below, above, True)


def robust_range(
    statistics: Sequence[Statistics], scale: Scale = Scale.LINEAR
) -> tuple[float, float] | None:
    """A range that a few outliers don't stretch: the middle 98 % and half its width on each side.

    Never wider than the values themselves. None where it is of no use: on logarithmic axes,
    and where nothing is finite.
    """
    if scale is not Scale.LINEAR:
        return None
    ranges = [_robust_range(each) for each in statistics if each.finite]
    if not ranges:
        return None
    return min(low for low, _ in ranges), max(high for _, high in ranges)


def _robust_range(statistics: Statistics) -> tuple[float, float]:
    start, end = statistics.quantiles[0.01], statistics.quantiles[0.99]
    margin = (end - start) / 2
    if margin <= 0:  # nearly all values are the same (a sparse tensor): the others are the news
        return statistics.min, statistics.max
    return max(statistics.min, start - margin), min(statistics.max, end + margin)


def _no_histogram(variable: Variable, reason: str) -> Finding:
    return Finding(
        "V02",
        Severity.ERROR,
        f"{variable.name} has no histogram: {reason}.",
        where=variable.name,
        evidence={"dtype": variable.dtype.name},
        fix=Fix("Choose a variable that holds numbers."),
    )
