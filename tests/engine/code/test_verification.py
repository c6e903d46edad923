"""The script of a verification finds what the verification found."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest

from tests.tensorflow_process import TensorFlowProcess
from tfinspector.contents.calls import InputChoice, InputKind
from tfinspector.engine.code.verifying import verification_of
from tfinspector.engine.running.run import CallRequest
from tfinspector.engine.running.verifying import VerifyRequest, verify
from tfinspector.engine.worker.client import WorkerClient

Made = Callable[[str], Path]
RESTORED, SNAPSHOTS = "checkpoints/exported-1", ("checkpoints/exported-1", "checkpoints/other-1")


@pytest.fixture(scope="module")
def client() -> Iterator[WorkerClient]:
    with WorkerClient() as client:
        yield client


@pytest.mark.parametrize(
    ("path", "against", "factory", "devices", "sizes"),
    [
        ("exported", "", "", ("CPU:0", "CPU:0"), (2,)),
        ("exported", "other", "", (), (40,)),
        ("exported", RESTORED, "build", (), (3,)),
        ("exported", "checkpoints/other-1", "build", (), (50,)),
        (*SNAPSHOTS, "build", (), ()),
    ],
)  # fmt: skip
def test_it_says_the_same(
    made: Made, client: WorkerClient, tensorflow: TensorFlowProcess, path: str, against: str,
    factory: str, devices: tuple[str, ...], sizes: tuple[int, ...],
) -> None:  # fmt: skip
    place = made("calls.pair")
    request = VerifyRequest(
        str(place / path), str(place / against) if against else "",
        f"{place / 'factory.py'}:{factory}" if factory else "",
        call=CallRequest(others=InputChoice(InputKind.RANDOM), sizes=sizes), devices=devices,
    )  # fmt: skip
    report = verify(request, lambda: nullcontext(client))  # type: ignore[arg-type,return-value]
    assert len(report.outputs) == 2
    printed = tensorflow.call(
        "tests.makers.saved_model_referee:run", verification_of(request, report)
    )
    told = dict(re.findall(r"^(output_\d) (equal|differs by up to \S+)$", printed, re.M))
    for each in report.outputs:
        words = told.pop(each.name)
        away = 0.0 if words == "equal" else float(words.rsplit(" ", 1)[1])
        assert np.isclose(away, each.max_abs, rtol=1e-4, atol=1e-6), (each.name, words)
    assert not told
