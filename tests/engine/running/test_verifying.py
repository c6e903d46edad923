"""Outputs of restored models against SavedModels, and of SavedModels against each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest

from tfinspector.contents.calls import CallOutput
from tfinspector.contents.figures import Unmeasured
from tfinspector.contents.findings import Severity
from tfinspector.contents.verifications import VerifyReport
from tfinspector.engine.running.asking import choices_of
from tfinspector.engine.running.pairing import match_of, pair
from tfinspector.engine.running.run import CallRequest
from tfinspector.engine.running.verifying import VerifyRequest, verify
from tfinspector.engine.worker.client import WorkerClient

Made = Callable[[str], Path]


@pytest.fixture(scope="module")
def client() -> Iterator[WorkerClient]:
    """One worker for all sides of all tests: starting TensorFlow takes seconds."""
    with WorkerClient() as client:
        yield client


@pytest.fixture
def check(made: Made, client: WorkerClient) -> Callable[..., VerifyReport]:
    """`check("exported", "checkpoints/exported-1", "build")`; paths are those of `calls.pair`."""

    def call(path: str, against: str = "", factory: str = "", **options: object) -> VerifyReport:
        place = made("calls.pair")
        spec = f"{place / 'factory.py'}:{factory}" if factory else ""
        other = str(place / against) if against else ""
        named, others, _ = choices_of((), ())
        asked = CallRequest(inputs=named, others=others, sizes=(4,))
        request = VerifyRequest(str(place / path), other, spec, call=asked, **options)  # type: ignore[arg-type]
        return verify(request, lambda: nullcontext(client))  # type: ignore[arg-type,return-value]

    return call


Check = Callable[..., VerifyReport]


def test_a_restored_model_answers_what_the_saved_model_does(check: Check) -> None:
    report = check("exported", "checkpoints/exported-1", "build", tolerance=1e-5)
    assert [one.name for one in report.given] == ["left", "right"], (
        "and the model takes right first"
    )
    assert report.equal
    assert {each.name for each in report.outputs} == {"output_0", "output_1"}
    assert all(each.max_abs <= 1e-5 for each in report.outputs)
    assert not any(one.severity is Severity.ERROR for one in report.findings)


def test_other_values_and_other_code_are_found(check: Check) -> None:
    report = check("exported", "checkpoints/other-1", "build")
    assert not report.equal
    finding = report.findings[0]
    assert (finding.id, finding.severity) == ("R04", Severity.ERROR)
    altered = check("exported", "checkpoints/exported-1", "altered")
    assert {each.name: each.close for each in altered.outputs} == {
        "output_0": True, "output_1": False,
    }  # fmt: skip
    assert altered.outputs[0].name == "output_1", "the largest difference comes first"


def test_two_saved_models(check: Check) -> None:
    assert check("exported", "exported").equal
    report = check("exported", "other")
    assert not report.equal
    assert report.findings[0].id == "R04"


def test_two_snapshots_through_a_factory(check: Check) -> None:
    report = check("checkpoints/exported-1", "checkpoints/other-1", "build")
    assert len(report.restores) == 2
    assert not report.equal
    assert len(report.outputs) == 2
    assert report.outputs[0].max_rel >= report.outputs[1].max_rel


def test_two_devices_of_which_one_is_missing(check: Check) -> None:
    report = check("exported", devices=("CPU:0", "GPU:7"))
    assert not report.equal
    assert "R02" in [one.id for one in report.findings]


def test_inputs_that_do_not_go_together(check: Check) -> None:
    assert "R05" in [one.id for one in check("exported", "narrow").findings]
    report = check("narrow", "checkpoints/exported-1", "build")
    assert "R05" in [one.id for one in report.findings]
    assert not report.equal


def output(name: str, values: object) -> CallOutput:
    array = np.asarray(values)
    return CallOutput(name, array.dtype.name, array.shape, array, Unmeasured("not needed"))


def test_pairs_in_the_order_of_their_numbers() -> None:
    first = [output(f"output_{place}", [place]) for place in (0, 1, 10, 2)]
    second = [output(f"head_{place}", [place]) for place in (0, 1, 2, 10)]
    pairs, how = pair(first, second)
    assert how == "in order"
    assert all(a and b and (a.values == b.values).all() for a, b in pairs)
    named, how = pair([output("a", [1]), output("b", [2])], [output("b", [2]), output("c", [3])])
    assert how == "by name"
    names = [(a.name if a else "", b.name if b else "") for a, b in named]
    assert names == [("a", ""), ("b", "b"), ("", "c")]


def test_equal_with_and_without_tolerance() -> None:
    one, two = output("y", np.float32([1, 2])), output("y", np.float32([1, 2.0000002]))
    exact = match_of(one, two, "", None)
    assert (exact.equal, exact.close) == (False, True)
    assert match_of(one, two, "", 1e-6).equal
    assert not match_of(one, output("y", np.float64([1, 2])), "", 1e9).equal
    assert match_of(output("y", [np.nan]), output("y", [np.nan]), "", None).equal


def test_probabilities_are_recognised_as_those_of_logits() -> None:
    logits = np.float32([[1, 3, -2], [0, 0.5, 2]])
    powers = np.exp(logits)
    shares = powers / powers.sum(axis=-1, keepdims=True)
    relation = match_of(output("p", shares), output("y", logits), "", None).relation
    assert relation == "p = softmax(y)"
    back = match_of(output("y", logits), output("p", shares), "", None).relation
    assert back == "p = softmax(y)"
    halves = np.float32(1 / (1 + np.exp(-logits)))
    assert match_of(output("p", halves), output("y", logits), "", None).relation == (
        "p = sigmoid(y)"
    )
    noise = np.random.default_rng(1).standard_normal((2, 3)).astype(np.float32)
    assert match_of(output("p", noise), output("y", logits), "", None).relation == ""
