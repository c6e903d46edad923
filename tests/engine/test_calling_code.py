"""The generated code is run by TensorFlow, for every signature and function of every model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.tensorflow_process import TensorFlowProcess
from tfinspector.contents.dtypes import DTYPE_BY_NAME
from tfinspector.contents.saved_models import (
    CallForm,
    CompositeSpec,
    Function,
    NamedFields,
    Opaque,
    SavedModel,
    Signature,
    TensorSpec,
)
from tfinspector.diagnosis.calling_code import example_code, quoted
from tfinspector.engine.calling_code import python_for_function, python_for_signature
from tfinspector.formats.saved_models.saved_model import read_saved_model

Made = Callable[[str], Path]
MODELS = [
    ("saved_models.everything", "model"), ("saved_models.odd_types", "model"),
    ("saved_models.keras3_export", "model"), ("saved_models.tensorflow1", "binary"),
    ("saved_models.tensorflow1", "text"), ("tutorial.custom_layer", "model"),
]  # fmt: skip
FLOAT, INT = DTYPE_BY_NAME["float32"], DTYPE_BY_NAME["int64"]


def run(tensorflow: TensorFlowProcess, code: str) -> str:
    printed: str = tensorflow.call("tests.makers.saved_model_referee:run", code)
    return printed


@pytest.mark.parametrize(("maker", "name"), MODELS)
def test_every_signature_is_called(
    made: Made, tensorflow: TensorFlowProcess, maker: str, name: str
) -> None:
    saved_model = read_saved_model(made(maker) / name)
    for graph in saved_model.meta_graphs:
        assert graph.signatures
        for signature in graph.signatures:
            printed = run(tensorflow, python_for_signature(saved_model, graph, signature))
            rows = dict(line.split(" ", 1) for line in printed.splitlines())
            if maker != "saved_models.tensorflow1":  # there a sparse output is one value
                assert sorted(rows) == [spec.name for spec in signature.outputs]
            assert len(rows) >= 1


def test_a_serving_signature_prints_types_and_shapes(
    made: Made, tensorflow: TensorFlowProcess
) -> None:
    saved_model = read_saved_model(made("saved_models.everything") / "model")
    graph = saved_model.meta_graphs[0]
    code = python_for_signature(saved_model, graph, graph.signatures[1])
    assert graph.signatures[1].name == "serving_default"
    printed = sorted(run(tensorflow, code).splitlines())
    assert printed == ["sum float32 (1, 4)", "x float32 (1, 4)"]


@pytest.mark.parametrize(
    "maker", ["saved_models.everything", "saved_models.keras3_export", "saved_models.no_variables"]
)
def test_every_form_of_every_function_is_called(
    made: Made, tensorflow: TensorFlowProcess, maker: str
) -> None:
    saved_model = read_saved_model(made(maker) / "model")
    graph = saved_model.meta_graphs[0]
    called = 0
    for function in graph.functions:
        for form in function.forms:
            assert run(tensorflow, python_for_function(saved_model, graph, function, form))
            called += 1
    assert called >= 1


def test_a_function_without_a_form_says_so(made: Made, tensorflow: TensorFlowProcess) -> None:
    saved_model = read_saved_model(made("saved_models.everything") / "model")
    graph = saved_model.meta_graphs[0]
    (idle,) = [function for function in graph.functions if function.path == "never_traced"]
    code = python_for_function(saved_model, graph, idle)
    assert "loaded.never_traced was saved without one traced form" in code
    assert run(tensorflow, code) == ""


@pytest.fixture
def model(made: Made) -> SavedModel:
    return read_saved_model(made("saved_models.only_call") / "model")


def test_names_that_python_does_not_take_are_passed_in_a_dictionary(model: SavedModel) -> None:
    names = ("class", "input-1", "x")
    inputs = tuple(TensorSpec(name, FLOAT, (None,)) for name in names)
    code = python_for_signature(model, model.meta_graphs[0], Signature('say "hi"', inputs, ()))
    assert "loaded.signatures['say \"hi\"']" in code
    assert "x=tf.zeros([1], tf.float32)" in code
    assert '**{"class": tf.zeros([1], tf.float32), "input-1": tf.zeros([1], tf.float32)}' in code
    compile(code, "generated", "exec")


def test_what_nobody_can_make_is_marked(model: SavedModel) -> None:
    values = [
        ("rows", CompositeSpec("", "DatasetSpec", None, None)),
        ("handle", TensorSpec("", DTYPE_BY_NAME["resource"], ())),
        ("constant", Opaque("constant float32[2]")),
    ]
    form = CallForm("", "", (), tuple(values))
    code = python_for_function(model, model.meta_graphs[0], Function("f", (form,), "loaded.f"))
    assert code.count("# put a value of your own") == 3
    compile(code, "generated", "exec")


def cases() -> Iterator[tuple[object, str]]:
    pair = NamedFields("Pair", (("a", TensorSpec("", FLOAT, ())), ("b", None)))
    yield TensorSpec("", FLOAT, None), "tf.zeros([1], tf.float32)"
    yield TensorSpec("", INT, (2,), "", (None, 5)), "tf.constant([1, 5], tf.int64)"
    yield (TensorSpec("", INT, ()),), "(tf.zeros([], tf.int64),)"
    yield [True, "a'b", {"k": 1.5}], '[True, "a\'b", {"k": 1.5}]'
    yield FLOAT, "tf.float32"
    yield pair, 'collections.namedtuple("Pair", ["a", "b"])(tf.zeros([], tf.float32), None)'


@pytest.mark.parametrize(("structure", "code"), list(cases()))
def test_examples(structure: object, code: str) -> None:
    assert example_code(structure) == code  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["plain", "it's", 'a "b"', "both ' and \"", "\\ \n ☃ \udcff"])
def test_literals_come_back(text: str) -> None:
    assert eval(quoted(text)) == text  # noqa: S307 - our own literal
