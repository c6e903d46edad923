"""The figures of a source's variables, as `stats` and `report` tell them."""

from collections.abc import Sequence

from tfinspector.contents import numbers
from tfinspector.contents.figures import Statistics, Unmeasured
from tfinspector.contents.findings import Finding
from tfinspector.contents.variables import Variable
from tfinspector.engine.cache.measuring import measure_remembered
from tfinspector.engine.cache.store import Store
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.measuring import find_odd_values
from tfinspector.engine.opening import OpenSource

Row = tuple[Variable, Statistics | Unmeasured]


def measured(
    opened: OpenSource, variables: Sequence[Variable], cache: Store | None, ticket: Ticket
) -> tuple[list[Row], list[Finding]]:
    """The variables with their figures, and what is odd about their values."""
    rows = []
    if variables:
        rows = list(measure_remembered(cache, opened.reader(), variables, ticket))
    checkpoint = opened.source.checkpoint
    where = checkpoint.prefix if checkpoint else opened.source.path
    return rows, list(find_odd_values(rows, where))


def figure_cells(figures: Statistics) -> tuple[str, ...]:
    """min, max, mean, std, % zero, NaN, Inf; empty where there is nothing to tell."""
    infinite = figures.posinf + figures.neginf
    shown = (figures.min, figures.max, figures.mean, figures.std)
    return (
        *(numbers.four(value) if figures.finite else "" for value in shown),
        numbers.percent(figures.zero, figures.count),
        numbers.whole(figures.nan) if figures.nan else "",
        numbers.whole(infinite) if infinite else "",
    )
