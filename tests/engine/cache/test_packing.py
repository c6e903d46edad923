"""Figures come back from their bytes bit by bit, or not at all."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.analysis.nasty import numpy_type
from tfinspector.analysis.sketch import Accumulator
from tfinspector.contents.figures import Sketch, Statistics
from tfinspector.engine.cache.packing import (
    pack,
    pack_statistics,
    unpack,
    unpack_statistics,
)


def figures_of(values: NDArray[Any], dtype: str) -> Statistics:
    accumulator = Accumulator(dtype)
    accumulator.add(values)
    return accumulator.statistics()


def same(one: Statistics, other: Statistics) -> None:
    for field in fields(Statistics):
        if field.name == "sketch":
            continue
        left, right = getattr(one, field.name), getattr(other, field.name)
        assert type(left) is type(right), field.name
        assert repr(left) == repr(right), field.name
    for field in fields(Sketch):
        left, right = getattr(one.sketch, field.name), getattr(other.sketch, field.name)
        if isinstance(left, np.ndarray):
            assert left.dtype == right.dtype, field.name
            assert left.tobytes() == right.tobytes(), field.name
        else:
            assert left == right, field.name


@pytest.mark.parametrize(
    "dtype",
    ["float32", "float64", "float16", "bfloat16", "int8", "uint8", "int32", "int64", "uint64",
     "bool", "complex64", "float8_e4m3fn"],
)  # fmt: skip
@pytest.mark.parametrize("size", [0, 1, 500, 20_000])
def test_every_type_and_size(dtype: str, size: int) -> None:
    random = np.random.default_rng(size)
    kind = np.dtype(numpy_type(dtype))
    values = np.frombuffer(random.bytes(size * kind.itemsize), kind)
    if kind == np.bool_:
        values = random.integers(0, 2, size).astype(bool)
    figures = figures_of(values, dtype)
    found = unpack_statistics(pack_statistics(figures, dtype))
    assert found is not None
    same(figures, found)


def test_whole_numbers_beyond_floats_stay_exact() -> None:
    values = np.array([3, (1 << 64) - 1, (1 << 63) + 1] * 3000, np.uint64)
    found = unpack_statistics(pack_statistics(figures_of(values, "uint64"), "uint64"))
    assert found is not None
    assert (found.min, found.max) == (3, (1 << 64) - 1)
    assert found.quantiles[1.0] == (1 << 64) - 1


def test_weights_take_little_room() -> None:
    weights = np.random.default_rng(0).standard_normal(1 << 20).astype(np.float32)
    assert len(pack_statistics(figures_of(weights, "float32"), "float32")) < 40_000


def test_damage_is_noticed_wherever_it_is() -> None:
    body = pack({"a": [1, "ü", 1 << 70]}, {"x": np.arange(5), "y": np.zeros((0, 3), np.float32)})
    whole = unpack(body)
    assert whole is not None
    assert whole[0] == {"a": [1, "ü", 1 << 70]}
    assert whole[1]["x"].tolist() == [0, 1, 2, 3, 4]
    assert whole[1]["y"].shape == (0, 3)
    for at in range(len(body)):
        hurt = body[:at] + bytes([body[at] ^ 0x10]) + body[at + 1 :]
        assert unpack(hurt) is None, at
    for length in range(len(body)):
        assert unpack(body[:length]) is None
