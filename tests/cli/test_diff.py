"""`diff`: the document of `cli.md`, the page, maps, conditions, tables."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Ended
from tests.cli.schema import FINDINGS, NUMBER, check
from tests.tensorflow_process import TensorFlowProcess

Cli = Callable[..., Ended]
Made = Callable[[str], Path]

_TOLD = [{"name": str, "reason": str}]
_FIGURES = ("l2", "relative_l2", "cosine", "max_abs", "changed_fraction", "sign_flips")
DIFF = {
    "added": _TOLD, "removed": _TOLD, "changed": _TOLD,
    "renamed": [{"from": str, "to": str, "confidence": (int, float)}],
    "moved": [{"name": str} | dict.fromkeys(_FIGURES, NUMBER)],
    "identical": [str], "findings": FINDINGS,
}  # fmt: skip


def test_the_document_has_every_field(cli: Cli, made: Made) -> None:
    run = made("drift.run")
    ended = cli("diff", run / "ckpt-100", run / "ckpt-600", "--json")
    assert ended.code == 0
    check(ended.json, DIFF)
    moved = {each["name"]: each for each in ended.json["moved"]}
    assert moved["moving/bias"]["relative_l2"] == pytest.approx(4)
    assert "frozen/kernel" in ended.json["identical"]
    assert "D01" in [each["id"] for each in ended.json["findings"]]


def test_the_emitted_script_finds_the_same(
    cli: Cli, made: Made, tmp_path: Path, tensorflow: TensorFlowProcess
) -> None:
    run, script = made("drift.run"), tmp_path / "same.py"
    ended = cli("diff", run / "ckpt-100", run / "ckpt-600", "--emit-code", script)
    assert f"The script is in {script}." in ended.out
    printed = tensorflow.call("tests.makers.saved_model_referee:run", script.read_text())
    assert "moved moving/bias l2 " in printed
    ended = cli("drift", run, "--metric", "norm", "--emit-code", script, "--json")
    assert ended.code in (0, 1)
    printed = tensorflow.call("tests.makers.saved_model_referee:run", script.read_text())
    told = {row["name"]: row["values"] for row in ended.json["variables"]}
    line = next(line for line in printed.splitlines() if line.startswith("dead/kernel 600 "))
    assert float(line.rsplit(" ", 1)[1]) == pytest.approx(told["dead/kernel"][-1])


def test_renamed_added_changed(cli: Cli, made: Made) -> None:
    run = made("drift.renamed")
    document = cli("diff", run / "old", run / "new", "--json").json
    check(document, DIFF)
    pairs = {(each["from"], each["to"]) for each in document["renamed"]}
    assert ("model/enc/kernel", "model/encoder/kernel") in pairs
    assert [each["name"] for each in document["added"]] == ["model/extra"]
    shapes = made("drift.reshaped")
    document = cli("diff", shapes / "ckpt-2", shapes / "ckpt-3", "--json").json
    assert {each["name"] for each in document["changed"]} == {"grows", "casts"}


def test_a_map(cli: Cli, made: Made, tmp_path: Path) -> None:
    run = made("drift.renamed")
    renames = tmp_path / "map.json"
    renames.write_text(json.dumps([{"from": "model/enc/bias", "to": "model/extra"}]))
    document = cli("diff", run / "old", run / "new", "--map", renames, "--json").json
    assert [each["name"] for each in document["changed"]] == ["model/extra"]
    renames.write_text(json.dumps([{"from": "nobody", "to": "model/extra"}]))
    ended = cli("diff", run / "old", run / "new", "--map", renames, "--json")
    assert ended.code == 2
    assert [each["id"] for each in ended.json["findings"]] == ["D21"]


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("relative_l2>0.1", 1), ("relative_l2 > 1e9", 0), ("cosine<0.99", 0), ("moved>=7", 1),
        ("added>0", 0), ("max_abs!=0", 1), ("identical==5", 1),
    ],
)  # fmt: skip
def test_conditions(cli: Cli, made: Made, condition: str, code: int) -> None:
    run = made("drift.run")
    ended = cli("diff", run / "ckpt-100", run / "ckpt-600", "--fail-on", condition, "--json")
    assert ended.code == code
    found = [each for each in ended.json["findings"] if each["id"] == "D22"]
    assert len(found) == code


@pytest.mark.parametrize("condition", ["l2", "loss>1", "l2>much", ">1", "l2=>1"])
def test_conditions_that_are_none(cli: Cli, made: Made, condition: str) -> None:
    run = made("drift.run")
    ended = cli("diff", run / "ckpt-100", run / "ckpt-600", "--fail-on", condition)
    assert ended.code == 2
    assert "--fail-on" in ended.err


def test_the_table(cli: Cli, made: Made, tmp_path: Path) -> None:
    run, file = made("drift.run"), tmp_path / "diff.csv"
    assert cli("diff", run / "ckpt-100", run / "ckpt-600", "--csv", file).code == 0
    rows = list(csv.DictReader(file.read_text().splitlines()))
    assert len(rows) == 12
    by_name: dict[str, Any] = {row["name"]: row for row in rows}
    assert by_name["frozen/bias"]["state"] == "identical"
    assert float(by_name["moving/bias"]["relative_l2"]) == pytest.approx(4)


def test_the_page_says_what_moved_farthest_first(cli: Cli, made: Made) -> None:
    run = made("drift.run")
    page = cli("diff", run / "ckpt-100", run / "ckpt-600").out
    lines = page.splitlines()
    farthest = lines[lines.index("Moved, the farthest first") + 2]
    assert farthest.startswith("dead/kernel")
    assert "7 moved, 5 identical" in page
    assert "Identical, bit for bit" in page


def test_what_cannot_be_read_ends_with_two(cli: Cli, made: Made, tmp_path: Path) -> None:
    ended = cli("diff", made("drift.run"), tmp_path / "nowhere", "--json")
    assert ended.code == 2
    assert ended.json["moved"] == []
    assert ended.json["findings"]


def test_the_total_says_what_is_not_in_it(cli: Cli, made: Made) -> None:
    sides = (made("drift.run") / "ckpt-400", made("drift.run") / "ckpt-600")
    assert cli("diff", *sides, "--json").json["totals"]["left_out"] == ["moving/kernel"]
    words = "1 variable with NaN or infinite values left out of the total: moving/kernel."
    assert words in " ".join(cli("diff", *sides).out.split())


@pytest.mark.parametrize("command", ["diff", "drift"])
def test_a_damaged_file_is_told_before_what_follows_from_it(
    cli: Cli, made: Made, tmp_path: Path, command: str
) -> None:
    whole = made("bundles.strings")
    for file in whole.iterdir():
        data = bytearray(file.read_bytes())
        if file.suffix == ".index":
            data[60] ^= 4  # in the only block, whose checksum then fails
        (tmp_path / file.name).write_bytes(data)
    ended = cli(command, whole / "strings", tmp_path / "strings", "--json")
    assert ended.code == 1
    severities = [one["severity"] for one in ended.json["findings"]]
    assert severities[0] == "error"
    assert "warning" in severities
    assert severities == sorted(severities, key=["error", "warning", "info"].index)
