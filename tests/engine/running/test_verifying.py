"""Outputs of restored models against SavedModels, and of SavedModels against each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest

from tfinspector.contents.calls import CallOutput
from tfinspector.contents.figures import Unmeasured
from tfinspector.contents.findings import Cancelled, Severity, Unreadable
from tfinspector.contents.restores import Outcome
from tfinspector.contents.verifications import VerifyReport
from tfinspector.diagnosis.verifying import note_nans
from tfinspector.engine.jobs import Progress, Ticket
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

    def call(
        path: str,
        against: str = "",
        factory: str = "",
        *inputs: str,
        ticket: Ticket | None = None,
        **options: object,
    ) -> VerifyReport:
        place = made("calls.pair")
        spec = f"{place / 'factory.py'}:{factory}" if factory else ""
        other = str(place / against) if against else ""
        named, others, _ = choices_of(inputs, ())
        asked = CallRequest(inputs=named, others=others, sizes=(4,))
        request = VerifyRequest(str(place / path), other, spec, call=asked, **options)  # type: ignore[arg-type]
        return verify(request, lambda: nullcontext(client), ticket)  # type: ignore[arg-type,return-value]

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
    finding = report.findings[0]
    assert finding.title.startswith("From exported-1 to other-1, output_")
    assert finding.fix
    assert finding.fix.code.startswith("tfinspector diff ")


def test_two_snapshots_get_the_inputs_that_were_asked_for(check: Check, tmp_path: Path) -> None:
    np.save(tmp_path / "left.npy", np.full((5, 3), 2, np.float32))
    words = (f"left={tmp_path / 'left.npy'}", "right=ones")
    both = ("checkpoints/exported-1", "checkpoints/other-1")
    with pytest.raises(Unreadable) as refusal:
        check(*both, "build", *words, "middle=zeros")
    assert "has no input middle" in refusal.value.finding.title
    np.save(tmp_path / "right.npy", np.ones((5, 2), np.float32))
    report = check(*both, "build", words[0], f"right={tmp_path / 'right.npy'}")
    assert [(one.name, one.shape, one.origin) for one in report.given] == [
        ("right", (5, 2), "right.npy"), ("left", (5, 3), "left.npy"),
    ]  # fmt: skip
    assert {each.shape for each in report.outputs} == {(5, 4), (5, 2)}
    assert not report.equal
    assert check(both[0], both[0], "build", "ones").equal


def test_a_restored_model_first_finds_the_inputs_of_a_signature_by_name(check: Check) -> None:
    report = check("checkpoints/exported-1", "exported", "build", tolerance=1e-5)
    assert [one.name for one in report.given] == ["right", "left"]
    assert report.equal, report.findings


def test_nested_inputs_find_those_of_a_flat_signature(made: Made, client: WorkerClient) -> None:
    place = made("calls.nested_inputs")
    others = choices_of(["random"], []).others
    for path, against in (("model", "model-1"), ("model-1", "model")):
        request = VerifyRequest(
            str(place / path), str(place / against), f"{place / 'factory.py'}:build",
            call=CallRequest(others=others, sizes=(5,)),
        )  # fmt: skip
        report = verify(request, lambda: nullcontext(client))  # type: ignore[arg-type,return-value]
        assert report.equal, report.findings
        assert {one.shape for one in report.given} == {(5, 3)}
        names = {"a", "z"} if path == "model" else {"inputs/a", "inputs/z"}
        assert {one.name for one in report.given} == names


def test_values_that_never_arrived_are_the_cause(check: Check) -> None:
    report = check("exported", "exported", "build")
    assert not report.equal
    [restored] = report.restores
    assert restored.outcome is not Outcome.RESTORED
    assert report.findings[0] == restored.findings[0], "before the outputs that differ for it"
    assert "R04" in [one.id for one in report.findings]


def test_a_whole_model_of_keras_needs_no_factory(check: Check) -> None:
    report = check("model.keras", "exported", tolerance=1e-5)
    assert report.first == "the model in model.keras"
    assert [one.name for one in report.given] == ["right", "left"]
    assert report.equal, report.findings
    assert check("exported", "model.keras", tolerance=1e-5).equal
    assert not check("model.keras", "other").equal


def test_tags_are_of_the_first_where_the_second_has_none_of_them(
    made: Made, client: WorkerClient
) -> None:
    first = str(made("saved_models.tensorflow1") / "binary")
    second = str(made("saved_models.no_variables") / "model")
    asked = CallRequest("numbers", others=choices_of((), ()).others, tags=("serve",))
    with pytest.raises(Unreadable) as refusal:
        verify(VerifyRequest(first, second, call=asked), lambda: nullcontext(client))  # type: ignore[arg-type,return-value]
    assert refusal.value.finding.id == "S05", "it got as far as the signature"


def test_a_model_restored_on_two_devices(check: Check) -> None:
    report = check("checkpoints/exported-1", factory="build", devices=("CPU:0", "CPU:0"))
    assert report.equal
    assert len(report.restores) == 2


def test_a_checkpoint_needs_a_factory(check: Check) -> None:
    with pytest.raises(Unreadable) as refusal:
        check("exported", "checkpoints/exported-1")
    finding = refusal.value.finding
    assert finding.id == "R05"
    assert finding.title == "exported-1 holds values only; to call it, say what builds the model."
    assert finding.fix
    assert finding.fix.code.endswith("--factory FILE.py:build")


def test_progress_says_which_call_is_running_and_can_be_cancelled(check: Check) -> None:
    said: list[str] = []
    hear = Ticket(lambda progress: said.append(progress.text))
    check("exported", "checkpoints/exported-1", "build", ticket=hear)
    said = [text for text in said if " of 2, " in text]
    assert said[0] == "1 of 2, exported: starting TensorFlow"
    assert any(text.startswith("1 of 2, exported: ") for text in said[1:])
    assert any(text.startswith("2 of 2, exported-1: calling") for text in said)

    def stop(progress: Progress) -> None:
        if progress.text.startswith("2 of 2, exported-1: starting"):
            ticket.cancel()

    ticket = Ticket(stop)
    with pytest.raises(Cancelled):
        check("exported", "checkpoints/exported-1", "build", ticket=ticket)


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
    nans = match_of(output("y", [np.nan, 1]), output("y", [np.nan, 1]), "", None)
    assert (nans.equal, nans.nans) == (True, 1)
    [note] = note_nans([exact, nans])
    assert note.title == "Both sides are NaN at the same places: y (1 element)."
    assert "tf.reduce_all" in note.detail
    assert note_nans([exact]) == []
    apart = match_of(output("y", [np.nan, 1]), output("y", [1, np.nan]), "", None)
    assert (apart.equal, apart.max_abs, apart.nans) == (False, np.inf, 0)


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
