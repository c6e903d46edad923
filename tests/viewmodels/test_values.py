"""Values of the chosen variable: table, heat map, typed slices, copies and exports."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.looking import choose, opened, session
from tfinspector.contents.dtypes import DTYPE_BY_NAME
from tfinspector.contents.tensors import VariantElement
from tfinspector.viewmodels.inspector.heat_map import heat_map_of
from tfinspector.viewmodels.inspector.value_slices import whole_view
from tfinspector.viewmodels.inspector.value_texts import cell_text, exact_text, is_bad
from tfinspector.viewmodels.inspector.values import Look, ValuesModel
from tfinspector.viewmodels.inspector.values_table import BLOCK_ROWS, IsBadRole
from tfinspector.viewmodels.session import Session

__all__ = ["opened", "session"]


@pytest.fixture
def model(opened: Callable[[str], Session]) -> Iterator[ValuesModel]:
    made = ValuesModel(opened("run/ckpt-300"))
    yield made
    made.deleteLater()


@pytest.fixture
def stored(made: Callable[[str], Path], referee: Callable[[Any], dict[str, Any]]) -> Any:
    def read(name: str) -> np.ndarray:
        keys = referee(made("pictures.run") / "run" / "ckpt-300")
        dtype, shape, data = keys[f"module/{name}/.ATTRIBUTES/VARIABLE_VALUE"]
        return np.frombuffer(data, dtype).reshape(shape)

    return read


def cell(model: ValuesModel, row: int, column: int, qtbot: QtBot) -> str:
    """The text of a cell, once it is there."""
    index = model.table.index(row, column)
    if index.data() == "·":
        with qtbot.waitSignal(model.table.arrived, timeout=20_000):
            pass
    return str(index.data())


def shown(model: ValuesModel, name: str) -> None:
    choose(model._session, f"module/{name}")


def test_cells_are_placeholders_until_they_are_read(model: ValuesModel, qtbot: QtBot) -> None:
    shown(model, "conv")
    assert (model.table.rowCount(), model.table.columnCount()) == (5, 6)
    assert model.table.index(1, 2).data() == "·"
    assert model.table.is_reading
    assert cell(model, 1, 2, qtbot) == "8"
    assert not model.table.is_reading


def test_a_cell_tells_its_index_and_full_precision(
    model: ValuesModel, qtbot: QtBot, stored: Any
) -> None:
    shown(model, "kernel")
    cell(model, 2, 3, qtbot)
    tip = model.table.index(2, 3).data(Qt.ItemDataRole.ToolTipRole)
    place, text = tip.split("\n")
    assert place == "[2, 3]"
    assert np.float32(text) == stored("kernel")[2, 3]


def test_only_blocks_that_are_looked_at_are_read(model: ValuesModel, qtbot: QtBot) -> None:
    shown(model, "wide")
    cell(model, 1000, 650, qtbot)
    assert list(model.table._blocks) == [(1000 // BLOCK_ROWS, 20)]


def test_other_axes_move(model: ValuesModel, qtbot: QtBot, stored: Any) -> None:
    shown(model, "conv")
    model.set_view(model.view.with_index(0, 2).with_index(1, 3))
    assert float(cell(model, 4, 5, qtbot)) == stored("conv")[2, 3, 4, 5]
    model.set_view(model.view.with_rows(0))
    assert (model.table.rowCount(), model.table.columnCount()) == (3, 6)


def test_a_typed_slice_is_taken_or_refused_in_words(
    model: ValuesModel, qtbot: QtBot, stored: Any
) -> None:
    shown(model, "kernel")
    assert model.type_slice("5:9, 2") == ""
    assert model.size == 4
    assert np.float32(model.view.index(0, 0)[0]) == 5
    assert model.type_slice("99:100, 0") != ""
    assert model.type_slice("a, b") != ""
    assert model.size == 4


def test_nan_and_inf_are_marked(model: ValuesModel, qtbot: QtBot) -> None:
    shown(model, "spoiled")
    assert cell(model, 3, 0, qtbot) == "NaN"
    assert cell(model, 4, 1, qtbot) == "∞"
    assert model.table.index(3, 0).data(IsBadRole) is True
    assert model.table.index(0, 0).data(IsBadRole) is False


def test_strings_are_text_and_have_no_heat_map(model: ValuesModel, qtbot: QtBot) -> None:
    shown(model, "words")
    assert cell(model, 0, 0, qtbot) == "first"
    assert cell(model, 1, 0, qtbot) == "base64://4="
    assert cell(model, 2, 0, qtbot) == "größer"
    model.set_look(Look.HEAT_MAP)
    assert model.heat_map is None


def test_a_scalar_is_one_cell(model: ValuesModel, qtbot: QtBot) -> None:
    shown(model, "scalar")
    assert (model.table.rowCount(), model.table.columnCount()) == (1, 1)
    assert cell(model, 0, 0, qtbot) == "1,200"


def test_an_empty_tensor_says_so(model: ValuesModel) -> None:
    shown(model, "empty")
    assert model.problem == "Holds no values: its shape is 0 x 4."
    assert model.table.rowCount() == 0


def drawn(model: ValuesModel, qtbot: QtBot) -> Any:
    model.set_look(Look.HEAT_MAP)
    qtbot.waitUntil(lambda: not model.is_stale, timeout=20_000)
    assert model.heat_map is not None
    return model.heat_map


def test_a_heat_map_holds_the_values_and_a_symmetric_range(
    model: ValuesModel, qtbot: QtBot, stored: Any
) -> None:
    shown(model, "kernel")
    heat_map = drawn(model, qtbot)
    assert np.array_equal(heat_map.values, stored("kernel"))
    assert heat_map.is_signed
    assert heat_map.low == -heat_map.high
    assert heat_map.element(2, 3) == (2, 3, stored("kernel")[2, 3])


def test_a_big_slice_is_sampled_and_says_so(model: ValuesModel, qtbot: QtBot, stored: Any) -> None:
    shown(model, "wide")
    heat_map = drawn(model, qtbot)
    assert np.array_equal(heat_map.values, stored("wide")[::3, ::2])
    assert "every 3rd row and every 2nd column of 1,300 x 700" in heat_map.words
    assert not heat_map.is_signed


def test_nan_is_counted_apart_in_a_heat_map(model: ValuesModel, qtbot: QtBot) -> None:
    shown(model, "spoiled")
    heat_map = drawn(model, qtbot)
    assert "NaN 5 (hatched), Inf 2" in heat_map.words
    assert np.isfinite([heat_map.low, heat_map.high]).all()


def test_a_heat_map_of_nothing_but_nan_has_a_range() -> None:
    heat_map = heat_map_of(np.full((2, 2), np.nan), 1, 1, whole_view((2, 2)))
    assert heat_map.low < heat_map.high


def test_the_look_is_kept_for_the_next_variable(model: ValuesModel, qtbot: QtBot) -> None:
    shown(model, "kernel")
    drawn(model, qtbot)
    shown(model, "spoiled")
    qtbot.waitUntil(lambda: not model.is_stale, timeout=20_000)
    assert model.look is Look.HEAT_MAP
    assert model.heat_map is not None
    assert model.heat_map.values.shape == (20, 20)


def test_a_copy_is_tab_separated_and_exact(model: ValuesModel, qtbot: QtBot, stored: Any) -> None:
    shown(model, "spoiled")
    texts: list[str] = []
    model.read_tsv(texts.append)
    qtbot.waitUntil(lambda: bool(texts), timeout=20_000)
    rows = [[np.float32(text) for text in line.split("\t")] for line in texts[0].split("\n")]
    assert np.array_equal(np.array(rows, np.float32), stored("spoiled"), equal_nan=True)


def test_what_is_too_big_to_copy_is_refused(model: ValuesModel) -> None:
    shown(model, "wide")
    assert model.read_tsv(lambda text: None) is None


@pytest.mark.parametrize("name", ["kernel", "conv", "waves", "words"])
def test_exports_are_what_the_slice_shows(
    name: str, model: ValuesModel, qtbot: QtBot, tmp_path: Path, stored: Any
) -> None:
    shown(model, name)
    kinds = ("csv",) if name == "words" else ("npy", "csv")
    for kind in kinds:
        task = model.export(str(tmp_path / f"slice.{kind}"), kind)
        assert task is not None
        qtbot.waitUntil(lambda task=task: task.state.is_over, timeout=20_000)
        assert task.finding is None
    with open(tmp_path / "slice.csv", newline="") as file:
        rows = list(csv.reader(file))
    if name == "words":
        assert [row[0] for row in rows[1:]] == ["first", "base64://4=", "größer"]
        return
    values = stored(name)[model.view.region()]
    expected = model.view.on_screen(values)
    assert np.array_equal(np.load(tmp_path / "slice.npy"), values.squeeze())
    assert len(rows) == len(expected) + 1
    assert np.array([rows[1][0]]).astype(expected.dtype)[0] == expected[0, 0]


def test_elements_of_every_kind_have_a_text() -> None:
    import ml_dtypes

    float32 = DTYPE_BY_NAME["float32"]
    variant = VariantElement("tensorflow::TensorList", b"", ((float32, (2, 4)),))
    for value, short, exact in _texts(variant, ml_dtypes):
        assert cell_text(value) == short
        assert exact_text(value) == exact
        assert not is_bad(value)
    assert is_bad(np.float32("nan"))
    assert len(cell_text(b"x" * 5000)) == 200


def _texts(variant: VariantElement, ml_dtypes: Any) -> list[tuple[Any, str, str]]:
    words = "tensorflow::TensorList: 1 tensor, float32 2 x 4"
    return [
        (np.float32(0.1), "0.1", "0.1"),
        (ml_dtypes.bfloat16(0.5), "0.5", "0.5"),
        (np.int64(2**53 + 1), "9,007,199,254,740,993", "9007199254740993"),
        (np.bool_(True), "true", "true"),
        (np.complex64(0.5 - 1.25j), "0.5 − 1.25i", "(0.5-1.25j)"),
        (b"text", "text", "text"),
        (variant, words, words),
    ]
