"""`tfinspector verify`: equal, or by how much, per output."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli import schema
from tests.cli.conftest import Ended

Cli = Callable[..., Ended]
Made = Callable[[str], Path]


@pytest.mark.usefixtures("one_worker")
def test_a_restored_model_against_its_saved_model(cli: Cli, made: Made) -> None:
    place = made("calls.pair")
    words = (
        "verify", place / "exported", "--against", place / "checkpoints" / "exported-1",
        "--factory", f"{place / 'factory.py'}:build", "--size", "4",
    )  # fmt: skip
    ended = cli(*words, "--tolerance", "0.00001", "--json")
    assert ended.code == 0
    schema.check(ended.json, schema.VERIFY)
    assert ended.json["equal"] is True
    assert ended.json["restores"] == ["restored"]
    page = cli(*words, "--tolerance", "0.00001")
    assert "All outputs are equal within 1e-05." in page.out


@pytest.mark.usefixtures("one_worker")
def test_another_saved_model(cli: Cli, made: Made) -> None:
    place = made("calls.pair")
    ended = cli("verify", place / "exported", "--against", place / "other", "--json")
    assert ended.code == 1
    schema.check(ended.json, schema.VERIFY)
    assert ended.json["equal"] is False
    assert ended.json["outputs"][0]["max_abs"] > 0
    assert ended.json["findings"][0]["id"] == "R04"
    page = cli("verify", place / "exported", "--against", place / "other")
    assert "Not all outputs are equal." in page.out


def test_logical_devices(cli: Cli, made: Made) -> None:
    place = made("calls.pair")
    words = ("--devices", "CPU:0,CPU:1", "--logical-cpus", "2", "--size", "4", "--json")
    ended = cli("verify", place / "exported", *words)
    assert ended.code == 0
    assert ended.json["equal"] is True
    assert {each["device"] for each in ended.json["outputs"]} == {"CPU:1"}
    factory = ("--factory", f"{place / 'factory.py'}:build")
    ended = cli("verify", place / "checkpoints" / "exported-1", *factory, *words)
    assert ended.json["equal"] is True
    assert ended.json["restores"] == ["restored", "restored"]


@pytest.mark.usefixtures("one_worker")
def test_a_function_in_one_of_its_forms(cli: Cli, made: Made) -> None:
    model = made("calls.forms") / "model"
    words = ("verify", model, "--against", model, "--function", "__call__", "--form", "3")
    ended = cli(*words, "--json")
    assert ended.code == 0
    assert [len(one["shape"]) for one in ended.json["inputs"]] == [3]


def test_usage(cli: Cli, made: Made) -> None:
    place = made("calls.pair")
    assert cli("verify", place / "exported").code == 2
    assert cli("verify", place / "exported", "--devices", "CPU:0").code == 2
    both = ("--devices", "CPU:0,GPU:0", "--device", "CPU:0")
    assert cli("verify", place / "exported", *both).code == 2
    ended = cli("verify", place / "exported", "--against", "/no/such", "--json")
    assert ended.code == 2
    schema.check(ended.json, schema.VERIFY)
