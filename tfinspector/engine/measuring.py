"""Statistics of variables, block by block: bounded memory, quick Cancel, all processors.

Threads share the work, because compiled kernels and reads release the GIL. A large tensor is cut
into spans that several threads measure; what they find is added up. Small variables travel in
batches, so that handing them over costs less than measuring them.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from itertools import islice
from typing import Any, NamedTuple

from numpy.typing import NDArray

from tfinspector.analysis.compiled import expect
from tfinspector.analysis.sketch import Accumulator
from tfinspector.contents.dtypes import DTypeKind
from tfinspector.contents.figures import Statistics, Unmeasured
from tfinspector.contents.findings import Unreadable
from tfinspector.contents.variables import Variable
from tfinspector.diagnosis.odd_values import find_odd_values
from tfinspector.engine.crew import Crew, await_all, processors
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.stretches import blocks_of, shares_of
from tfinspector.formats.reading import TensorReader

__all__ = ["find_odd_values", "measure", "measure_all", "why_unmeasured"]

Figures = Statistics | Unmeasured

_WORTH_THREADS = 8 << 20
_WORTH_CUTTING = 16 << 20
_BATCH_NBYTES = 4 << 20
_BATCH_SIZE = 64
_SMALL_WORK = 16 << 10  # a small variable takes NumPy as long as so many bytes of a large one
_AHEAD = 4  # jobs per processor that may be done before the first is taken


class _Job(NamedTuple):
    """A batch of variables measured by one thread, or one variable measured by several."""

    variables: tuple[Variable, ...]
    futures: list[Future[Any]]
    finish: Callable[[list[Any]], list[Figures]]


def measure(reader: TensorReader, variable: Variable, ticket: Ticket | None = None) -> Figures:
    """The figures of one variable, or why it has none. Raises `Cancelled` through the ticket."""
    [(_, figures)] = measure_all(reader, [variable], ticket)
    return figures


def measure_all(
    reader: TensorReader,
    variables: Sequence[Variable],
    ticket: Ticket | None = None,
    executor: Executor | None = None,
) -> Iterator[tuple[Variable, Figures]]:
    """Figures of all the variables in the given order, each as soon as it and those before are.

    Progress is in bytes, reported from the caller's thread. Raises `Cancelled` through the
    ticket. `executor` (processes, a dask cluster) replaces the threads; reader and variables are
    then sent to it. Who stops iterating stops the work.
    """
    ticket = ticket or Ticket()
    total = sum(variable.nbytes for variable in variables)
    expect(total + _SMALL_WORK * len(variables))
    if executor is not None:
        yield from _measure_elsewhere(reader, variables, ticket, executor)
    elif total < _WORTH_THREADS:
        yield from _measure_here(reader, variables, ticket)
    else:
        with Crew(ticket) as crew:
            jobs = _jobs_for(crew, reader, variables)
            yield from _in_order(jobs, crew.size, ticket, lambda: (crew.done, total))


def why_unmeasured(variable: Variable) -> str:
    """A reason known before anything is read, "" where there is none."""
    if variable.problem:
        return variable.problem
    if variable.dtype.kind is DTypeKind.STRING:
        return "holds strings"
    if not variable.dtype.is_numeric:
        return f"holds {variable.dtype.name} values, which are not numbers"
    return ""


def _measure_here(
    reader: TensorReader, variables: Sequence[Variable], ticket: Ticket
) -> Iterator[tuple[Variable, Figures]]:
    """In the caller's thread: where there is little to do."""
    total = sum(variable.nbytes for variable in variables)
    done = 0
    for variable in variables:
        ticket.report(done, total, variable.name)
        yield variable, _measure_batch(reader, (variable,), lambda _: ticket.check())[0]
        done += variable.nbytes
    ticket.report(done, total, "")


def _measure_elsewhere(
    reader: TensorReader, variables: Sequence[Variable], ticket: Ticket, executor: Executor
) -> Iterator[tuple[Variable, Figures]]:
    """On somebody else's executor, which is told the reader and the variables."""
    total = sum(variable.nbytes for variable in variables)
    done = 0

    def how_far() -> tuple[int, int]:
        return done, total

    jobs = (
        _Job(batch, [executor.submit(_measure_batch, reader, batch)], _only)
        for batch in _batches(variables)
    )
    for variable, figures in _in_order(jobs, 2 * processors(), ticket, how_far):
        done += variable.nbytes
        yield variable, figures


def _in_order(
    jobs: Iterator[_Job], width: int, ticket: Ticket, how_far: Callable[[], tuple[int, int]]
) -> Iterator[tuple[Variable, Figures]]:
    """Take the jobs' results in order, with a bounded number under way; withdraw those left."""
    under_way = deque(islice(jobs, _AHEAD * width))
    try:
        while under_way:
            job = under_way[0]
            results = await_all(job.futures, ticket, how_far, job.variables[-1].name)
            under_way.popleft()
            under_way.extend(islice(jobs, 1))
            yield from zip(job.variables, job.finish(results), strict=True)
    finally:
        for job in under_way:
            for future in job.futures:
                future.cancel()


def _jobs_for(crew: Crew, reader: TensorReader, variables: Sequence[Variable]) -> Iterator[_Job]:
    """The jobs in the order of the variables. Large tensors are cut, so that no thread is left
    alone with one at the end.
    """
    for batch in _batches(variables):
        large = batch[0]
        if large.nbytes > _WORTH_CUTTING and not why_unmeasured(large):
            parts = [
                crew.submit(_count, large, share, crew.tick)
                for share in shares_of(reader, large, crew.size)
            ]
            yield _Job(batch, list(parts), _added_up)
        else:
            yield _Job(batch, [crew.submit(_measure_batch, reader, batch, crew.tick)], _only)


def _batches(variables: Sequence[Variable]) -> Iterator[tuple[Variable, ...]]:
    """Neighbours together while they are few and small; a large one alone."""
    batch: list[Variable] = []
    nbytes = 0
    for variable in variables:
        if batch and (nbytes + variable.nbytes > _BATCH_NBYTES or len(batch) == _BATCH_SIZE):
            yield tuple(batch)
            batch, nbytes = [], 0
        batch.append(variable)
        nbytes += variable.nbytes
    if batch:
        yield tuple(batch)


def _measure_batch(
    reader: TensorReader, batch: Sequence[Variable], tick: Callable[[int], None] | None = None
) -> list[Figures]:
    """Measure variables one after the other, each from its blocks in the order of the file."""
    figures: list[Figures] = []
    for variable in batch:
        reason = why_unmeasured(variable)
        if reason:
            figures.append(Unmeasured(reason))
            continue
        counted = _count(variable, blocks_of(reader, variable), tick)
        figures.append(counted if isinstance(counted, Unmeasured) else counted.statistics())
    return figures


def _count(
    variable: Variable, blocks: Iterator[NDArray[Any]], tick: Callable[[int], None] | None
) -> Accumulator | Unmeasured:
    """Count the blocks. What the reader can't read is a reason, not an error."""
    accumulator = Accumulator(variable.dtype.name)
    if tick:
        tick(0)  # a job that was queued when the work was cancelled reads nothing
    try:
        for block in blocks:
            accumulator.add(block)
            if tick:
                tick(block.nbytes)
    except Unreadable as error:
        return Unmeasured(error.finding.title)
    return accumulator


def _added_up(parts: list[Accumulator | Unmeasured]) -> list[Figures]:
    """The figures of a variable from its spans; the first reason if one could not be read."""
    first, *others = parts
    for part in others:
        if isinstance(first, Unmeasured):
            break
        if isinstance(part, Unmeasured):
            first = part
        else:
            first.merge(part)
    return [first if isinstance(first, Unmeasured) else first.statistics()]


def _only(results: list[list[Figures]]) -> list[Figures]:
    return results[0]
