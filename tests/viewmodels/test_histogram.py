"""The histogram of chosen variables, on files that TensorFlow wrote, against NumPy's counting."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.looking import choice_of, choose, opened, session
from tfinspector.contents.figures import Scale
from tfinspector.viewmodels.inspector.histogram import HistogramModel
from tfinspector.viewmodels.inspector.histogram_picture import (
    Arrangement,
    Heights,
    HistogramPicture,
    RangeRule,
    heights_name,
)
from tfinspector.viewmodels.inspector.histogram_readout import read_out
from tfinspector.viewmodels.inspector.histogram_table import bins_header, bins_rows, caption
from tfinspector.viewmodels.session import Session

__all__ = ["opened", "session"]

Look = Callable[..., HistogramPicture]


@pytest.fixture
def model(opened: Callable[[str], Session], qtbot: QtBot) -> Iterator[HistogramModel]:
    made = HistogramModel(opened("run"))
    yield made
    made.deleteLater()


@pytest.fixture
def look(model: HistogramModel, qtbot: QtBot) -> Look:
    """`look("kernel", ...)`: the picture once nothing is awaited any more."""

    def choose_and_wait(*names: str, **options: Any) -> HistogramPicture:
        model.set_options(**options)
        choose(model._session, *(f"module/{name}" for name in names))
        qtbot.waitUntil(lambda: settled(model), timeout=20_000)
        return model.picture

    return choose_and_wait


def settled(model: HistogramModel) -> bool:
    return not model.is_waiting and not model._settle.isActive()


@pytest.fixture
def stored(made: Callable[[str], Path], referee: Callable[[Any], dict[str, Any]]) -> Any:
    """`stored("kernel", 300)`: the values as TensorFlow reads them."""

    def read(name: str, step: int = 300) -> np.ndarray:
        keys = referee(made("pictures.run") / "run" / f"ckpt-{step}")
        dtype, shape, data = keys[f"module/{name}/.ATTRIBUTES/VARIABLE_VALUE"]
        return np.frombuffer(data, dtype).reshape(shape)

    return read


def test_a_picture_says_what_it_is_of(look: Look) -> None:
    picture = look("kernel")
    assert picture.title == "module/kernel, step 300, 1,200 values"
    assert [series.label for series in picture.series] == ["module/kernel"]
    assert picture.range_words.startswith("Robust range, ")


def test_every_value_is_in_a_bin_or_told_to_be_outside(look: Look, stored: Any) -> None:
    for rule in (RangeRule.ROBUST, RangeRule.FULL):
        series = look("spoiled", rule=rule).series[0]
        values = stored("spoiled")
        finite = np.isfinite(values).sum()
        assert series.histogram.counts.sum() + series.outside == finite
    assert series.outside == 0
    figure = series.statistics
    assert (figure.nan, figure.posinf, figure.neginf, figure.zero) == (5, 1, 1, 3)


def test_bins_finer_than_the_sketch_are_counted_exactly(look: Look, stored: Any) -> None:
    picture = look("narrow", rule=RangeRule.FULL)
    assert picture.accuracy == "exact"
    counts, _ = np.histogram(stored("narrow").astype(np.float64), picture.edges)
    assert np.array_equal(picture.series[0].histogram.counts, counts)


def test_a_zoom_rebins_what_is_in_view_and_reads_again(
    look: Look, model: HistogramModel, qtbot: QtBot, stored: Any
) -> None:
    look("kernel")
    model.zoom(0.1, 0.11)
    assert model.picture.zoomed
    qtbot.waitUntil(lambda: settled(model), timeout=20_000)
    picture = model.picture
    assert (picture.edges[0], picture.edges[-1]) == (0.1, 0.11)
    counts, _ = np.histogram(stored("kernel").astype(np.float64), picture.edges)
    assert np.array_equal(picture.series[0].histogram.counts, counts)
    assert picture.accuracy == "exact"
    assert picture.range_words.startswith("Zoomed, ")
    model.fit()
    assert not model.picture.zoomed
    assert model.picture.edges[0] < -0.5


def test_cancelling_the_exact_count_leaves_the_picture_from_the_sketch(
    look: Look, model: HistogramModel, qtbot: QtBot
) -> None:
    look("kernel")
    model.zoom(0.1, 0.11)
    qtbot.waitUntil(lambda: model.task is not None or settled(model))
    model.cancel()
    assert model.task is None
    assert len(model.picture.edges) == 65


def test_several_snapshots_share_their_bins_and_are_told_apart_by_step(
    model: HistogramModel, made: Callable[[str], Path], qtbot: QtBot, stored: Any
) -> None:
    session = model._session
    prefixes = [made("pictures.run") / "run" / f"ckpt-{step}" for step in (100, 300)]
    session.choose([choice_of(session, "module/kernel", str(prefix)) for prefix in prefixes])
    model.set_options(rule=RangeRule.FULL)
    qtbot.waitUntil(lambda: settled(model) and len(model.picture.series) == 2, timeout=20_000)
    picture = model.picture
    assert picture.subject == "module/kernel"
    assert picture.extent == "2 snapshots, 2,400 values"
    assert picture.edges[0] == stored("kernel", 300).min()
    for series, step in zip(picture.series, (100, 300), strict=True):
        assert str(step) in series.label
        assert series.histogram.edges is not None
        assert series.histogram.counts.sum() == stored("kernel", step).size


def test_several_variables_are_told_apart_by_name(look: Look) -> None:
    picture = look("kernel", "constant", arrangement=Arrangement.OFFSET)
    assert picture.title == "2 variables, step 300, 1,264 values"
    assert [series.label for series in picture.series] == ["module/kernel", "module/constant"]


def test_density_is_a_share_per_unit(look: Look) -> None:
    picture = look("kernel", heights=Heights.DENSITY, rule=RangeRule.FULL)
    area = (picture.heights(picture.series[0]) * np.diff(picture.edges)).sum()
    assert area == pytest.approx(1)
    assert heights_name(picture.options) == "Share of values per unit of value"


def test_bins_are_evenly_wide_on_the_axis_that_is_drawn(look: Look) -> None:
    for scale in (Scale.SYMLOG, Scale.LINEAR):
        picture = look("spoiled", scale=scale)
        widths = np.diff(picture.axis.places(picture.edges))
        assert widths == pytest.approx(np.full(len(widths), widths.mean()), rel=1e-6)


def test_a_log_axis_says_how_many_values_have_no_place_on_it(look: Look, stored: Any) -> None:
    picture = look("spoiled", scale=Scale.LOG)
    values = stored("spoiled")
    hidden = (values[np.isfinite(values)] <= 0).sum()
    assert f"({hidden} of them ≤ 0)" in picture.range_words
    widths = np.diff(np.log10(picture.edges))
    assert widths == pytest.approx(np.full(len(widths), widths.mean()))


def test_a_log_axis_without_positive_values_says_what_to_choose(
    model: HistogramModel, look: Look
) -> None:
    picture = look("negative", scale=Scale.LOG)
    assert not picture.series
    assert "Choose symlog" in picture.message
    model.set_options(scale=Scale.SYMLOG)
    assert model.picture.series


def test_whole_numbers_get_a_bin_each(look: Look, stored: Any) -> None:
    picture = look("numbers", rule=RangeRule.FULL)
    values = stored("numbers")
    assert picture.edges[0] == values.min() - 0.5
    counts = np.bincount(values - values.min())
    assert np.array_equal(picture.series[0].histogram.counts, counts)
    assert picture.accuracy == "exact"


def test_booleans_have_two_bars(look: Look) -> None:
    picture = look("flags", rule=RangeRule.FULL)
    assert picture.series[0].histogram.counts.tolist() == [6, 4]


def test_a_range_by_hand_is_kept_to(look: Look, stored: Any) -> None:
    picture = look("kernel", rule=RangeRule.BY_HAND, low=-0.1, high=0.2)
    values = stored("kernel")
    outside = ((values < np.float64(-0.1)) | (values > 0.2)).sum()
    assert (picture.edges[0], picture.edges[-1]) == (-0.1, 0.2)
    assert picture.series[0].outside == pytest.approx(outside, abs=5)
    assert picture.range_words.startswith("Range by hand, ")


@pytest.mark.parametrize(
    ("name", "words", "has_bars"),
    [
        ("scalar", "One value: 1200", True),
        ("constant", "Constant: all 64 values are 0.25", True),
        ("empty", "Holds no values: its shape is 0 x 4.", False),
        ("nothing", "No finite value: all 4 are NaN.", False),
    ],
)
def test_what_is_no_distribution_gets_its_words(
    look: Look, name: str, words: str, has_bars: bool
) -> None:
    picture = look(name)
    assert picture.message == words
    assert bool(picture.series) == has_bars
    if has_bars:
        counts = picture.series[0].histogram.counts
        assert counts.max() == picture.series[0].statistics.count
        assert (counts > 0).sum() == 1


def test_strings_say_why_there_is_no_histogram(look: Look) -> None:
    picture = look("words")
    assert not picture.series
    assert "string" in picture.message


def test_complex_values_are_drawn_by_magnitude(look: Look) -> None:
    assert look("waves").of_magnitude


def test_what_cannot_be_drawn_is_noted_beside_what_can(look: Look) -> None:
    picture = look("kernel", "words")
    assert len(picture.series) == 1
    assert any(note.startswith("module/words: ") for note in picture.notes)


def test_the_readout_names_the_bin_and_its_count(look: Look) -> None:
    picture = look("flags", rule=RangeRule.FULL)
    readout = read_out(picture, 0)
    assert readout.bin == "−0.5 to 0.5"
    assert readout.rows == (("module/flags", "6", "60"),)
    assert readout.line == "−0.5 to 0.5:  6  (60 %)"


def test_the_bins_as_a_table_add_up(look: Look) -> None:
    picture = look("spoiled")
    assert bins_header(picture) == ["from", "to", "module/spoiled"]
    rows = list(bins_rows(picture))
    bins = rows[: len(picture.edges) - 1]
    assert float(bins[0][0]) == picture.edges[0]
    apart = {row[0]: int(row[2]) for row in rows[len(bins) :]}
    total = sum(float(row[2]) for row in bins) + apart["below"] + apart["above"]
    assert total + apart["NaN"] + apart["+Inf"] + apart["-Inf"] == 400
    assert caption(picture)[0].startswith("400 values, zero 3, NaN 5, +Inf 1, −Inf 1")


def test_options_that_do_not_change_draw_nothing_anew(look: Look, model: HistogramModel) -> None:
    look("kernel")
    drawn = []
    model.picture_changed.connect(lambda: drawn.append(1))
    model.set_options(bins=64)
    assert not drawn
    model.toggle_log()
    assert model.options.heights is Heights.LOG_COUNT
    model.toggle_log()
    assert model.options.heights is Heights.COUNT
    assert len(drawn) == 2


def test_without_a_choice_there_is_no_picture(model: HistogramModel) -> None:
    assert model.picture.title == ""
    assert not model.picture.series
