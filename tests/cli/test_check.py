"""`tfinspector check`: sound files end with 0, damaged ones with 1 and the tensor's name."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from tests.cli import schema
from tests.cli.conftest import Ended
from tfinspector.cli.check import _without_bad
from tfinspector.contents.checks import CheckReport
from tfinspector.contents.findings import Finding, Severity

Cli = Callable[..., Ended]
Made = Callable[[str], Path]


def test_a_sound_checkpoint(cli: Cli, made: Made) -> None:
    prefix = made("checkpoints.keras_functional") / "ckpt-1"
    ended = cli("check", prefix, "--json")
    assert ended.code == 0
    schema.check(ended.json, schema.CHECK)
    assert ended.json["tensors"]["bad"] == []
    listed = len(cli("list", prefix, "--json").json["variables"])
    assert ended.json["tensors"]["checked"] in (listed, listed + 1), "with or without the graph"
    assert "all as they were written" in cli("check", prefix).out


def test_a_damaged_tensor_is_named(cli: Cli, made: Made) -> None:
    ended = cli("check", made("cli_cases.damaged") / "bad", "--json")
    assert ended.code == 1
    schema.check(ended.json, schema.CHECK)
    [bad] = ended.json["tensors"]["bad"]
    assert bad["name"] == "a"
    assert bad["stored"] != bad["computed"]
    assert any(f["severity"] == "error" for f in ended.json["findings"])
    page = cli("check", made("cli_cases.damaged") / "bad")
    assert page.code == 1
    assert page.out.startswith("2 tensors checked (64 B), 1 damaged.\n")
    assert "error F08" in page.out


def test_a_missing_data_file_is_an_error(cli: Cli, made: Made, tmp_path: Path) -> None:
    shutil.copy(made("cli_cases.damaged") / "bad.index", tmp_path / "bad.index")
    ended = cli("check", tmp_path / "bad", "--json")
    assert ended.code == 1
    schema.check(ended.json, schema.CHECK)
    assert ended.json["findings"][0]["id"] == "F06"


def test_a_run_says_which_snapshot_is_damaged(cli: Cli, made: Made, tmp_path: Path) -> None:
    shutil.copytree(made("runs.ten_steps"), tmp_path / "run")
    data = sorted((tmp_path / "run").glob("*.data-*"))[1]
    data.write_bytes(b"version https://git-lfs.github.com/spec/v1\n")
    prefix = str(data).partition(".data-")[0]
    ended = cli("check", tmp_path / "run", "--json")
    assert ended.code == 1
    schema.check(ended.json, schema.CHECK)
    assert {bad["snapshot"] for bad in ended.json["tensors"]["bad"]} == {prefix}
    count = len(list((tmp_path / "run").glob("*.index")))
    assert len(ended.json["snapshots"]) == count
    page = cli("check", tmp_path / "run").out
    assert f"in {count} snapshots" in page
    assert "unreadable" in page
    assert "as they were written" not in page


def test_nothing_checked_is_not_called_sound() -> None:
    error = Finding("F07", Severity.ERROR, "x.index is damaged.")
    assert _without_bad(CheckReport((error,), 0, ())) == "No tensor could be checked."
    assert _without_bad(CheckReport((), 0, ())) == "There are no tensors to check."
    told = _without_bad(CheckReport((error,), 4, ()))
    assert "all as they were written" not in told
    assert "not all could be checked" in told


def test_what_is_no_checkpoint_cannot_be_read(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "x.index").write_bytes(b"version https://git-lfs.github.com/spec/v1\n")
    ended = cli("check", tmp_path / "x.index", "--json")
    assert ended.code == 2
    schema.check(ended.json, schema.CHECK)
    assert ended.json["tensors"] == {"checked": 0, "bad": []}
    assert ended.json["snapshots"] == []
    assert ended.json["findings"][0]["severity"] == "error"


def test_what_is_intact_is_saved_as_a_new_checkpoint(cli: Cli, made: Made, tmp_path: Path) -> None:
    damaged = made("cli_cases.damaged") / "bad"
    ended = cli("check", damaged, "--salvage", tmp_path / "new", "--json")
    assert ended.code == 1, "the old one is as damaged as before"
    schema.check(ended.json, schema.CHECK | {"salvaged": schema.SALVAGED})
    salvaged = ended.json["salvaged"]
    assert salvaged["prefix"] == str(tmp_path / "new")
    assert [each["name"] for each in salvaged["lost"]] == ["a"]
    listed = cli("list", tmp_path / "new", "--json").json["variables"]
    assert [each["name"] for each in listed] == salvaged["kept"]
    assert cli("check", tmp_path / "new").code == 0
    again = cli("check", damaged, "--salvage", tmp_path / "new", "--json")
    assert again.code == 2
    assert again.json["findings"][0]["id"] == "V03"
    page = cli("check", damaged, "--salvage", tmp_path / "page").out
    assert "saved in page; lost: 1." in page
    assert "tf.train" in page
