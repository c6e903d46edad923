"""Three ways of saving from tutorials that trip their readers, browsed fully, nothing loaded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.agreement import assert_saved_model_agrees, assert_values_agree
from tests.tensorflow_process import TensorFlowProcess
from tfinspector.contents.findings import Finding, Severity
from tfinspector.contents.saved_models import SavedModel
from tfinspector.contents.sources import SourceKind
from tfinspector.contents.variables import Role
from tfinspector.engine.opening import OpenSource, open_source

Made = Callable[[str], Path]
Referee = Callable[[Path | str], dict[str, Any]]
NOT_CALLABLE = "'_UserObject' object is not callable"
LAYERS = {"hidden/kernel": (4, 8), "hidden/bias": (8,), "out/kernel": (8, 3), "out/bias": (3,)}


def saved_model_of(opened: OpenSource) -> SavedModel:
    assert opened.source.kind is SourceKind.SAVED_MODEL
    assert opened.source.saved_model is not None
    return opened.source.saved_model


def the(opened: OpenSource, id: str) -> Finding:
    (found,) = [finding for finding in opened.source.findings if finding.id == id]
    return found


def weights(opened: OpenSource) -> dict[str, tuple[int, ...]]:
    return {v.name: v.shape for v in opened.source.variables if v.role is Role.WEIGHT}


def test_a_built_subclassed_model_as_saved_model(
    made: Made, tensorflow: TensorFlowProcess, referee: Referee
) -> None:
    opened = open_source(str(made("tutorial.built") / "model"))
    saved_model = saved_model_of(opened)
    assert_saved_model_agrees(saved_model, tensorflow)
    assert assert_values_agree(opened, referee) == 14
    assert weights(opened) == LAYERS
    (signature,) = saved_model.meta_graphs[0].signatures
    assert signature.name == "serving_default"
    assert [(spec.name, spec.shape) for spec in signature.inputs] == [("inputs", (None, 4))]
    assert [(spec.name, spec.shape) for spec in signature.outputs] == [("output_0", (None, 3))]
    assert all(spec.key for spec in saved_model.meta_graphs[0].variables)

    finding = the(opened, "S05")
    assert finding.severity is Severity.WARNING
    assert NOT_CALLABLE in finding.title
    error = tensorflow.call("tests.makers.saved_model_referee:error_of_calling", saved_model.path)
    assert error == finding.evidence["error"]
    assert finding.fix is not None
    printed = tensorflow.call("tests.makers.saved_model_referee:run", finding.fix.code)
    assert printed == "output_0 float32 (1, 3)\n"


def test_an_unbuilt_subclassed_model_as_saved_model(
    made: Made, tensorflow: TensorFlowProcess, referee: Referee
) -> None:
    opened = open_source(str(made("tutorial.unbuilt") / "model"))
    saved_model = saved_model_of(opened)
    assert_saved_model_agrees(saved_model, tensorflow)
    assert assert_values_agree(opened, referee) == 2
    assert weights(opened) == {}
    assert saved_model.meta_graphs[0].signatures == ()

    finding = the(opened, "S05")
    assert finding.severity is Severity.WARNING
    assert "before it was built" in finding.title
    error = tensorflow.call("tests.makers.saved_model_referee:error_of_calling", saved_model.path)
    assert NOT_CALLABLE in error
    assert error == finding.evidence["error"]


@pytest.mark.parametrize("given", ["", "ckpt-1-2", "ckpt-1-2.index", "checkpoint"])
def test_a_checkpoint_saved_twice(made: Made, referee: Referee, given: str) -> None:
    directory = made("tutorial.saved_twice")
    assert (directory / "ckpt-1-2.index").exists()
    opened = open_source(str(directory / given))
    assert opened.checkpoint().prefix == str(directory / "ckpt-1-2")
    assert weights(opened) == LAYERS
    assert assert_values_agree(opened, referee) == 15
    finding = opened.source.findings[0]
    assert (finding.id, finding.severity) == ("F10", Severity.WARNING)
    assert "ckpt-1-2" in finding.title
    assert finding.fix is not None
    assert "manager.save()" in finding.fix.text + finding.fix.code


def test_a_sequential_with_a_custom_layer_as_saved_model(
    made: Made, tensorflow: TensorFlowProcess, referee: Referee
) -> None:
    opened = open_source(str(made("tutorial.custom_layer") / "model"))
    saved_model = saved_model_of(opened)
    assert_saved_model_agrees(saved_model, tensorflow)
    assert assert_values_agree(opened, referee) == 3
    assert weights(opened) == {"scale/gain": (4,), "last/kernel": (4, 2), "last/bias": (2,)}
    finding = the(opened, "S05")
    assert NOT_CALLABLE in finding.title
    assert finding.fix is not None
    printed = tensorflow.call("tests.makers.saved_model_referee:run", finding.fix.code)
    assert printed == "output_0 float32 (1, 2)\n"
