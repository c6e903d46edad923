"""The lines of the form: what can be chosen for an input, and what is still missing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tfinspector.contents.calls import Callee, InputChoice, InputKind
from tfinspector.contents.dtypes import DTYPE_BY_NAME
from tfinspector.contents.saved_models import Shape, TensorSpec
from tfinspector.viewmodels.signatures.call_form import InputLine, lines_of


def spec(name: str, dtype: str = "float32", shape: Shape = (None, 4)) -> TensorSpec:
    return TensorSpec(name, DTYPE_BY_NAME[dtype], shape)


def test_kinds_follow_type_and_rank() -> None:
    def kinds(dtype: str, shape: Shape) -> set[InputKind]:
        return {kind for kind, _ in InputLine(spec("x", dtype, shape)).kinds}

    assert InputKind.IMAGE in kinds("float32", (None, 8, 8, 3))
    assert InputKind.IMAGE not in kinds("float32", (None, 8))
    assert InputKind.TEXT in kinds("string", (None,))
    assert InputKind.ZEROS not in kinds("string", (None,))
    assert InputKind.IMAGE not in kinds("bool", (8, 8, 3))


def test_sizes_are_asked_for_unknown_dimensions_only() -> None:
    line = InputLine(spec("x", shape=(None, 4, None)), sizes="3, 5")
    assert line.unknown == 2
    assert line.choice == InputChoice(InputKind.RANDOM, "", (3, 5))
    assert InputLine(spec("x", shape=(2, 4))).unknown == 0
    assert replace(line, kind=InputKind.FILE, argument="a.npy").unknown == 0


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (InputLine(spec("x"), sizes="a"), "sizes are whole numbers"),
        (InputLine(spec("x"), sizes="3, 4"), "1 size can be given"),
        (InputLine(spec("x"), kind=InputKind.CONSTANT), "give the constant"),
        (InputLine(spec("x"), kind=InputKind.FILE, argument=" "), "choose the file"),
        (InputLine(spec("x"), kind=InputKind.VALUES), "type or paste the values"),
        (InputLine(spec("x"), kind=InputKind.VALUES, argument="1,2"), ""),
        (InputLine(spec("x"), sizes="3"), ""),
        (InputLine(spec("x", "string"), kind=InputKind.CONSTANT), ""),
        (InputLine(spec("x"), kind=InputKind.FILE, is_optional=True, is_left_out=True), ""),
    ],
)
def test_what_is_missing(line: InputLine, problem: str) -> None:
    assert problem in line.problem
    assert bool(problem) == bool(line.problem)


def test_what_was_chosen_stays_for_an_input_of_the_same_name_and_type() -> None:
    one = Callee("a", True, (spec("x"), spec("y")))
    other = Callee("b", True, (spec("x"), spec("y", "int32"), spec("z")), ("z",))
    before = tuple(replace(line, kind=InputKind.ONES) for line in lines_of(one))
    after = {line.spec.name: line for line in lines_of(other, before)}
    assert after["x"].kind is InputKind.ONES
    assert after["y"].kind is InputKind.RANDOM
    assert after["z"].is_left_out
