"""Slices as NumPy reads them, and reading no more than they name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tfinspector.contents.findings import Unreadable
from tfinspector.engine.values import parse_slice, read_values
from tfinspector.formats.checkpoints.checkpoint import read_checkpoint

SHAPE = (6, 5, 4)


@pytest.mark.parametrize(
    "text",
    [
        "", ":", "...", "0:4,:", "0:4, :, 1:2", "1:,:-1", "::,::1", "-3:-1", "2:1", "4:99",
        "...,0:2", "0:2,...", ":,...,1:3", "0:2,...,1:3", "...,0:1,0:1,0:1", "[1:3]",
        "[ 1:3 , 2: ]", "1:3,", "+1:+3", " 1 : 3 ",
    ],
)  # fmt: skip
def test_ranges_mean_what_numpy_means(text: str) -> None:
    array = np.arange(120).reshape(SHAPE)
    bare = text.strip().strip("[]").replace(" ", "")
    expected = eval(f"array[{bare}]") if bare else array  # noqa: S307 - NumPy is the referee
    region = parse_slice(text, SHAPE)
    np.testing.assert_array_equal(array[region], expected)
    assert len(region) == 3
    assert all(part.start <= part.stop <= size for part, size in zip(region, SHAPE, strict=True))


@pytest.mark.parametrize("text", ["3", "-1", "3, ...", "..., -1", "1,2,3", "0, :, 2"])
def test_a_single_index_keeps_its_axis(text: str) -> None:
    array = np.arange(120).reshape(SHAPE)
    expected = eval(f"array[{text}]")  # noqa: S307 - NumPy is the referee
    part = array[parse_slice(text, SHAPE)]
    assert part.ndim == 3
    np.testing.assert_array_equal(part.reshape(np.shape(expected)), expected)


@pytest.mark.parametrize("text", ["", "...", "[]", " "])
def test_a_scalar_has_one_region(text: str) -> None:
    assert parse_slice(text, ()) == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1,2,3,4", "it names 4 axes and the tensor has 3 axes"),
        ("6", "index 6 is outside axis 0, which has 6"),
        (":,-6", "index -6 is outside axis 1, which has 5"),
        ("0:4:2", "has a step"),
        ("::-1", "has a step"),
        ("a:b", 'neither an index nor a range like 0:4'),
        ("1.5", "neither an index"),
        ("1,,2", '"" is neither'),
        ("...,...", "only once"),
        ("1:2:3:4", "neither"),
        ("None", "neither"),
        ("١", "outside"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_explained(text: str, words: str) -> None:
    with pytest.raises(Unreadable) as caught:
        parse_slice(text, SHAPE if text != "١" else (1,))
    finding = caught.value.finding
    assert words in finding.title
    assert finding.fix is not None
    assert finding.fix.code == "0:4, :, :" or text == "١"


def test_a_scalar_has_no_axes_to_name() -> None:
    with pytest.raises(Unreadable, match="names 1 axis and the tensor has 0 axes"):
        parse_slice("0", ())


def test_values_are_those_of_the_file(made: Callable[[str], Path]) -> None:
    checkpoint, reader = read_checkpoint(str(made("bundles.all_dtypes") / "model.ckpt-5"))
    by_key = {variable.key: variable for variable in checkpoint.variables}
    matrix = by_key["int32/matrix"]
    whole = read_values(reader, matrix)
    part = read_values(reader, matrix, parse_slice("1:3, -2:", matrix.shape))
    np.testing.assert_array_equal(part, whole[1:3, -2:])
    assert read_values(reader, by_key["bool/scalar"], ()).shape == ()


def test_strings_come_as_bytes(made: Callable[[str], Path]) -> None:
    checkpoint, reader = read_checkpoint(str(made("bundles.strings") / "strings"))
    matrix = next(variable for variable in checkpoint.variables if variable.key == "matrix")
    part = read_values(reader, matrix, parse_slice("1,:2", matrix.shape))
    assert part.tolist() == [[b"\n", "ü€".encode()]]
