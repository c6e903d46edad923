"""The command `trust`: its document, its page, its exit status."""

from __future__ import annotations

import json
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


def test_an_error_ends_with_one(made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trust", str(made("trusting.at_loading") / "model")]) == 1
    assert "ReadFile" in capsys.readouterr().out


def test_a_checkpoint_only_holds_values(made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trust", str(made("bundles.many") / "many")]) == 0
    assert "holds values only" in capsys.readouterr().out
