"""The commands on Keras files: the same documents and pages as for every other source."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.cli import schema
from tests.cli.conftest import Ended

Cli = Callable[..., Ended]
Made = Callable[[str], Path]

KINDS = {
    "model.keras": "keras",
    "unpacked": "keras",
    "model.weights.h5": "keras_weights",
    "shards.weights.json": "keras_weights",
    "whole.h5": "keras_hdf5",
}


@pytest.mark.parametrize("name", KINDS)
def test_documents(cli: Cli, made: Made, name: str) -> None:
    path = made("keras_files.every_kind") / name
    listed = cli("list", path, "--json")
    assert listed.code == 0
    schema.check(listed.json, schema.LIST)
    assert listed.json["kind"] == KINDS[name]
    assert listed.json["totals"]["variables"] == 75
    stats = cli("stats", path, "--json")
    assert stats.code == 0
    schema.check(stats.json, schema.STATS)
    checked = cli("check", path, "--json")
    assert checked.code == 0
    schema.check(checked.json, schema.CHECK)
    assert checked.json["tensors"]["checked"] == 75
    values = cli("values", path, "zeta/kernel", "--json").json
    with np.load(made("keras_files.every_kind") / "truth.npz") as told:
        assert np.allclose(values["values"], told["value 0"])


@pytest.mark.parametrize("name", KINDS)
def test_pages(cli: Cli, made: Made, name: str) -> None:
    path = made("keras_files.every_kind") / name
    assert "zeta/kernel" in cli("list", path).out
    assert "zeta/kernel" in cli("stats", path).out
    page = cli("check", path).out
    if name == "model.keras":
        assert "all as they were written" in page
    else:
        assert "75 tensors checked" in page
        assert "which have no checksums" in page
    assert "8 x 5" in cli("values", path, "zeta/kernel").out


def test_a_run_of_callbacks(cli: Cli, made: Made) -> None:
    directory = made("keras_files.callbacks") / "models"
    document = cli("list", directory, "--json").json
    assert document["kind"] == "run"
    assert [one["step"] for one in document["snapshots"]] == [1, 2, 3]
    assert cli("check", directory).code == 0


def test_a_damaged_archive_fails_a_check(cli: Cli, made: Made, tmp_path: Path) -> None:
    data = bytearray((made("keras_files.every_kind") / "model.keras").read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "model.keras").write_bytes(data)
    ended = cli("check", tmp_path / "model.keras")
    assert ended.code == 1
    assert "model.weights.h5" in ended.out


def test_the_metric_that_a_callback_wrote_into_the_name(cli: Cli, made: Made) -> None:
    directory = made("remote_files.keras_run")
    listed = cli("list", directory, "--json")
    assert [one["metric"] for one in listed.json["snapshots"]] == ["0.500", "0.250", "0.125"]
    page = cli("list", directory)
    assert "metric" in page.out
    assert "0.125" in page.out
    other = cli("list", made("runs.ten_steps"), "--json")
    assert {one["metric"] for one in other.json["snapshots"]} == {None}


def test_weights_that_are_pickled_are_told_and_not_read(cli: Cli, made: Made) -> None:
    path = made("keras_files.pickled_weights") / "model.keras"
    listed = cli("list", path, "--json")
    assert listed.code == 1
    assert listed.json["variables"] == []
    [finding] = [one for one in listed.json["findings"] if one["id"] == "K08"]
    assert "model.weights.npz" in finding["title"]
    assert "unpickling executes code" in finding["title"]
