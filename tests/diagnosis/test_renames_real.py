"""Renames for checkpoints that TensorFlow wrote, against what belongs where."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.tensorflow_process import TensorFlowProcess
from tfinspector.contents.checkpoints import Checkpoint
from tfinspector.contents.models import ModelDescription
from tfinspector.contents.reports import Interpreter
from tfinspector.diagnosis.matching.match_table import match
from tfinspector.diagnosis.renames import suggest
from tfinspector.engine.restoring.model_reports import description_of
from tfinspector.formats.checkpoints.checkpoint import read_checkpoint

ABOUT = Interpreter("3.11", "python", "2.21.0", "3.15.1", "2.0", (), 1)
CASES = {
    "attributes": "renamed",
    "prefix": "prefix",
    "inserted": "renumbered",
    "taken_out": "swapped",
    "put_in": "swapped",
    "tf1": "names",
    "averages": "average",
    "salvaged": "trained",
    "listed": "list",
    "exported": "exported",
    "exported_later": "exported",
    "slots": "slots",
    "keras2": "keras_numbers",
    "transposed": "transpose",
    "halves": "renamed",
}
Case = Callable[[str], tuple[Checkpoint, ModelDescription, dict[str, str]]]


@pytest.fixture(scope="module")
def case(made: Callable[[str], Path], tensorflow: TensorFlowProcess) -> Case:
    def get(name: str) -> tuple[Checkpoint, ModelDescription, dict[str, str]]:
        directory = made(f"renames.{name}")
        export = directory / "export" / "variables" / "variables"
        prefix = export if export.parent.exists() else directory / "ckpt"
        checkpoint, _ = read_checkpoint(str(prefix))
        told: dict[str, Any] = tensorflow.call("tests.makers.renames:describe", name)
        truth = json.loads((directory / "truth.json").read_text(encoding="utf-8"))
        return checkpoint, description_of(told, ABOUT), truth

    return get


@pytest.mark.parametrize("name", CASES)
def test_everything_is_proposed_and_nothing_wrong(case: Case, name: str) -> None:
    checkpoint, model, truth = case(name)
    renames = suggest(checkpoint, model, match(checkpoint, model))
    places = {path: at for at, each in enumerate(model.variables) for path in each.paths}
    assert {each.key: places[each.path] for each in renames} == {
        key: places[path] for key, path in truth.items()
    }
    assert CASES[name] in {rename.rule for rename in renames}
    assert all(rename.why.endswith(".") and 0.4 < rename.confidence <= 1 for rename in renames)


@pytest.mark.parametrize("name", ["transposed", "halves"])
def test_what_changes_a_value_is_marked(case: Case, name: str) -> None:
    checkpoint, model, _ = case(name)
    renames = suggest(checkpoint, model, match(checkpoint, model))
    marks = {(rename.transform, rename.axes) for rename in renames}
    assert marks == {("transpose", (1, 0)) if name == "transposed" else ("cast", ())}


def test_nothing_is_proposed_for_a_model_that_matches(case: Case) -> None:
    checkpoint, model, _ = case("transposed")
    fitting = tuple(
        each._replace(shape=(4, 3)) if each.path == "hidden/kernel" else each
        for each in model.variables
    )
    whole = replace(model, variables=fitting)
    assert suggest(checkpoint, whole, match(checkpoint, whole)) == ()
