"""Variables by column read like a tuple of variables."""

from __future__ import annotations

import numpy as np
import pytest

from tfinspector.contents.dtypes import DTYPE_BY_NAME
from tfinspector.contents.kinds import Kinds, renumbered
from tfinspector.contents.variable_columns import OnePathEach, VariableColumns
from tfinspector.contents.variables import Role, Variable

FLOAT = DTYPE_BY_NAME["float32"]
KERNEL = Variable("d/kernel", "k", ("m/kernel",), FLOAT, (2, 3), 24, Role.WEIGHT, True, 4, "full")
BIAS = KERNEL._replace(name="d/bias", key="b", paths=("m/bias", "o/1"), shape=(3,), nbytes=12)
SLOT = BIAS._replace(name="a/m", key="s", role=Role.SLOT, slot_name="m", slot_of="d/bias")
BROKEN = BIAS._replace(name="x", key="x", problem="is broken")


def test_rows_are_what_the_columns_were_made_of() -> None:
    rows = (KERNEL, BIAS, SLOT, BROKEN)
    columns = VariableColumns.of(rows)
    assert len(columns) == 4
    assert tuple(columns) == rows
    assert columns[1] is columns.rows[1]
    assert columns[1:3] == rows[1:3]
    assert columns == rows
    assert columns == VariableColumns.of(rows)
    assert columns != rows[:3]
    assert VariableColumns.of(columns) is columns


def test_alike_variables_are_of_one_kind() -> None:
    columns = VariableColumns.of((KERNEL, BIAS, KERNEL, SLOT))
    assert columns.traits.counts() == [2, 1, 1]
    assert [each.shape for each in columns.traits] == [(2, 3), (3,), (2, 3), (3,)]
    assert columns.traits.samples[0].size == 6
    assert columns.slots == {3: ("m", "d/bias")}


def test_no_variables() -> None:
    columns = VariableColumns.of(())
    assert columns.rows == ()
    assert columns.unreadable() == []
    assert columns.traits.counts() == []


def test_rows_are_made_for_unreadable_variables_only() -> None:
    asked: list[str] = []

    def paths() -> list[tuple[str, ...]]:
        asked.append("paths")
        return [()]

    traits = VariableColumns.of((KERNEL,)).traits
    sound = VariableColumns(["n"], ["k"], traits, [0], {}, paths, lambda: [""])
    assert sound.unreadable() == []
    assert asked == []
    assert VariableColumns.of((KERNEL, BROKEN)).unreadable() == [BROKEN]
    assert sound[0].paths == ()
    assert asked == ["paths"]


def test_kinds_read_like_the_list_of_their_elements() -> None:
    kinds = Kinds.among("abca")
    assert list(kinds) == list("abca")
    assert kinds[3] == "a"
    assert list(kinds[1:3]) == ["b", "c"]
    assert list(kinds.chosen([3, 1])) == ["a", "b"]
    kinds.put(0, "z")
    assert list(kinds) == list("zbca")
    assert kinds.counts() == [1, 1, 1, 1]


@pytest.mark.parametrize("codes", [[], [7], [5, 2, 5, 9, 2]])
def test_codes_are_renumbered(codes: list[int]) -> None:
    distinct, places = renumbered(np.array(codes, np.int64))
    assert distinct.tolist() == sorted(set(codes))
    assert distinct[places].tolist() == codes


def test_one_path_each_reads_like_the_list_of_all_paths() -> None:
    paths = OnePathEach(["a", "b", "c", "d"], {1: (), 3: ("d", "x/d")})
    plain = [("a",), (), ("c",), ("d", "x/d")]
    assert list(paths) == plain
    assert [paths[place] for place in (0, 1, 2, 3, -1)] == [*plain, plain[-1]]
    assert list(paths[1:]) == plain[1:]
    assert list(paths[::2]) == plain[::2]
    assert paths[:1].others == {}
    assert len(paths) == 4
