"""The table of variables of a report: figures and a small histogram each."""

from collections.abc import Iterator, Sequence

from tfinspector.cli.measured import Row, figure_cells
from tfinspector.cli.report import html
from tfinspector.contents import numbers
from tfinspector.contents.figures import Statistics, Unmeasured
from tfinspector.contents.variables import Variable
from tfinspector.engine.histograms import draw_shared

_BINS = 32
_NAMES = (
    "Name", "Histogram", "Shape", "Dtype", "Parameters", "Role", "Min", "Max", "Mean", "Std",
    "% zero", "NaN", "Inf",
)  # fmt: skip
_RIGHT = (4, 6, 7, 8, 9, 10, 11, 12)


def variables_table(measured: Sequence[Row]) -> str:
    """A row each."""
    return html.table(_NAMES, _rows(measured), _RIGHT)


def _rows(measured: Sequence[Row]) -> Iterator[list[str]]:
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
    return figure_cells(figures)
