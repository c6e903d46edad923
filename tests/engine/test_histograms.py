"""Histograms on shared edges, and counted exactly."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.engine.test_measuring import ArrayReader, variables_of
from tfinspector.contents.figures import Scale, Statistics
from tfinspector.contents.findings import Cancelled, Unreadable
from tfinspector.engine.histograms import draw_exact, draw_shared, robust_range
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.measuring import measure
from tfinspector.formats.checkpoints.checkpoint import read_checkpoint


def reader_of(**arrays: np.ndarray) -> ArrayReader:
    return ArrayReader(arrays)


def figures_of(reader: ArrayReader) -> list[Statistics]:
    found = [measure(reader, variable) for variable in variables_of(reader)]
    return [each for each in found if isinstance(each, Statistics)]


def normal(size: int = 50_000, scale: float = 1.0) -> np.ndarray:
    return (np.random.default_rng(size).standard_normal(size) * scale).astype(np.float32)


@pytest.mark.parametrize("scale", Scale)
def test_all_are_drawn_on_the_same_edges(scale: Scale) -> None:
    reader = reader_of(a=normal(), b=normal(9_000, 3.0), empty=np.empty(0, np.float32))
    drawn = draw_shared(figures_of(reader), 32, scale)
    assert len(drawn) == 3
    for histogram in drawn:
        np.testing.assert_array_equal(histogram.edges, drawn[0].edges)
    for histogram, figures in zip(drawn, figures_of(reader), strict=True):
        total = histogram.counts.sum() + histogram.below + histogram.above
        assert total == figures.finite


def test_by_default_no_value_is_left_out() -> None:
    reader = reader_of(a=np.append(normal(), np.float32(1e6)))
    [histogram] = draw_shared(figures_of(reader))
    assert (histogram.below, histogram.above) == (0, 0)
    assert histogram.counts.sum() == 50_001


def test_outliers_do_not_stretch_a_robust_range_and_are_counted() -> None:
    outliers = np.array([1e6, 2e6, -3e6], np.float32)
    reader = reader_of(a=np.append(normal(), outliers))
    [histogram] = draw_shared(figures_of(reader), robust=True)
    assert -8 < histogram.edges[0] < -3
    assert 3 < histogram.edges[-1] < 8
    assert histogram.below + histogram.above + histogram.counts.sum() == 50_003
    assert histogram.above >= 2


def test_a_robust_range_never_exceeds_the_values() -> None:
    [figures] = figures_of(reader_of(a=np.linspace(0, 1, 30_000)))
    assert robust_range([figures]) == (0, 1)
    around_one = figures_of(reader_of(a=0.97 + normal(scale=1e-4)))
    low, high = robust_range(around_one) or (0, 0)
    assert 0.969 < low < high < 0.971


def test_a_sparse_tensor_keeps_its_few_values_in_range() -> None:
    values = np.zeros(100_000, np.float32)
    values[:200] = np.linspace(-2, 5, 200)
    assert robust_range(figures_of(reader_of(a=values))) == (-2, 5)


def test_no_robust_range_of_nothing_or_on_log_axes() -> None:
    assert robust_range(figures_of(reader_of(a=np.array([np.nan])))) is None
    assert robust_range(figures_of(reader_of(a=normal())), Scale.LOG) is None


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "int32"])
def test_exact_counts_where_the_sketch_is_too_coarse(dtype: str) -> None:
    values = (1000 + normal(5_000_000)).astype(dtype)
    reader = reader_of(a=values)
    edges = np.linspace(999, 1001, 201)
    histogram = draw_exact(reader, variables_of(reader)[0], edges)
    expected, _ = np.histogram(values.astype(float), edges)
    np.testing.assert_array_equal(histogram.counts, expected)
    assert histogram.below == np.count_nonzero(values < 999)
    assert histogram.above == np.count_nonzero(values > 1001)
    assert histogram.exact


def test_exact_counts_of_a_file(made: Callable[[str], Path]) -> None:
    checkpoint, reader = read_checkpoint(str(made("bundles.all_dtypes") / "model.ckpt-5"))
    by_name = {variable.key: variable for variable in checkpoint.variables}
    variable = by_name["int8/matrix"]
    values = reader.read(variable.key)
    edges = np.array([-128.0, 0.0, 127.0])
    histogram = draw_exact(reader, variable, edges)
    assert histogram.counts.tolist() == [(values < 0).sum(), (values >= 0).sum()]
    empty = draw_exact(reader, by_name["float32/empty"], edges)
    assert empty.counts.tolist() == [0, 0]
    assert draw_exact(reader, variable, np.empty(0)).counts.tolist() == []


def test_strings_have_no_histogram(made: Callable[[str], Path]) -> None:
    checkpoint, reader = read_checkpoint(str(made("bundles.strings") / "strings"))
    with pytest.raises(Unreadable, match="has no histogram: holds strings") as caught:
        draw_exact(reader, checkpoint.variables[0], np.array([0.0, 1.0]))
    assert caught.value.finding.fix


def test_exact_counting_can_be_cancelled() -> None:
    reader = reader_of(a=normal(3_000_000))
    ticket = Ticket()
    ticket.cancel()
    with pytest.raises(Cancelled):
        draw_exact(reader, variables_of(reader)[0], np.array([0.0, 1.0]), Scale.LINEAR, ticket)
