"""Files that others wrote: opened by us and by TensorFlow, with the same result."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.agreement import assert_saved_model_agrees, assert_values_agree
from tests.tensorflow_process import TensorFlowProcess
from tfinspector.contents.findings import Severity
from tfinspector.contents.sources import SourceKind
from tfinspector.engine.calling_code import python_for_function, python_for_signature
from tfinspector.engine.opening import open_source

HALF_PLUS_TWO = "tensorflow_serving/saved_model_half_plus_two"
SAVED_MODELS = [
    f"{HALF_PLUS_TWO}_2_versions/00000123",
    f"{HALF_PLUS_TWO}_2_versions/00000124",
    f"{HALF_PLUS_TWO}_tf2_cpu/00000123",
]
EXAMPLES = ("classify_x_to_y", "regress_x_to_y", "regress_x_to_y2")
"""Signatures that take a serialized tf.train.Example with a feature of their own."""


def test_every_file_of_the_corpus_has_its_test(corpus: Path) -> None:
    found = {str(path.parent.relative_to(corpus)) for path in corpus.rglob("saved_model.pb*")}
    assert found == set(SAVED_MODELS)
    others = {path.suffix for path in corpus.rglob("*") if path.is_file()}
    assert others <= {".pb", ".index", ".data-00000-of-00001", ".txt", ".keras", ".md"}


@pytest.mark.parametrize("name", SAVED_MODELS)
def test_a_saved_model_reads_as_in_tensorflow(
    corpus: Path,
    tensorflow: TensorFlowProcess,
    referee: Callable[[Path | str], dict[str, Any]],
    name: str,
) -> None:
    opened = open_source(str(corpus / name))
    saved_model = opened.source.saved_model
    assert opened.source.kind is SourceKind.SAVED_MODEL
    assert saved_model is not None
    assert_saved_model_agrees(saved_model, tensorflow)
    assert assert_values_agree(opened, referee) == 3
    (graph,) = saved_model.meta_graphs
    assert [(spec.name, bool(spec.key)) for spec in graph.variables] == [
        ("a", True), ("b", True), ("c", True)
    ]  # fmt: skip
    assert [(asset.name, asset.size > 0) for asset in graph.assets] == [("foo.txt", True)]
    assert [f.severity for f in opened.source.findings] == [Severity.INFO]


@pytest.mark.parametrize("name", SAVED_MODELS)
def test_its_signatures_and_functions_can_be_called(
    corpus: Path, tensorflow: TensorFlowProcess, name: str
) -> None:
    saved_model = open_source(str(corpus / name)).source.saved_model
    assert saved_model is not None
    (graph,) = saved_model.meta_graphs
    codes = [
        python_for_signature(saved_model, graph, signature)
        for signature in graph.signatures
        if signature.name not in EXAMPLES
    ]
    codes += [
        python_for_function(saved_model, graph, function)
        for function in graph.functions
        if "serialized" not in function.forms[0].arguments
    ]
    assert len(codes) >= 3
    for code in codes:
        assert tensorflow.call("tests.makers.saved_model_referee:run", code)


def test_the_keras_file_is_opened_and_explained(corpus: Path) -> None:
    """A subclassed model of Keras 3.15.0, with layers in a list of lists."""
    (path,) = corpus.glob("keras/*.keras")
    opened = open_source(str(path))
    assert opened.source.kind is SourceKind.KERAS
    assert {one.name for one in opened.source.variables} == {
        "d_0/kernel", "d_1/kernel", "d_2/kernel", "dense/kernel", "dense/bias"
    }  # fmt: skip
    for one in opened.source.variables:
        assert opened.reader().read(one.key).shape == one.shape
    [finding] = opened.source.findings
    assert finding.id == "K01"
    assert "NestedDenseModel" in finding.title
