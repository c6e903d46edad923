"""The page of `diff`: what changed first, then how far things moved, then what stayed."""

from collections.abc import Sequence

from tfinspector.cli.page import Page
from tfinspector.contents import numbers
from tfinspector.contents.comparisons import Comparison, Told

_SHOWN = ("relative_l2", "cosine", "max_abs", "changed_fraction", "sign_flips", "wasserstein")
_TITLES = ("relative", "cosine", "largest", "changed %", "signs %", "Wasserstein")
_PERCENT = frozenset({"changed_fraction", "sign_flips"})
_MOST_IDENTICAL = 12


def write_page(page: Page, found: Comparison, csv: str | None) -> None:
    """All of it, each kind under its heading."""
    page.line(f"A  {found.a.path}")
    page.line(f"B  {found.b.path}")
    page.line()
    page.line(_summary(found))
    _told(page, "Changed", found.changed)
    _told(page, "Only in B", found.added)
    _told(page, "Only in A", found.removed)
    _told(page, "Could not be read", found.unread)
    _renamed(page, found)
    _moved(page, found)
    _identical(page, found)
    if csv:
        page.line()
        page.line(f"The table is in {csv}.")


def _summary(found: Comparison) -> str:
    counts = [
        (len(found.moved), "moved"), (len(found.identical), "identical"),
        (len(found.changed), "changed"), (len(found.added), "added"),
        (len(found.removed), "removed"), (len(found.renamed), "renamed"),
        (len(found.unread), "unread"),
    ]  # fmt: skip
    told = ", ".join(f"{numbers.whole(count)} {word}" for count, word in counts if count)
    totals = found.totals
    if not totals.parameters:
        return f"{told or 'no variables'}."
    summary = (
        f"{told}. {numbers.whole(totals.moved_parameters)} of "
        f"{numbers.counted(totals.parameters, 'parameter')} moved, by {numbers.four(totals.l2)} in "
        f"all: {numbers.four(totals.relative_l2)} of the length of A."
    )
    return f"{summary} {totals.left_out_words}".rstrip()


def _told(page: Page, heading: str, some: Sequence[Told]) -> None:
    if not some:
        return
    page.heading(heading)
    page.table(("name", "what"), ([each.name for each in some], [each.reason for each in some]))


def _renamed(page: Page, found: Comparison) -> None:
    if not found.renamed:
        return
    page.heading("Renamed")
    page.table(
        ("in A", "in B", "sure", "why"),
        (
            [pair.a.name for pair in found.renamed],
            [pair.b.name for pair in found.renamed],
            [f"{pair.confidence:.2f}" for pair in found.renamed],
            [pair.why for pair in found.renamed],
        ),
        right=(2,),
    )


def _moved(page: Page, found: Comparison) -> None:
    if not found.moved:
        return
    page.heading("Moved, the farthest first")
    ranked = sorted(found.moved, key=lambda pair: _rank(pair.figures["relative_l2"]))
    columns = [[pair.name for pair in ranked]]
    columns += [[_cell(name, pair.figures[name]) for pair in ranked] for name in _SHOWN]
    page.table(("name", *_TITLES), columns, right=range(1, len(columns)))


def _rank(value: float) -> float:
    return -value if value == value else float("inf")


def _cell(name: str, value: float) -> str:
    if value != value:
        return ""
    if name == "cosine":
        return f"{value:.6f}"
    return numbers.four(100 * value if name in _PERCENT else value)


def _identical(page: Page, found: Comparison) -> None:
    if not found.identical:
        return
    page.heading("Identical, bit for bit")
    names = [pair.name for pair in found.identical]
    for name in names[:_MOST_IDENTICAL]:
        page.line(name)
    if len(names) > _MOST_IDENTICAL:
        page.line(f"… and {numbers.whole(len(names) - _MOST_IDENTICAL)} more", "muted")
