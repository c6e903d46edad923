"""`stats --spectrum`: singular values of every matrix, and what follows from them."""

from collections.abc import Mapping, Sequence

from tfinspector.cli.documents import Document, number, plain
from tfinspector.cli.page import Page
from tfinspector.contents import numbers
from tfinspector.contents.figures import Unmeasured
from tfinspector.contents.spectra import Method, Spectrum
from tfinspector.contents.variables import Variable
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.opening import OpenSource
from tfinspector.engine.spectra import spectrum_of, why_no_spectrum

Spectra = Mapping[str, Spectrum | Unmeasured]
"""By key, of the variables that could have one."""

_MOST_TOLD = 256
_FIGURES = ("stable_rank", "condition", "effective_rank")


def find_spectra(opened: OpenSource, variables: Sequence[Variable], ticket: Ticket) -> Spectra:
    """The spectra of those that are matrices. Raises `Cancelled`."""
    matrices = [each for each in variables if not why_no_spectrum(each)]
    if not matrices:
        return {}
    reader = opened.reader()
    return {each.key: spectrum_of(reader, each, ticket) for each in matrices}


def spectrum_document(found: Spectrum | Unmeasured | None) -> Document | None:
    """Null for what is no matrix; `problem` says why a matrix has none."""
    if found is None:
        return None
    if isinstance(found, Unmeasured):
        names = ("method", "error", "rows", "columns", "count", "singular_values", *_FIGURES)
        return dict.fromkeys((*names, "condition_is_bound")) | {"problem": found.reason}
    document: Document = {
        "method": found.method.value, "error": number(found.error),
        "rows": found.rows, "columns": found.columns, "count": found.count,
        "singular_values": plain(found.values[:_MOST_TOLD]),
    }  # fmt: skip
    for name in _FIGURES:
        value = getattr(found, name)
        document[name] = None if value is None else number(value)
    return document | {"condition_is_bound": found.condition_is_bound, "problem": None}


def write_spectra(page: Page, spectra: Spectra, names: Mapping[str, str]) -> None:
    """A table of the matrices; what is vague says so."""
    page.heading("Singular values")
    if not spectra:
        page.line("No matrix is among them.", "muted")
        return
    rows = [(names[key], *_cells(found)) for key, found in spectra.items()]
    headings = ("name", "matrix", "greatest", "stable rank", "effective rank", "condition", "by")
    page.table(headings, list(zip(*rows, strict=True)), right=range(2, 6))


def _cells(found: Spectrum | Unmeasured) -> tuple[str, ...]:
    if isinstance(found, Unmeasured):
        return ("", "", "", "", "", found.reason)
    at_least = "≥ " if found.condition_is_bound else ""
    some = f"{len(found.values)} of {found.count}, " if found.method is Method.RANDOMIZED else ""
    return (
        numbers.shape((found.rows, found.columns)),
        numbers.four(float(found.values[0])),
        _known(found.stable_rank),
        _known(found.effective_rank),
        at_least + _known(found.condition),
        f"{found.method.value}, {some}± {numbers.four(found.error)}",
    )


def _known(value: float | None) -> str:
    return "–" if value is None else numbers.four(value)
