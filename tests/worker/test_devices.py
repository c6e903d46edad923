"""Where variables really are: on logical devices here, which are placed as GPUs are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.worker.conftest import Asked, by_path
from tfinspector.engine.worker.client import MethodFailed, WorkerClient


@pytest.fixture(scope="module")
def split() -> Iterator[Asked]:
    """A worker whose CPU is two."""
    with WorkerClient() as client:
        asked = Asked(client)
        asked.build("module", logical_cpus=2)
        yield asked


@pytest.mark.parametrize("device", ["CPU:0", "CPU:1", "cpu:1", "/device:CPU:1", "CPU"])
@pytest.mark.parametrize("factory", ["functional", "module", "compiled"])
def test_variables_are_where_they_were_asked_for(split: Asked, device: str, factory: str) -> None:
    model = split.build(factory, device=device, hints={"optimizer": True})
    expected = "CPU:1" if "1" in device else "CPU:0"
    assert {variable.device for variable in model.variables} == {expected}


@pytest.mark.parametrize(
    "hints",
    [
        {"kernels": [["first", [3, 5]], ["norm/gamma", [5]], ["second", [5, 2]]]},
        {"signature": [{"name": "x", "dtype": "float32", "shape": [None, 3]}]},
    ],
)
def test_also_those_that_we_build(split: Asked, hints: dict[str, object]) -> None:
    model = split.build(
        "unbuilt_with_optimizer", device="CPU:1", hints={**hints, "optimizer": True}
    )
    assert {variable.device for variable in model.variables} == {"CPU:1"}
    assert len(model.variables) > 10


def test_the_users_own_choice_wins_and_is_told(
    split: Asked, write_factory: Callable[..., str]
) -> None:
    spec = write_factory(
        "import tensorflow as tf\ndef make():\n    with tf.device('CPU:0'):\n"
        "        near = tf.Variable(1.0)\n    return {'near': near, 'far': tf.Variable(2.0)}\n"
    )
    names = by_path(split.build(spec, device="CPU:1"))
    assert (names["near"].device, names["far"].device) == ("CPU:0", "CPU:1")


def test_they_stay_there(split: Asked, made: Callable[[str], Path]) -> None:
    """Through restoring, assigning, rolling back and a call."""
    model = split.build("module", device="CPU:1")
    split("remember")
    split("restore", prefix=str(made("worker_models.counter") / "counter-1"))
    index = model.variables.index(by_path(model)["weight"])
    reply = split.client.exchange(
        "assign", {"rows": [{"variable": index}]}, (np.ones(6, "<f4").tobytes(),)
    )
    assert reply.result["rows"][0]["device"] == "CPU:1"
    assert split("call")["done"]
    split("roll_back")
    told = split("hashes")["hashes"]
    assert {device for *_, device, _ in told} == {"CPU:1"}


def test_a_device_that_is_not_here(split: Asked) -> None:
    with pytest.raises(MethodFailed) as caught:
        split.build("module", device="GPU:0")
    assert caught.value.error.type == "NoSuchDevice"
    assert caught.value.error.message == "There is no GPU:0 here; there is CPU:0, CPU:1."


def test_too_late_to_split(split: Asked) -> None:
    with pytest.raises(MethodFailed) as caught:
        split.build("module", logical_cpus=3)
    assert caught.value.error.type == "TooLate"
