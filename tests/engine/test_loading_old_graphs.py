"""Graphs of TensorFlow 1 that TensorFlow 2 does not load: why, and what still works."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.tensorflow_process import TensorFlowProcess
from tfinspector.engine.loading import load_opened
from tfinspector.engine.opening import open_source
from tfinspector.engine.values import read_values
from tfinspector.engine.worker.client import WorkerClient

Made = Callable[[str], Path]


@pytest.fixture(scope="module")
def client() -> Iterator[WorkerClient]:
    with WorkerClient() as client:
        yield client


@pytest.mark.parametrize("name", ["counting", "fed"])
def test_reference_variables(
    name: str, made: Made, client: WorkerClient, tensorflow: TensorFlowProcess
) -> None:
    path = made("reference_variables.assigning") / name
    report = load_opened(open_source(str(path)), client)
    assert not report.loaded
    finding = report.findings[0]
    assert finding.id == "S15"
    assert "reference variables" in finding.title
    assert finding.fix
    listing, _, session = finding.fix.code.partition("\n")
    assert listing.startswith("tfinspector list ")
    tensorflow.call("tests.makers.saved_model_referee:run", session)
    opened = open_source(str(path))
    assert read_values(opened.reader(), opened.find("total")).shape == (2,)
