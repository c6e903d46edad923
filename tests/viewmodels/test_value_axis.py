"""Places and ticks of a value axis."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfinspector.contents.figures import Scale
from tfinspector.viewmodels.inspector.value_axis import ValueAxis, round_values, tick_texts

AXES = (ValueAxis(), ValueAxis(Scale.LOG), ValueAxis(Scale.SYMLOG, 1e-3))


@given(st.floats(1e-30, 1e30), st.sampled_from(AXES))
def test_a_value_comes_back_from_its_place(value: float, axis: ValueAxis) -> None:
    assert axis.value(axis.place(value)) == pytest.approx(value, rel=1e-9)


@given(st.floats(-1e30, 1e30))
def test_symlog_is_odd(value: float) -> None:
    axis = ValueAxis(Scale.SYMLOG, 1e-3)
    assert axis.place(-value) == -axis.place(value)
    assert axis.value(axis.place(value)) == pytest.approx(value, rel=1e-9, abs=1e-15)


def test_symlog_has_one_unit_per_decade_far_from_zero() -> None:
    axis = ValueAxis(Scale.SYMLOG, 1e-3)
    assert axis.place(1000) - axis.place(100) == pytest.approx(1, abs=1e-4)


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6), st.integers(2, 12), st.sampled_from(AXES))
def test_ticks_lie_inside_ascend_and_differ(
    low: float, width: float, room: int, axis: ValueAxis
) -> None:
    if axis.scale is not Scale.LINEAR:
        low, width = low / 1e5, min(width, 12.0)
    ticks = axis.ticks(low, low + width, room)
    places = [place for place, _ in ticks]
    assert all(low <= place <= low + width for place in places)
    assert places == sorted(set(places))
    assert len({text for _, text in ticks}) == len(ticks)
    assert len(ticks) <= 2 * room + 2


@pytest.mark.parametrize(
    ("low", "high", "texts"),
    [
        (-0.13, 0.14, ["−0.1", "−0.05", "0", "0.05", "0.1"]),
        (0.96998, 0.97002, ["0.96998", "0.96999", "0.97", "0.97001", "0.97002"]),
        (0, 8.4e6, ["0", "2e6", "4e6", "6e6", "8e6"]),
        (-1e-6, 1e-6, ["−1e−6", "−5e−7", "0", "5e−7", "1e−6"]),
    ],
)
def test_linear_ticks_are_round(low: float, high: float, texts: list[str]) -> None:
    assert tick_texts(round_values(low, high, 6)) == texts


def test_log_ticks_are_decades_or_1_2_5() -> None:
    axis = ValueAxis(Scale.LOG)
    assert [text for _, text in axis.ticks(-8, 0.3, 6)] == ["1e−8", "1e−6", "0.0001", "0.01", "1"]
    assert [text for _, text in axis.ticks(-1.5, 0.2, 9)] == ["0.05", "0.1", "0.2", "0.5", "1"]


def test_symlog_ticks_are_the_same_on_both_sides() -> None:
    axis = ValueAxis(Scale.SYMLOG, 1e-3)
    values = [axis.value(place) for place, _ in axis.ticks(-3, 3, 6)]
    assert values == pytest.approx([-v for v in reversed(values)])
    assert 0 in [round(v, 12) for v in values]


def test_zero_has_a_place_left_of_everything_on_a_log_axis() -> None:
    places = ValueAxis(Scale.LOG).places(np.array([0.0, -1.0, 1e-300, 1.0]))
    assert places[0] < places[2] < places[3] == 0
    assert places[1] == places[0]
