"""Changes of variables from snapshot to snapshot: from the cache where it has them.

Rows are kept in pages of many variables, a column of a page for each snapshot: its figures, its
change from the anchor and from the snapshot before, under the identities of those three. So a run
with one snapshot more misses one column, for which three snapshots are read: the new one, the one
before and the anchor. The samples for the run's path are kept beside each column.
"""

from collections.abc import Sequence
from concurrent.futures import Executor

from tfinspector.engine.cache.pages import Names, Page
from tfinspector.engine.cache.store import Store
from tfinspector.engine.comparing.passes import Order, Strand
from tfinspector.engine.comparing.places import Readers
from tfinspector.engine.comparing.row_figures import RowFigures
from tfinspector.engine.comparing.run_path import PathSum, Products
from tfinspector.engine.comparing.sharing_out import Taken, measure_strands
from tfinspector.engine.jobs import Ticket


def measure_remembered(
    cache: Store | None,
    order: Order,
    strands: Sequence[Strand],
    readers: Readers,
    taken: Taken,
    ticket: Ticket,
    executor: Executor | None = None,
) -> Products:
    """As `measure_strands`; returns the inner products for the run's path."""
    path = PathSum(len(order.places))

    def take(number: int, row: RowFigures) -> None:
        path.take(row.samples)
        taken(number, row._replace(samples=None))

    if cache is None:
        measure_strands(order, strands, readers, take, ticket, executor)
        return path.products
    ticket.report(0, 0, "Looking up what is known")
    names = Names(order, strands, readers)
    pages = [Page(cache, order, strands, rows, names) for rows in names.pages()]
    wanted = {number: page for page in pages if page.missing for number in page.rows}
    todo = [*wanted, *names.unnamed]

    def sort_in(place: int, row: RowFigures) -> None:
        page = wanted.get(todo[place])
        if page is None:
            take(todo[place], row)
        elif page.fill(todo[place], row):
            page.keep()

    if todo:
        short = [wanted[at].shortened(at) if at in wanted else strands[at] for at in todo]
        measure_strands(order, short, readers, sort_in, ticket, executor)
    for page in pages:
        page.tell(taken)
        path.add(page.products)
    return path.products
