"""Functions that were traced several times: which form is called, and with what."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.tensorflow_process import TensorFlowProcess
from tfinspector.contents.calls import CallReport
from tfinspector.contents.findings import Finding, Unreadable
from tfinspector.contents.saved_models import Function
from tfinspector.engine.calling_code import python_for_function
from tfinspector.engine.opening import OpenSource, open_source
from tfinspector.engine.running.asking import choices_of
from tfinspector.engine.running.forms import forms_of
from tfinspector.engine.running.run import CallRequest, run_opened
from tfinspector.engine.worker.client import WorkerClient

Made = Callable[[str], Path]


@pytest.fixture(scope="module")
def client() -> Iterator[WorkerClient]:
    with WorkerClient() as client:
        yield client


@pytest.fixture
def opened(made: Made) -> OpenSource:
    return open_source(str(made("calls.forms") / "model"))


@pytest.fixture
def run(client: WorkerClient, opened: OpenSource) -> Callable[..., CallReport]:
    def call(function: str, *inputs: str, **options: Any) -> CallReport:
        asked = choices_of(inputs, ())
        return run_opened(opened, CallRequest(None, function, *asked, **options), client)

    return call


Run = Callable[..., CallReport]


def function_named(opened: OpenSource, path: str) -> Function:
    assert opened.source.saved_model
    functions = opened.source.saved_model.meta_graphs[0].functions
    return next(each for each in functions if each.path == path)


def values(report: CallReport) -> dict[str, Any]:
    assert report.done, report.findings
    return {output.name: output.values for output in report.outputs}


def refused(run: Run, *words: str, **options: Any) -> Finding:
    with pytest.raises(Unreadable) as refusal:
        run(*words, **options)
    return refusal.value.finding


def test_every_form_is_offered_and_can_be_called(opened: OpenSource, run: Run) -> None:
    for path, count in (("__call__", 3), ("nested", 2)):
        offered = forms_of(function_named(opened, path))
        assert [each.number for each in offered] == list(range(1, count + 1))
        for each in offered:
            assert each.callee, each.why_not
            assert each.callee.number == each.number
            report = run(path, "ones", form=each.number)
            assert report.done, report.findings
            assert report.callee == each.callee


def test_nested_inputs_have_paths(opened: OpenSource) -> None:
    callee = forms_of(function_named(opened, "nested"))[0].callee
    assert callee
    assert [spec.name for spec in callee.inputs] == [
        "features/a", "features/deep/b/0", "pair/0", "pair/1",
    ]  # fmt: skip


def test_the_usual_form_is_not_the_one_for_training(run: Run) -> None:
    found = values(run("__call__", "ones"))
    assert not found["training"]
    assert found["y"].max() == 3


@pytest.mark.parametrize(("shape", "rank"), [((2, 3), 2), ((2, 3, 4), 3)])
def test_the_form_that_fits_the_input_is_called(
    run: Run, tmp_path: Path, shape: tuple[int, ...], rank: int
) -> None:
    np.save(tmp_path / "x.npy", np.ones(shape, np.float32))
    found = values(run("__call__", f"x={tmp_path / 'x.npy'}"))
    assert found["rank"] == rank
    assert found["y"].shape == shape


def test_a_plain_argument_chooses_its_form(run: Run) -> None:
    assert values(run("__call__", "x=ones", "training=constant:true"))["training"]
    assert not values(run("__call__", "x=ones", "training=constant:False"))["training"]
    apart = values(run("nested", "ones", "mode=constant:difference"))
    assert apart["output"].tolist() == [2, 2]
    assert values(run("nested", "ones", "mode=constant:sum"))["output"].tolist() == [4, 4]


def test_a_value_that_was_not_traced_is_told_with_all_forms(run: Run) -> None:
    finding = refused(run, "nested", "ones", "mode=constant:product")
    assert finding.id == "S06"
    assert "was not saved in a form with mode=product" in finding.title
    assert set(finding.evidence["forms"]) == {"1", "2"}  # type: ignore[call-overload]
    assert "Its call forms are 1: " in finding.detail


def test_a_form_that_is_not_there(run: Run) -> None:
    finding = refused(run, "__call__", form=4)
    assert (finding.id, finding.title) == (
        "S05", "__call__ has 3 call forms, and none is number 4."
    )  # fmt: skip
    assert "training=True" in str(finding.evidence["forms"])


def test_the_code_of_a_failed_call_is_of_its_form(
    run: Run, tmp_path: Path, tensorflow: TensorFlowProcess
) -> None:
    np.save(tmp_path / "x.npy", np.ones((2, 3), np.float64))
    report = run("__call__", f"x={tmp_path / 'x.npy'}", form=2)
    assert not report.done
    finding = report.findings[0]
    assert finding.id == "S06"
    assert finding.fix
    assert "training=False" in finding.fix.code
    tensorflow.call("tests.makers.saved_model_referee:run", finding.fix.code)


def test_the_code_of_every_form_runs(opened: OpenSource, tensorflow: TensorFlowProcess) -> None:
    model = opened.source.saved_model
    assert model
    for path in ("__call__", "nested"):
        function = function_named(opened, path)
        for each in forms_of(function):
            code = python_for_function(model, model.meta_graphs[0], function, each.form)
            tensorflow.call("tests.makers.saved_model_referee:run", code)
