"""The figures of one variable at all snapshots, from what the pass counted."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfinspector.analysis.drift.distances import NO_DISTANCES, Distances, distances
from tfinspector.analysis.drift.pairs import PairAccumulator, no_change
from tfinspector.contents.drift_metrics import OWN_FIGURES
from tfinspector.contents.figures import Statistics
from tfinspector.engine.comparing.passes import Woven

Floats = NDArray[np.float64]

PAIR_COLUMNS = (
    "l2", "relative_l2", "cosine", "max_abs", "mean_abs", "changed_fraction", "changed_beyond",
    "sign_flips", "wasserstein", "wasserstein_error", "ks", "ks_error",
)  # fmt: skip
_NORM = {"norm": "l2"}


class RowFigures(NamedTuple):
    """Arrays are (snapshots, figures): OWN_FIGURES and PAIR_COLUMNS; NaN where there is none.

    `measured`, `anchored` and `chained` tell where a snapshot was read and where its pairs with
    the anchor and with the snapshot before were. `samples` are elements of each snapshot for the
    run's path, `products` the inner products of all; None where the variable takes no part.
    """

    own: Floats
    to_anchor: Floats
    to_previous: Floats
    measured: NDArray[np.bool_]
    anchored: NDArray[np.bool_]
    chained: NDArray[np.bool_]
    failed: dict[int, str]
    samples: dict[int, NDArray[Any]] | None = None
    products: Floats | None = None


def figures_of(found: Woven, anchor: int) -> RowFigures:
    """The figures of a variable whose spans are all in `found`."""
    row = blank((len(found.own),), found.failed)
    read = sorted(found.present - found.failed.keys())
    statistics = {anchor: _statistics(found, anchor)} if anchor in read else {}
    for at in read:
        if at != anchor:
            statistics[at] = _statistics(found, at)
        row.measured[at] = True
        _fill_own(row, at, statistics[at])
        if at == anchor:
            _fill_itself(row, at, statistics[at], found.size)
        _fill_pair(row.to_anchor, row.anchored, at, found.to_anchor, statistics, anchor)
        if at - 1 == anchor and row.anchored[at]:  # the same pair
            row.chained[at], row.to_previous[at] = True, row.to_anchor[at]
        else:
            _fill_pair(row.to_previous, row.chained, at, found.to_previous, statistics, at - 1)
        if at - 1 != anchor:  # sketches are large: the anchor's and the last one's are needed
            statistics.pop(at - 1, None)
    if found.failed:
        return row
    if found.samples is None:
        return row._replace(products=found.products)
    empty = [np.empty(0, np.float32)]
    return row._replace(
        samples={at: np.concatenate(blocks or empty) for at, blocks in found.samples.items()}
    )


def _statistics(found: Woven, at: int) -> Statistics | None:
    counted = found.own[at]
    return found.known.get(at) if counted is None else counted.statistics()


def blank(shape: tuple[int, ...], failed: dict[int, str]) -> RowFigures:
    """Of so many (variables and) snapshots, with nothing measured yet."""

    def nothing(columns: int) -> Floats:
        return np.full((*shape, columns), np.nan)

    def nowhere() -> NDArray[np.bool_]:
        return np.zeros(shape, bool)

    pairs = len(PAIR_COLUMNS)
    return RowFigures(
        nothing(len(OWN_FIGURES)), nothing(pairs), nothing(pairs),
        nowhere(), nowhere(), nowhere(), failed, None,
    )  # fmt: skip


def _fill_own(row: RowFigures, at: int, figures: Statistics | None) -> None:
    if figures is not None:
        row.own[at] = [float(getattr(figures, _NORM.get(name, name))) for name in OWN_FIGURES]


def _fill_itself(row: RowFigures, at: int, figures: Statistics | None, size: int) -> None:
    """The anchor has not moved from itself, which need not be measured."""
    row.anchored[at] = True
    if figures is None:
        row.to_anchor[at] = (*no_change(size, 0, False, False), *NO_DISTANCES)
        return
    change = no_change(figures.count, figures.finite, figures.l2 > 0, not figures.of_magnitude)
    row.to_anchor[at] = (*change, *(NO_DISTANCES if not figures.finite else Distances(0, 0, 0, 0)))


def _fill_pair(
    values: Floats,
    mask: NDArray[np.bool_],
    at: int,
    pairs: dict[int, PairAccumulator],
    statistics: dict[int, Statistics | None],
    other: int,
) -> None:
    """The pair of snapshot `at` with snapshot `other`, if both were read."""
    if at not in pairs or other not in statistics:
        return
    mask[at] = True
    values[at] = (*pairs[at].figures(), *_distances(statistics[other], statistics[at]))


def _distances(before: Statistics | None, after: Statistics | None) -> Distances:
    """Complex values have their magnitudes' distributions. Strings have none."""
    if before is None or after is None:
        return NO_DISTANCES
    return distances(before.sketch, after.sketch)
