"""Statistics of variables, block by block, so that memory stays bounded and Cancel is quick."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor

from tfinspector.analysis.sketch import Accumulator
from tfinspector.contents.dtypes import DTypeKind
from tfinspector.contents.figures import Statistics, Unmeasured
from tfinspector.contents.findings import Unreadable
from tfinspector.contents.variables import Variable
from tfinspector.engine.jobs import Ticket
from tfinspector.formats.reading import TensorReader

Figures = Statistics | Unmeasured


def measure(reader: TensorReader, variable: Variable, ticket: Ticket | None = None) -> Figures:
    """The figures of one variable, or why it has none. Raises `Cancelled` through the ticket."""
    ticket = ticket or Ticket()
    reason = why_unmeasured(variable)
    if reason:
        return Unmeasured(reason)
    accumulator = Accumulator(variable.dtype.name)
    done = 0
    try:
        for block in reader.blocks(variable.key):
            accumulator.add(block)
            done += block.nbytes
            ticket.report(done, variable.nbytes, variable.name)
    except Unreadable as error:
        return Unmeasured(error.finding.title)
    return accumulator.statistics()


def measure_all(
    reader: TensorReader,
    variables: Sequence[Variable],
    ticket: Ticket | None = None,
    executor: Executor | None = None,
) -> Iterator[tuple[Variable, Figures]]:
    """Figures of all the variables, each as soon as it is done, in the given order."""
    for variable in variables:
        yield variable, measure(reader, variable, ticket)


def why_unmeasured(variable: Variable) -> str:
    """A reason known before anything is read, "" where there is none."""
    if variable.problem:
        return variable.problem
    if variable.dtype.kind is DTypeKind.STRING:
        return "holds strings"
    if not variable.dtype.is_numeric:
        return f"holds {variable.dtype.name} values, which are not numbers"
    return ""
