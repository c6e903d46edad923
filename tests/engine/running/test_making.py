"""Inputs that are drawn, filled and read; and what a person typed for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tfinspector.contents.calls import Callee, GivenInput, InputChoice, InputKind
from tfinspector.contents.dtypes import DTYPE_BY_NAME
from tfinspector.contents.findings import Unreadable
from tfinspector.contents.saved_models import Shape, TensorSpec
from tfinspector.engine.running.asking import choices_of
from tfinspector.engine.running.making import make_inputs
from tfinspector.engine.running.payloads import array_of, payload_of


def callee(*specs: tuple[str, str, Shape], optional: tuple[str, ...] = ()) -> Callee:
    inputs = tuple(TensorSpec(name, DTYPE_BY_NAME[dtype], shape) for name, dtype, shape in specs)
    return Callee("serving_default", True, inputs, optional)


def made(dtype: str, shape: Shape, text: str, *sizes: str, seed: int = 1) -> GivenInput:
    named, _, _ = choices_of([f"x={text}"], sizes)
    [given] = make_inputs(callee(("x", dtype, shape)), named, seed)
    return given


def refused(dtype: str, shape: Shape, text: str, *sizes: str) -> str:
    with pytest.raises(Unreadable) as refusal:
        made(dtype, shape, text, *sizes)
    assert refusal.value.finding.id == "S06"
    assert refusal.value.finding.fix
    return refusal.value.finding.title


def test_the_same_seed_draws_the_same() -> None:
    first, second = (made("float32", (None, 8), "random", "x=4") for _ in range(2))
    np.testing.assert_array_equal(first.values, second.values)  # type: ignore[arg-type]
    other = made("float32", (None, 8), "random", "x=4", seed=2)
    assert first.values.tobytes() != other.values.tobytes()  # type: ignore[union-attr]


def test_one_input_more_does_not_change_what_another_gets() -> None:
    one = callee(("x", "float32", (3,)))
    two = callee(("w", "float32", (3,)), ("x", "float32", (3,)))
    choice = InputChoice()
    [alone] = make_inputs(one, {"x": choice})
    _, beside = make_inputs(two, {"x": choice, "w": choice})
    assert alone.values.tobytes() == beside.values.tobytes()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("shape", "sizes", "expected"),
    [
        ((None, 3), (), (1, 3)),
        ((None, 3), ("x=5",), (5, 3)),
        ((None, 3, None), ("x=5,7",), (5, 3, 7)),
        ((None, 3), ("x=5,3",), (5, 3)),
        ((None, 3), ("x=0",), (0, 3)),
        (None, ("x=2,2",), (2, 2)),
        (None, (), (1,)),
        ((), (), ()),
    ],
)
def test_unknown_dimensions(shape: Shape, sizes: tuple[str, ...], expected: Any) -> None:
    assert made("float32", shape, "zeros", *sizes).shape == expected


def test_sizes_that_do_not_fit() -> None:
    assert "do not fit" in refused("float32", (None, 3), "zeros", "x=5,4")
    assert "do not fit" in refused("float32", (3,), "zeros", "x=5,4")


@pytest.mark.parametrize(
    ("dtype", "text", "expected"),
    [
        ("float32", "constant:-0.5", -0.5),
        ("int32", "constant:7", 7),
        ("bool", "constant:true", True),
        ("complex64", "constant:1+2j", 1 + 2j),
        ("bfloat16", "ones", 1),
        ("string", "constant:a=b:c", b"a=b:c"),
        ("string", "zeros", b""),
    ],
)
def test_constants(dtype: str, text: str, expected: object) -> None:
    given = made(dtype, (2,), text)
    assert given.values.tolist() == [expected] * 2  # type: ignore[union-attr]
    assert given.dtype == dtype


@pytest.mark.parametrize(
    ("dtype", "text"),
    [("int32", "constant:0.5"), ("int8", "constant:300"), ("float32", "constant:much")],
)
def test_constants_that_the_type_cannot_hold(dtype: str, text: str) -> None:
    assert "is no value for" in refused(dtype, (2,), text)


def test_arrays_come_as_they_are(tmp_path: Path) -> None:
    array = np.arange(6, dtype=">i2").reshape(2, 3)
    np.save(tmp_path / "a.npy", array)
    given = made("float32", (None, 3), str(tmp_path / "a.npy"))
    assert given.dtype == "int16"
    assert given.values.tolist() == array.tolist()  # type: ignore[union-attr]
    np.savez(tmp_path / "b.npz", x=array, y=array + 1)
    assert made("int16", (None, 3), str(tmp_path / "b.npz")).values.tolist() == array.tolist()  # type: ignore[union-attr]
    np.savez(tmp_path / "c.npz", y=array, z=array)
    assert "none is called x" in refused("int16", (None, 3), str(tmp_path / "c.npz"))
    np.save(tmp_path / "t.npy", np.array(["ä", "b"]))
    assert made("string", (None,), str(tmp_path / "t.npy")).values.tolist() == ["ä".encode(), b"b"]  # type: ignore[union-attr]


def test_nothing_is_unpickled(tmp_path: Path) -> None:
    class Spy:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (tmp_path / "ran",))

    np.save(tmp_path / "o.npy", np.array([Spy()], object), allow_pickle=True)
    assert "unpickled" in refused("float32", (None,), str(tmp_path / "o.npy"))
    assert not (tmp_path / "ran").exists()


def test_files_that_hold_no_array(tmp_path: Path) -> None:
    (tmp_path / "a.npy").write_bytes(b"no array")
    assert "can't be read" in refused("float32", (None,), str(tmp_path / "a.npy"))
    assert "No such file" in refused("float32", (None,), str(tmp_path / "b.npy"))
    (tmp_path / "d.npz").write_bytes(b"PK\x03\x04rest")
    assert "can't be read" in refused("float32", (None,), str(tmp_path / "d.npz"))


def test_numbers_with_commas(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1,2.5\n3,4\n")
    given = made("float32", (None, 2), str(tmp_path / "a.csv"))
    assert given.values.tolist() == [[1, 2.5], [3, 4]]  # type: ignore[union-attr]
    assert given.dtype == "float32"
    assert "whole" in refused("int32", (None, 2), str(tmp_path / "a.csv"))


def test_lines_take_the_rank_of_the_input(tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_bytes("eins\nzwö\n".encode())
    text = f"text:{tmp_path / 't.txt'}"
    assert made("string", (None,), text).values.tolist() == [b"eins", "zwö".encode()]  # type: ignore[union-attr]
    assert made("string", (None, 1), text).shape == (2, 1)
    assert "takes numbers" in refused("float32", (None,), text)


def test_what_may_be_left_out_is_left_out() -> None:
    which = callee(("x", "float32", ()), ("y", "float32", ()), optional=("y",))
    assert [one.name for one in make_inputs(which, {"x": InputChoice()})] == ["x"]


def test_what_was_typed() -> None:
    named, others, sizes = choices_of(["x=constant:1=2", "zeros"], ["x=3", "4"])
    assert named == {"x": InputChoice(InputKind.CONSTANT, "1=2", (3,))}
    assert others == InputChoice(InputKind.ZEROS)
    assert sizes == (4,)
    assert choices_of([], []).others == InputChoice(InputKind.RANDOM)
    for words in (["x=rnd"], ["x=constant:"], ["x="]):
        with pytest.raises(Unreadable):
            choices_of(words, [])
    for size in ("x=a", "-1", "y=2"):
        with pytest.raises(Unreadable):
            choices_of(["x=zeros"], [size])


def test_strings_travel_whole() -> None:
    texts = np.empty((2, 2), object)
    texts[:] = [[b"", b"a\0"], [b"\0", "ä".encode()]]
    assert array_of(payload_of(texts), "string", (2, 2)).tolist() == texts.tolist()


def test_typed_values_get_the_shape_of_the_input() -> None:
    for text in ("values:1, 2.5; 3,4", "values:1,2.5\n3,4\n"):
        given = made("float32", (None, 2), text)
        assert given.values.tolist() == [[1, 2.5], [3, 4]]  # type: ignore[union-attr]
        assert (given.dtype, given.origin) == ("float32", "typed values")
    picture = made("float32", (None, 2, 2, 1), "values:1,2;3,4")
    assert picture.shape == (1, 2, 2, 1)
    assert made("int64", (3,), "values:1,2,3").shape == (3,)
    assert made("float32", (), "values:7").shape == ()
    assert made("string", (None,), "values:eins\nzwei").values.tolist() == [b"eins", b"zwei"]  # type: ignore[union-attr]
    assert "no table of numbers" in refused("float32", (None, 2), "values:1,2;3")
    assert "whole" in refused("int32", (None, 2), "values:1,2.5")
