"""The table of variables of a report: figures and a small histogram each."""

from collections.abc import Iterator

from tfinspector.cli.report import html
from tfinspector.contents import numbers
from tfinspector.contents.figures import Statistics, Unmeasured
from tfinspector.contents.findings import Finding
from tfinspector.contents.variables import Variable
from tfinspector.engine.cache.measuring import measure_remembered
from tfinspector.engine.cache.store import Store
from tfinspector.engine.histograms import draw_shared
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.measuring import find_odd_values
from tfinspector.engine.opening import OpenSource

Measured = list[tuple[Variable, Statistics | Unmeasured]]

_BINS = 32
_NAMES = (
    "Name", "Histogram", "Shape", "Dtype", "Parameters", "Role", "Min", "Max", "Mean", "Std",
    "% zero", "NaN", "Inf",
)  # fmt: skip
_RIGHT = (4, 6, 7, 8, 9, 10, 11, 12)


def measure_source(
    opened: OpenSource, cache: Store | None, ticket: Ticket
) -> tuple[Measured, list[Finding]]:
    """The figures of the newest snapshot's variables, and what is odd about their values."""
    source = opened.source
    if not source.variables:
        return [], []
    measured = list(measure_remembered(cache, opened.reader(), source.variables, ticket))
    where = source.checkpoint.prefix if source.checkpoint else source.path
    return measured, list(find_odd_values(measured, where))


def variables_table(measured: Measured) -> str:
    """A row each."""
    return html.table(_NAMES, _rows(measured), _RIGHT)


def _rows(measured: Measured) -> Iterator[list[str]]:
    for variable, figures in measured:
        picture = ""
        if isinstance(figures, Statistics) and figures.finite:
            [drawn] = draw_shared([figures], bins=_BINS)
            picture = html.histogram(drawn)
        name, *cells = map(html.cell, (variable.name, *_about(variable), *_figures(figures)))
        yield [name, picture, *cells]


def _about(variable: Variable) -> tuple[str, ...]:
    return (
        numbers.shape(variable.shape), variable.dtype.name, numbers.whole(variable.size),
        variable.role.value,
    )  # fmt: skip


def _figures(figures: Statistics | Unmeasured) -> tuple[str, ...]:
    if isinstance(figures, Unmeasured):
        return (figures.reason, *[""] * 6)
    shown = (figures.min, figures.max, figures.mean, figures.std)
    infinite = figures.posinf + figures.neginf
    return (
        *(numbers.four(value) if figures.finite else "" for value in shown),
        numbers.percent(figures.zero, figures.count),
        numbers.whole(figures.nan) if figures.nan else "",
        numbers.whole(infinite) if infinite else "",
    )
