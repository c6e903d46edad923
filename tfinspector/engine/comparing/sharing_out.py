"""The pass over all variables, shared out over threads, or over somebody's executor.

Small variables travel together; a large one is cut into spans that several threads measure. On a
foreign executor (processes, a dask cluster) a variable stays whole: it is told paths and keys, and
opens the files itself.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, wait
from itertools import pairwise
from math import ceil, prod
from typing import Any, NamedTuple

from tfinspector.analysis.drift.ready import warm_up_pairs
from tfinspector.engine.comparing.passes import Order, Strand, Woven, panel_size, weave
from tfinspector.engine.comparing.places import Readers, reader_at
from tfinspector.engine.comparing.row_figures import RowFigures, figures_of
from tfinspector.engine.comparing.small import measure_small
from tfinspector.engine.crew import Crew, await_all, processors
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.spans import Span, regions_of

_BATCH_NBYTES = 16 << 20
_BATCH_SIZE = 128
_WORTH_THREADS = 4 << 20
_WORTH_COMPILING = 32 << 20
_SMALL_WORK = 4 << 10  # what a small tensor takes longer by itself is worth so many bytes
_WORTH_CUTTING = 64 << 20
_AHEAD = 4  # jobs per processor on a foreign executor

Taken = Callable[[int, RowFigures], None]
"""Is called with the number of each strand and its figures, as they are done, in any order."""


class _Batch(NamedTuple):
    numbers: tuple[int, ...]
    strands: tuple[Strand, ...]
    nbytes: int


def measure_strands(
    order: Order,
    strands: Sequence[Strand],
    readers: Readers,
    taken: Taken,
    ticket: Ticket,
    executor: Executor | None = None,
) -> None:
    """Measure all. Raises `Cancelled`.

    Progress is in bytes, reported from the caller's thread, as `taken` is called.
    """
    total = sum(nbytes_of(strand) for strand in strands)
    tensors = sum(cell is not None for strand in strands for cell in strand.cells)
    if executor is None and total + _SMALL_WORK * tensors >= _WORTH_COMPILING:
        warm_up_pairs()
    if executor is not None:
        _measure_elsewhere(order, strands, taken, ticket, executor, total)
    elif total < max(_WORTH_THREADS, _SMALL_WORK * tensors):  # Python's work is not shared out
        _measure_here(order, strands, readers, taken, ticket, total)
    else:
        _measure_with_crew(order, strands, readers, taken, ticket, total)


def nbytes_of(strand: Strand) -> int:
    """The bytes that are read of a variable, over all snapshots."""
    return sum(
        prod(cell.shape) * max(cell.dtype.itemsize, 1) for cell in strand.cells if cell is not None
    )


def _measure_here(
    order: Order,
    strands: Sequence[Strand],
    readers: Readers,
    taken: Taken,
    ticket: Ticket,
    total: int,
) -> None:
    done = 0

    def tick(amount: int) -> None:
        nonlocal done
        done += amount
        ticket.check()

    for batch in _batches(strands):
        ticket.report(done, total, _name(batch.strands[-1]))
        rows = _measure_batch(order, batch.strands, readers, tick)
        for number, row in zip(batch.numbers, rows, strict=True):
            taken(number, row)
    ticket.report(total, total, "")


def _measure_with_crew(
    order: Order,
    strands: Sequence[Strand],
    readers: Readers,
    taken: Taken,
    ticket: Ticket,
    total: int,
) -> None:
    """The largest first, so that no thread is left with one of them at the end."""
    with Crew(ticket) as crew:
        share = max(total // (4 * crew.size), _WORTH_CUTTING)
        jobs: deque[tuple[_Batch, list[Future[Any]], bool]] = deque()
        for batch in _batches(strands):
            spans = _spans(order, batch.strands[0], ceil(batch.nbytes / share))
            is_cut = len(batch.strands) == 1 and len(spans) > 1
            if is_cut:
                parts = [
                    crew.submit(weave, order, batch.strands[0], readers, crew.tick, span)
                    for span in spans
                ]
                jobs.append((batch, list(parts), is_cut))
            else:
                whole = crew.submit(_measure_batch, order, batch.strands, readers, crew.tick)
                jobs.append((batch, [whole], is_cut))
        while jobs:
            batch, futures, is_cut = jobs.popleft()  # so that what was taken is let go
            results = await_all(
                futures, ticket, lambda: (crew.done, total), _name(batch.strands[-1])
            )
            rows = [_added_up(results, order.anchor)] if is_cut else results[0]
            for number, row in zip(batch.numbers, rows, strict=True):
                taken(number, row)


def _added_up(parts: list[Woven], anchor: int) -> RowFigures:
    """The figures of a variable that was cut into spans."""
    first, *others = parts
    for other in others:
        first.merge(other)
    return figures_of(first, anchor)


def _measure_elsewhere(
    order: Order,
    strands: Sequence[Strand],
    taken: Taken,
    ticket: Ticket,
    executor: Executor,
    total: int,
) -> None:
    waiting: dict[Future[list[RowFigures]], _Batch] = {}
    batches = _batches(strands)
    done = 0
    try:
        while True:
            while len(waiting) < _AHEAD * processors() and (batch := next(batches, None)):
                future = executor.submit(measure_remotely, order, batch.strands)
                waiting[future] = batch
            if not waiting:
                break
            ready, _ = wait(waiting, 0.05, "FIRST_COMPLETED")
            for future in ready:
                batch = waiting.pop(future)
                done += batch.nbytes
                for number, row in zip(batch.numbers, future.result(), strict=True):
                    taken(number, row)
            ticket.report(done, total, "")
    finally:
        for future in waiting:
            future.cancel()


def measure_remotely(order: Order, strands: Sequence[Strand]) -> list[RowFigures]:
    """What a foreign executor runs: the files are opened over there."""
    warm_up_pairs()
    return _measure_batch(order, strands, reader_at, _ignore)


def _measure_batch(
    order: Order, strands: Sequence[Strand], readers: Readers, tick: Callable[[int], None]
) -> list[RowFigures]:
    small = measure_small(order, strands, readers, tick)
    return [
        small[place]
        if place in small
        else figures_of(weave(order, strand, readers, tick), order.anchor)
        for place, strand in enumerate(strands)
    ]


def _batches(strands: Sequence[Strand]) -> Iterator[_Batch]:
    """The largest first; neighbours together while they are few and small."""
    sizes = [nbytes_of(strand) for strand in strands]
    ranked = sorted(range(len(strands)), key=sizes.__getitem__, reverse=True)
    numbers: list[int] = []
    nbytes = 0
    for number in ranked:
        if numbers and (nbytes + sizes[number] > _BATCH_NBYTES or len(numbers) == _BATCH_SIZE):
            yield _Batch(tuple(numbers), tuple(strands[n] for n in numbers), nbytes)
            numbers, nbytes = [], 0
        numbers.append(number)
        nbytes += sizes[number]
    if numbers:
        yield _Batch(tuple(numbers), tuple(strands[n] for n in numbers), nbytes)


def _spans(order: Order, strand: Strand, parts: int) -> list[Span]:
    """The panels of a variable shared out; none where its shape changes or it can't be cut."""
    cells = [cell for cell in strand.cells if cell is not None]
    is_alike = len({cell.shape for cell in cells}) == 1
    itemsize = max(cell.dtype.itemsize for cell in cells)
    if parts < 2 or not is_alike or not itemsize:
        return []
    count = sum(1 for _ in regions_of(cells[0].shape, panel_size(order, strand, itemsize)))
    parts = min(parts, count)
    bounds = [count * part // parts for part in range(parts + 1)]
    return [Span(start, stop) for start, stop in pairwise(bounds)]


def _name(strand: Strand) -> str:
    return next(cell.name for cell in reversed(strand.cells) if cell is not None)


def _ignore(nbytes: int) -> None:
    """Nobody counts over there."""
