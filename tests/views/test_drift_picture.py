"""The picture of `drift --png`: what is where, in which colour; and the ranges of colours."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from tfinspector.contents.drift_metrics import METRIC_BY_NAME, METRICS, Reference
from tfinspector.engine.comparing.drifting import drift
from tfinspector.engine.opening import open_source
from tfinspector.viewmodels.drift.colours import Colouring, colour_range
from tfinspector.views.drift.picture import paint_drift

Made = Callable[[str], Path]


def colours_in(picture: bytes) -> set[str]:
    image = QImage.fromData(picture, "PNG")
    assert not image.isNull()
    return {
        QColor(image.pixel(x, y)).name()
        for x in range(0, image.width(), 5)
        for y in range(0, image.height(), 5)
    }


@pytest.mark.parametrize("metric", [metric.name for metric in METRICS])
def test_every_metric_is_drawn(qtbot: QtBot, made: Made, metric: str) -> None:
    table = drift([open_source(str(made("drift.run")))])
    seen = colours_in(paint_drift(table, metric, Reference.PREVIOUS))
    assert len(seen) > 3


def test_what_stands_still_is_grey_and_what_moves_farthest_is_yellow(
    qtbot: QtBot, made: Made
) -> None:
    table = drift([open_source(str(made("drift.run")))])
    seen = colours_in(paint_drift(table, "relative_l2", Reference.FIRST))
    assert "#eceef0" in seen
    assert any(colour.startswith("#fde7") for colour in seen)


def test_one_picture_of_many_rows_and_many_snapshots_stays_bounded(
    qtbot: QtBot, made: Made
) -> None:
    table = drift([open_source(str(made("drift.all_dtypes")))])
    image = QImage.fromData(paint_drift(table, "ks", Reference.FIRST), "PNG")
    assert image.height() < 8000
    assert image.width() < 4000


def test_a_few_outliers_do_not_take_the_colours() -> None:
    values = np.append(np.geomspace(1e-3, 1, 500), [1e30, np.nan, np.inf, 0.0])
    found = colour_range(values, METRIC_BY_NAME["l2"])
    assert found.is_log
    assert 1e-3 < found.low < 2e-3
    assert found.high < 1.1
    assert 0 < found.outside < 30
    assert "outside" in found.words
    places = found.places(np.array([0.0, found.low, found.high, 1e30, np.nan]))
    np.testing.assert_allclose(places, [0, 0, 1, 1, np.nan])


def test_a_person_may_have_other_colours() -> None:
    values = np.append(np.geomspace(1e-3, 1, 500), [1e30, 0.0])
    linear = colour_range(values, METRIC_BY_NAME["l2"], Colouring.LINEAR)
    assert not linear.is_log
    assert (linear.low, linear.outside > 0) == (0, True)
    assert linear.high < 1.1
    whole = colour_range(values, METRIC_BY_NAME["l2"], is_robust=False)
    assert whole.is_log
    assert (whole.high, whole.low) == (1e30, 1e22), "eight decades at most"
    shares = colour_range(np.array([1e-4, 0.5, 0.0]), METRIC_BY_NAME["ks"], Colouring.LOG, False)
    assert (shares.is_log, shares.low, shares.high) == (True, 1e-4, 0.5)
    signed = colour_range(np.array([-1.0, 3.0]), METRIC_BY_NAME["mean_change"], Colouring.LOG)
    assert not signed.is_log


def test_signed_colours_part_at_zero() -> None:
    found = colour_range(np.array([-1.0, 3.0, 2.0]), METRIC_BY_NAME["mean_change"])
    assert found.low == -found.high
    assert found.places(np.array([0.0])).tolist() == [0.5]


def test_ranges_of_nothing_and_of_one_value() -> None:
    for metric in METRICS:
        for values in (np.array([]), np.array([np.nan]), np.array([0.0]), np.array([2.0, 2.0])):
            found = colour_range(values, metric)
            assert found.low <= found.high
            places = found.places(values)
            assert (np.isnan(places) == np.isnan(values)).all()
