"""The command `trust`: its document, its page, its exit status."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tfinspector.cli.main import main

Made = Callable[[str], Path]


def test_the_document(made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    path = made("trusting.reaching") / "model"
    assert main(["trust", str(path), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["ops"]["WriteFile"] == 1
    assert {each["op"] for each in document["dangerous"]} >= {"WriteFile", "PyFunc"}
    assert document["custom"] == document["lambdas"] == []
    assert document["versions"]["tensorflow"]
    assert {"T02", "T03"} <= {finding["id"] for finding in document["findings"]}


def test_no_tensorflow_is_started_unless_it_is_asked_for(
    made: Made, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(made("trusting.without_kernels") / "model")
    assert main(["trust", path, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["judged_by"] == {"tensorflow": "2.21", "worker": False}
    assert "S09" not in {each["id"] for each in document["findings"]}
    assert main(["trust", path]) == 0
    assert "that ships with the program; no worker was asked." in capsys.readouterr().out


@pytest.mark.usefixtures("one_worker")
def test_a_worker_is_asked_for_its_operations(
    made: Made, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["trust", str(made("trusting.without_kernels") / "model"), "--python", sys.executable]
    assert main([*words, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["judged_by"]["worker"] is True
    assert "S09" in {each["id"] for each in document["findings"]}
    assert main(words) == 0
    assert f"by TensorFlow {document['judged_by']['tensorflow']}" in capsys.readouterr().out


def test_a_python_that_is_not_there(made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(made("trusting.reaching") / "model")
    assert main(["trust", path, "--python", "/no/such/python", "--json"]) == 3
    document = json.loads(capsys.readouterr().out)
    assert document["findings"][0]["id"].startswith("W")


def test_an_error_ends_with_one(made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trust", str(made("trusting.at_loading") / "model")]) == 1
    assert "ReadFile" in capsys.readouterr().out


def test_a_checkpoint_only_holds_values(made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trust", str(made("bundles.many") / "many")]) == 0
    assert "holds values only" in capsys.readouterr().out
