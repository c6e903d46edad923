"""Texts of ticks and legends never touch, and never read alike."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtGui import QFontMetrics, QFontMetricsF, QGuiApplication
from pytestqt.qtbot import QtBot

from tfinspector.analysis.sketch import Accumulator
from tfinspector.contents.figures import Histogram, Scale
from tfinspector.viewmodels.inspector.choice_names import told_apart
from tfinspector.viewmodels.inspector.histogram_picture import HistogramPicture, Series
from tfinspector.viewmodels.inspector.value_axis import ValueAxis
from tfinspector.views.inspector.plot_axes import TickedAxis, value_ticks
from tfinspector.views.inspector.plot_style import plot_style, series_colours
from tfinspector.views.inspector.special_counts import elided_apart
from tfinspector.views.theme import DARK, LIGHT, Colours, contrast


@pytest.mark.parametrize("width", [90, 160, 250, 400, 700])
@pytest.mark.parametrize(
    ("axis", "low", "high"),
    [
        (ValueAxis(Scale.LINEAR), -0.00012, 0.00031),
        (ValueAxis(Scale.LINEAR), 1e6 + 0.1, 1e6 + 0.9),
        (ValueAxis(Scale.LOG), -9.0, 3.0),
        (ValueAxis(Scale.SYMLOG, 1e-7), -6.0, 6.0),
        (ValueAxis(Scale.SYMLOG, 1e-3), -1.4, 2.2),
    ],
)
def test_texts_of_ticks_never_touch(
    axis: ValueAxis, low: float, high: float, width: int, qtbot: QtBot
) -> None:
    drawn = TickedAxis("bottom", value_ticks(axis))
    ((_, places),) = drawn.tickValues(low, high, width)
    texts = drawn.tickStrings(places, 1, 1)
    metrics = QFontMetricsF(QGuiApplication.font())
    ends = [
        (
            (place - low) / (high - low) * width - metrics.horizontalAdvance(text) / 2,
            (place - low) / (high - low) * width + metrics.horizontalAdvance(text) / 2,
        )
        for place, text in zip(places, texts, strict=True)
    ]
    assert all(right <= left for (_, right), (left, _) in pairwise(ends))
    if axis.scale is Scale.SYMLOG:
        assert "0" in texts


def picture(labels: list[str], *, in_order: bool) -> HistogramPicture:
    edges, counts = np.array([0.0, 1.0]), np.array([1.0])
    histogram = Histogram(Scale.LINEAR, edges, counts, 0, 0, exact=True)
    figures = Accumulator("float32").statistics()
    series = tuple(Series(label, histogram, figures) for label in labels)
    return HistogramPicture(series=series, in_order=in_order)


@pytest.mark.parametrize("roles", [LIGHT, DARK], ids=["light", "dark"])
def test_snapshots_in_their_order_run_along_a_scale(roles: Colours, qtbot: QtBot) -> None:
    style = plot_style(roles)
    assert series_colours(style, picture(["alone"], in_order=False)) == [style.accent]
    few = series_colours(style, picture(["a", "b"], in_order=False))
    assert few == [style.of(0), style.of(1)]
    steps = series_colours(style, picture([f"step {n}" for n in range(8)], in_order=True))
    lightness = [colour.lightnessF() * colour.valueF() for colour in steps]
    assert len({colour.name() for colour in steps}) == 8
    assert lightness[0] < lightness[-1]
    for colour in steps:
        assert contrast(colour.name(), roles.surface) >= 1.9


def test_names_that_begin_alike_show_where_they_part() -> None:
    names = ["dense/kernel/momentum", "dense/kernel/velocity"]
    assert told_apart(names) == ["…/momentum", "…/velocity"]
    assert told_apart(["a/kernel", "b/kernel"]) == ["a/kernel", "b/kernel"]
    assert told_apart(["a/kernel", "a/kernel/m"]) == ["…/kernel", "…/kernel/m"]
    assert told_apart(["a/kernel"]) == ["a/kernel"]


def test_cut_names_differ(qtbot: QtBot) -> None:
    metrics = QFontMetrics(QGuiApplication.font())
    names = [f"block_{n}/attention/kernel/momentum" for n in (11, 12)]
    room = metrics.horizontalAdvance("block_1.../momentum")
    cut = elided_apart(names, metrics, room)
    assert len(set(cut)) == 2
    assert all(metrics.horizontalAdvance(text) <= room for text in cut)
