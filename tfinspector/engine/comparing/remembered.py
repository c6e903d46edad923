"""Changes of variables from snapshot to snapshot: from the cache where it has them.

Rows are kept in pages of many variables, a column of a page for each snapshot: its figures, its
change from the anchor and from the snapshot before, under the identities of those three. The
samples for the run's path are kept beside each column, and what all of them come to once.

So a run with one snapshot more misses one column, and costs the same however long the run is: the
new snapshot, the one before and the anchor are read, each byte once; all others are not touched.
Less is not possible: the largest change of an element, or whether any bit changed, depends on
every element of both sides of a pair, and nothing smaller than a tensor tells all of its elements.
Nor are two tensors taken to be the same because the checksums in their indexes are: one in four
thousand million pairs of different tensors has the same CRC-32C by chance, and a training that
changes one bit must not be called still. (Kernels of the newest snapshot with zeros enough for a
dead unit are looked at once more for that.)
"""

from collections.abc import Sequence
from concurrent.futures import Executor

from tfinspector.engine.cache.packing import pack, unpack
from tfinspector.engine.cache.store import Store
from tfinspector.engine.comparing.pages import Names, Page
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
    path = PathSum(order)

    def take(number: int, row: RowFigures) -> None:
        path.take(row.samples, row.own)
        if row.products is not None:
            path.add_of_row(row.products, row.own)
        taken(number, row._replace(samples=None, products=None))

    if cache is None:
        measure_strands(order, strands, readers, take, ticket, executor)
        return path.products
    ticket.report(0, 0, "Looking up what is known")
    names = Names(order, strands, readers)
    key, of_pages = names.of_path(order, strands), PathSum(order)
    products = _products_in(cache.get([key]).get(key, b""), of_pages)
    wants = of_pages if products is None else None
    pages = [Page(cache, order, strands, rows, names, wants) for rows in names.pages()]
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
    if products is None:
        products = of_pages.products
        if all(page.is_whole for page in pages) and names.still_hold():
            cache.put({key: pack(None, {"products": products})})
    path.add(products)
    return path.products


def _products_in(body: bytes, path: PathSum) -> Products | None:
    found = unpack(body)
    if found is None or found[1]["products"].shape != path.products.shape:
        return None
    return found[1]["products"]
