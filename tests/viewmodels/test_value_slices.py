"""Which part of an N-d tensor is on the screen, checked against NumPy's own indexing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfinspector.viewmodels.inspector.value_slices import (
    SliceView,
    same_look,
    view_of_region,
    whole_view,
)

SHAPES = st.lists(st.integers(1, 5), min_size=0, max_size=5).map(tuple)


def _tensor(shape: tuple[int, ...]) -> np.ndarray:
    return np.arange(int(np.prod(shape))).reshape(shape)


def _on_screen(view: SliceView) -> np.ndarray:
    return view.on_screen(_tensor(view.shape)[view.region()])


@given(SHAPES, st.data())
def test_every_cell_is_the_element_its_index_says(
    shape: tuple[int, ...], data: st.DataObject
) -> None:
    view = whole_view(shape)
    if len(shape) > 1:
        view = view.with_rows(data.draw(st.integers(0, len(shape) - 1)))
        view = view.with_columns(data.draw(st.integers(0, len(shape) - 1)))
    for axis in view.others:
        view = view.with_index(axis, data.draw(st.integers(0, shape[axis] - 1)))
    cells, tensor = _on_screen(view), _tensor(shape)
    assert cells.shape == (view.row_count, view.column_count)
    for row in range(view.row_count):
        for column in range(view.column_count):
            assert cells[row, column] == tensor[view.index(row, column)]


def test_axes_change_places() -> None:
    view = whole_view((3, 4, 5))
    assert (view.rows, view.columns, view.text) == (1, 2, "0, :, :")
    turned = view.with_rows(2)
    assert (turned.rows, turned.columns) == (2, 1)
    other = view.with_columns(0)
    assert (other.rows, other.columns, other.others) == (1, 0, (2,))


def test_a_block_reads_only_its_own_region() -> None:
    view = whole_view((2, 100, 50)).with_index(0, 1)
    assert view.region((64, 100), (32, 50)) == (slice(1, 2), slice(64, 100), slice(32, 50))


def test_a_typed_region_becomes_the_look() -> None:
    before = whole_view((6, 7, 8))
    view = view_of_region((6, 7, 8), (slice(2, 5), slice(3, 4), slice(0, 8)), before)
    assert (view.rows, view.columns) == (0, 2)
    assert view.text == "2:5, 3, :"
    assert np.array_equal(_on_screen(view), _tensor((6, 7, 8))[2:5, 3, :])
    assert view.index(0, 1) == (2, 3, 1)


def test_axes_of_length_one_stay_on_the_screen_if_nothing_else_is_left() -> None:
    view = view_of_region((6, 7), (slice(2, 3), slice(3, 4)), whole_view((6, 7)))
    assert (view.row_count, view.column_count) == (1, 1)
    assert _on_screen(view)[0, 0] == _tensor((6, 7))[2, 3]


def test_a_single_index_leaves_its_axis_free_to_move() -> None:
    region = (slice(1, 2), slice(0, 4), slice(0, 5))
    view = view_of_region((3, 4, 5), region, whole_view((3, 4, 5)))
    assert view.at[0] == 1
    assert view.with_index(0, 2).at[0] == 2


@pytest.mark.parametrize("shape", [(), (5,), (0, 4)])
def test_odd_shapes_have_a_look(shape: tuple[int, ...]) -> None:
    view = whole_view(shape)
    assert _on_screen(view).shape == (view.row_count, view.column_count)


def test_the_look_is_kept_for_tensors_of_the_same_shape_only() -> None:
    view = whole_view((3, 4, 5)).with_index(0, 2)
    assert same_look(view, (3, 4, 5)) is view
    assert same_look(view, (4, 5)) == whole_view((4, 5))
