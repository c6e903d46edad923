"""The filter field: what each term finds, and what it says when it is not understood."""

from __future__ import annotations

import pytest

from tests.viewmodels.made_up import statistics, variable
from tfinspector.contents.figures import Unmeasured
from tfinspector.contents.variables import Role
from tfinspector.viewmodels.variables.columns import FigureTable
from tfinspector.viewmodels.variables.filter import FilterError, matched_spans, parse_filter

ROWS = (
    variable("model/dense_3/kernel", (1024, 512), trainable=True),
    variable("model/dense_3/bias", (512,), trainable=True),
    variable("model/conv/kernel", (3, 3, 64), dtype="float16"),
    variable("optimizer/m/dense_3/kernel", (1024, 512), Role.SLOT),
    variable("optimizer/iterations", (), Role.OPTIMIZER, dtype="int64"),
    variable("tied", (2,), paths=("encoder/w", "decoder/w")),
    variable("broken", (2,), problem="its shard is missing"),
)


@pytest.fixture
def table() -> FigureTable:
    table = FigureTable(ROWS)
    for row, nan in zip(ROWS[:4], (0, 0, 5, 0), strict=True):
        table.note_all([(row.key, statistics(100, nan=nan, zero=60, low=-2.0))])
    table.note_all([(ROWS[4].key, Unmeasured("holds strings"))])
    return table


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [0, 1, 2, 3, 4, 5, 6]),
        ("kernel", [0, 2, 3]),
        ("KERNEL", [0, 2, 3]),
        ("kernel conv", [2]),
        ("kernel -conv", [0, 3]),
        ("d3k", [0, 3]),
        ('"dense_3/kernel"', [0, 3]),
        ("name:bias", [1]),
        ("name!=kernel", [1, 4, 5, 6]),
        ("dtype:float32", [0, 1, 3, 5, 6]),
        ("dtype:float", [0, 1, 2, 3, 5, 6]),
        ("dtype:int64,float16", [2, 4]),
        ("role:slot", [3]),
        ("role:slot,optimizer", [3, 4]),
        ("-role:weight", [3, 4]),
        ("size>1M", [0, 3]),
        ("size>2MiB", []),
        ("size>=2MiB", [0, 3]),
        ("params>500k", [0, 3]),
        ("params=512", [1]),
        ("rank=3", [2]),
        ("shape:1024x512", [0, 3]),
        ("shape:*x512", [0, 3]),
        ("shape:(3,3,64)", [2]),
        ("shape:scalar", [4]),
        ("nan>0", [2]),
        ("nan=0", [0, 1, 3]),
        ("-nan=0", [2, 4, 5, 6]),
        ("zero>50%", [0, 1, 2, 3]),
        ("min<-1", [0, 1, 2, 3]),
        ("trainable:yes", [0, 1]),
        ("shared:yes", [5]),
        ("problem:yes", [6]),
        ("key:optimizer", [3, 4]),
        ("dtype:float32 size>1M role:slot kernel", [3]),
        ("nothing_like_it", []),
    ],
)
def test_what_is_found(text: str, found: list[int], table: FigureTable) -> None:
    shown = parse_filter(text).shown(table)
    assert [row for row, is_shown in enumerate(shown) if is_shown] == found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("dtyp:float32", 'There is no field "dtyp". Did you mean dtype?'),
        ("role:slots", 'There is no role "slots". Did you mean slot?'),
        ("size>big", '"big" is not a number: write size>1M'),
        ("size>1x", '"1x" is not a number: write size>1M'),
        ("size>1.2.3", '"1.2.3" is not a number: write size>1M'),
        ("nan>", "nan> needs a value, like nan>0"),
        ("shape:axb", '"axb" is not a shape: write shape:64x3, or shape:*x3 for any length'),
        ("dtype>3", "dtype can't be compared with >: write dtype:float32"),
        ("trainable:maybe", "trainable is yes or no: write trainable:yes"),
        ('"open', "A quotation mark is open: close it with another one"),
    ],
)
def test_what_is_said_when_it_is_not_understood(text: str, said: str) -> None:
    with pytest.raises(FilterError) as error:
        parse_filter(text)
    assert str(error.value) == said


def test_a_search_by_beginnings_is_linear_in_the_name(table: FigureTable) -> None:
    """A back-tracking search would not end: "a" follows "a" and also begins every word."""
    hostile = FigureTable([variable("/".join(["a" * 20] * 200))])
    assert not parse_filter("a" * 25 + "b").shown(hostile).any()


def test_only_a_filter_on_figures_needs_them() -> None:
    assert parse_filter("nan>0").needs_figures
    assert not parse_filter("size>1M kernel").needs_figures


def test_every_hit_is_marked() -> None:
    name = "dense_dense"
    assert matched_spans(name, name, ("dense", "se_")) == [(0, 5), (3, 6), (6, 11)]
    assert matched_spans("bias", "bias", ("kernel",)) == []


def test_a_hit_that_began_in_a_group_is_marked_where_it_goes_on() -> None:
    assert matched_spans("model/dense_1/kernel", "kernel", ("1/ker",)) == [(0, 3)]
    assert matched_spans("model/dense_1", "dense_1", ("model",)) == []


def test_beginnings_of_words_are_marked_letter_by_letter() -> None:
    assert matched_spans("dense_3/kernel", "dense_3/kernel", ("d3k",)) == [(0, 1), (6, 7), (8, 9)]
    assert matched_spans("dense_3/kernel", "kernel", ("d3ke",)) == [(0, 1), (1, 2)]
