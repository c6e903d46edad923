"""Singular values of a variable, read in panels: bounded memory, quick Cancel.

A variable of more than two axes, such as the kernel of a convolution, is taken as the matrix
whose rows are all but the last axis (TensorFlow's kernels end with the outputs).
"""

from collections.abc import Iterator
from dataclasses import replace
from math import prod
from typing import Any

from numpy.typing import NDArray

from tfinspector.analysis.spectrum import NotFiniteError, find_spectrum
from tfinspector.contents.dtypes import DTypeKind
from tfinspector.contents.figures import Unmeasured
from tfinspector.contents.findings import Unreadable
from tfinspector.contents.spectra import Spectrum
from tfinspector.contents.variables import Variable
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.spans import regions_of
from tfinspector.formats.reading import TensorReader

_PANEL_NBYTES = 16 << 20  # in double precision
_KINDS = (DTypeKind.FLOAT, DTypeKind.COMPLEX)


def why_no_spectrum(variable: Variable) -> str:
    """A reason known before anything is read, "" where there is none."""
    if variable.problem:
        return variable.problem
    if variable.dtype.kind not in _KINDS:
        return f"{variable.dtype.name} elements have no singular values"
    if len(variable.shape) < 2:
        return "it is no matrix"
    return "" if variable.size else "it has no elements"


def spectrum_of(
    reader: TensorReader, variable: Variable, ticket: Ticket | None = None
) -> Spectrum | Unmeasured:
    """The spectrum, or why there is none. Progress is in elements of the reading under way.

    Raises `Cancelled` through the ticket, between panels.
    """
    if reason := why_no_spectrum(variable):
        return Unmeasured(reason)
    ticket = ticket or Ticket()
    above, last = prod(variable.shape[:-1]), variable.shape[-1]
    readings = 0

    def panels() -> Iterator[NDArray[Any]]:
        nonlocal readings
        readings += 1
        again = f", reading {readings}" if readings > 1 else ""
        done = 0
        for panel in _panels(reader, variable, above, last):
            ticket.report(done, variable.size, f"{variable.name}{again}")
            done += panel.size
            yield panel
        ticket.report(done, variable.size, f"{variable.name}: singular values")

    try:
        found = find_spectrum(variable.shape, max(above, last), min(above, last), panels)
        return replace(found, rows=above, columns=last)
    except NotFiniteError:
        return Unmeasured("it holds NaN or infinity")
    except Unreadable as error:
        return Unmeasured(error.finding.title)


def _panels(
    reader: TensorReader, variable: Variable, above: int, last: int
) -> Iterator[NDArray[Any]]:
    """Rows of the matrix; where it is wider than tall, rows of its transpose."""
    most = _PANEL_NBYTES // 8
    if above >= last:
        for region in regions_of(variable.shape, max(most, last)):
            yield reader.read(variable.key, region).reshape(-1, last)
        return
    whole = tuple(slice(0, size) for size in variable.shape[:-1])
    step = max(1, most // above)
    for start in range(0, last, step):
        region = (*whole, slice(start, min(start + step, last)))
        yield reader.read(variable.key, region).reshape(above, -1).T
