"""`tfinspector restore`: maps, scripts and repaired checkpoints, taken up by plain TensorFlow."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.cli.conftest import Ended
from tests.cli.test_restore import FACTORIES, Cli, net, spec, told
from tests.tensorflow_process import TensorFlowProcess

__all__ = ["net"]  # a fixture

pytestmark = pytest.mark.usefixtures("one_worker")
PLAIN = "tests.makers.cli_restores:plain_restore"


def values_by_end(told_values: dict[str, Any]) -> dict[str, Any]:
    """Without the names of model and layer, which differ between the factories."""
    return {"/".join(path.split("/")[-2:]): value for path, value in told_values.items()}


def test_a_saved_map_restores_as_it_is(cli: Cli, net: Path, tmp_path: Path) -> None:
    file = tmp_path / "map.json"
    words = ("restore", net, "--factory", spec("renamed"), "--json")
    suggested = told(cli(*words, "--dry-run", "--save-map", file), 1)
    assert suggested["written"]["map"] == str(file)
    document = told(cli(*words, "--map", file), 0)
    assert document["outcome"] == "restored"
    assert document["summary"]["parameters_restored"] == 56
    assert [each["applied"] for each in document["renames"]] == [True, True]
    assert document["renames"][0]["why"] == suggested["renames"][0]["why"]
    dry = told(cli(*words, "--map", file, "--dry-run", "--save-map", tmp_path / "again.json"), 0)
    assert dry["expected_outcome"] == "restored"
    assert json.loads((tmp_path / "again.json").read_text()) == json.loads(file.read_text())
    page = cli("restore", net, "--factory", spec("renamed"), "--map", file)
    assert "are proved equal to the file, by the map." in page.out


def test_a_map_by_hand(cli: Cli, net: Path, tmp_path: Path) -> None:
    file = tmp_path / "map.json"
    key = "model/middle/_kernel/.ATTRIBUTES/VARIABLE_VALUE"
    words = ("restore", net, "--factory", spec("renamed"), "--json", "--map", file)
    file.write_text(json.dumps([{"from": key, "to": "model/centre/_kernel"}]))
    document = told(cli(*words), 1)
    assert document["outcome"] == "partial"
    assert [(each["to"], each["applied"]) for each in document["renames"]] == [
        ("model/centre/_kernel", True), ("model/centre/bias", False),
    ]  # fmt: skip
    file.write_text(json.dumps([{"from": key, "to": "model/nowhere"}]))
    assert "model/nowhere" in told(cli(*words), 2)["findings"][0]["title"]
    file.write_text("{")
    assert "map.json" in told(cli(*words), 2)["findings"][0]["title"]
    file.unlink()
    told(cli(*words), 2)


def test_what_fits_needs_no_map_and_gets_an_empty_one(cli: Cli, net: Path, tmp_path: Path) -> None:
    file = tmp_path / "map.json"
    words = ("restore", net, "--factory", spec("fitting"), "--json")
    told(cli(*words, "--save-map", file), 0)
    assert told(cli(*words, "--map", file), 0)["outcome"] == "restored"


def test_the_emitted_script_restores_by_itself(cli: Cli, net: Path, tmp_path: Path) -> None:
    """In a process that can't import this program, in the factory's folder, without argument."""
    script = tmp_path / "restore it.py"
    ended = cli("restore", net, "--factory", spec("renamed"), "--emit-code", script, "--json",
                "--dry-run")  # fmt: skip
    assert told(ended, 1)["written"]["code"] == str(script)
    assert "tfinspector" not in "".join(
        line for line in script.read_text().splitlines() if "import" in line
    )
    blocked = "import sys; sys.modules['tfinspector'] = None; import runpy; "
    ran = subprocess.run(
        [sys.executable, "-c", f"{blocked}runpy.run_path(sys.argv[1], run_name='__main__')",
         str(script)],
        cwd=FACTORIES.parent, capture_output=True, text=True, check=False,
        env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"},
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert "restored 6 of 6 variables of the model" in ran.stdout


@pytest.fixture(scope="module")
def right(net: Path, tensorflow: TensorFlowProcess) -> dict[str, Any]:
    """The values that the file holds, as TensorFlow restores them into the right model."""
    return values_by_end(tensorflow.call(PLAIN, str(net), "fitting"))


def test_the_fixed_checkpoint_is_taken_by_plain_tensorflow(
    cli: Cli, net: Path, tmp_path: Path, tensorflow: TensorFlowProcess, right: dict[str, Any]
) -> None:
    before = {each.name: each.read_bytes() for each in net.parent.iterdir() if each.is_file()}
    words = ("restore", net, "--factory", spec("renamed"), "--write-fixed", tmp_path / "fixed")
    document = told(cli(*words, "--json"), 1)
    assert document["outcome"] == "partial", "the file itself is as it was"
    assert document["written"]["checkpoint"] == str(tmp_path / "fixed")
    assert document["fixed"]["outcome"] == "restored"
    found = values_by_end(tensorflow.call(PLAIN, str(tmp_path / "fixed"), "renamed"))
    assert found.keys() == right.keys()
    assert all(np.array_equal(found[name], right[name]) for name in right)
    assert {e.name: e.read_bytes() for e in net.parent.iterdir() if e.is_file()} == before
    _refuses_to_write_over(cli, words, tmp_path)


def _refuses_to_write_over(cli: Cli, words: tuple[Any, ...], directory: Path) -> None:
    written = {each.name: each.read_bytes() for each in directory.glob("fixed*")}
    assert len(written) == 2
    [finding] = told(cli(*words, "--json"), 2)["findings"]
    assert finding["title"] == "fixed can't be written: fixed.data-00000-of-00001 is there already."
    assert {each.name: each.read_bytes() for each in directory.glob("fixed*")} == written


def test_another_name_at_the_root_is_fixed_too(
    cli: Cli, net: Path, tmp_path: Path, tensorflow: TensorFlowProcess, right: dict[str, Any]
) -> None:
    ended: Ended = cli("restore", net, "--factory", spec("misnamed"), "--dry-run",
                       "--write-fixed", tmp_path / "fixed")  # fmt: skip
    assert ended.code == 1
    assert f"checkpoint  {tmp_path}/fixed\n" in ended.out
    assert "assert_consumed() passed" in ended.out
    found = values_by_end(tensorflow.call(PLAIN, str(tmp_path / "fixed"), "misnamed"))
    assert all(np.array_equal(found[name], right[name]) for name in right)


def test_a_transposed_kernel_is_turned(
    cli: Cli, net: Path, tmp_path: Path, tensorflow: TensorFlowProcess, right: dict[str, Any]
) -> None:
    ended = cli("restore", net, "--factory", spec("turned"), "--dry-run", "--json",
                "--write-fixed", tmp_path / "fixed")  # fmt: skip
    [turned] = told(ended, 1)["renames"]
    assert (turned["transform"], turned["axes"]) == ("transpose", [1, 0])
    [value] = tensorflow.call(PLAIN, str(tmp_path / "fixed"), "turned").values()
    assert np.array_equal(value.T, right["middle/kernel"])


def test_nothing_is_cut_or_filled_up_unasked(cli: Cli, net: Path, tmp_path: Path) -> None:
    script, file = tmp_path / "fill.py", tmp_path / "map.json"
    words = ("restore", net, "--factory", spec("longer"), "--dry-run", "--json")
    document = told(cli(*words, "--emit-code", script, "--save-map", file), 1)
    assert [each["transform"] for each in document["renames"]] == ["slice"]
    [warning] = [each for each in document["findings"] if each["id"] == "M34"]
    assert "middle/kernel" in warning["title"]
    assert f"--emit-code {script}" in warning["fix"]["code"]
    assert "RENAMED = []\n" in script.read_text()
    unedited = told(cli(*words, "--map", file), 1)
    rows = {each["model_path"]: each["state"] for each in unedited["variables"]}
    assert rows["model/middle/_kernel"] == "shape_mismatch"
    entries = json.loads(file.read_text())
    assert [each.pop("accepted") for each in entries["renames"]] == [False]
    file.write_text(json.dumps(entries))
    accepted = told(cli(*words, "--emit-code", script, "--map", file), 0)
    rows = {each["model_path"]: each["expected"] for each in accepted["variables"]}
    assert rows["model/middle/_kernel"] == "restored"
    assert "M34" not in [each["id"] for each in accepted["findings"]]
    assert "RENAMED = []\n" not in script.read_text()


def test_a_guess_among_equals_waits_for_a_person(
    cli: Cli, net: Path, tmp_path: Path, tensorflow: TensorFlowProcess, right: dict[str, Any]
) -> None:
    file, fixed = tmp_path / "map.json", tmp_path / "fixed"
    words = ("restore", net, "--factory", spec("strange"), "--json")
    document = told(cli(*words, "--dry-run", "--write-fixed", fixed, "--save-map", file), 1)
    guessed = {e["from"].split("/")[1]: e["alternatives"] for e in document["renames"]
               if e["from"].endswith("bias/.ATTRIBUTES/VARIABLE_VALUE")}  # fmt: skip
    assert guessed == {
        "middle": None, "left": ["model/kappa/bias"], "right": ["model/omega/bias"],
    }  # fmt: skip
    [warning] = [each for each in document["findings"] if each["id"] == "M41"]
    assert "4 suggestions are not applied, because they are guesses" in warning["title"]
    assert "left/" in warning["title"]
    assert "kappa/" in warning["title"]
    assert document["fixed"]["outcome"] == "partial"
    entries = json.loads(file.read_text())
    waiting = [each for each in entries["renames"] if each.get("accepted") is False]
    assert len(waiting) == 4
    for each in waiting:  # the guess was right here; a person says so
        each["accepted"] = True
    file.write_text(json.dumps(entries))
    again = told(cli(*words, "--map", file, "--write-fixed", tmp_path / "whole"), 0)
    assert (again["outcome"], again["fixed"]["outcome"]) == ("restored", "restored")
    found = values_by_end(tensorflow.call(PLAIN, str(tmp_path / "whole"), "strange"))
    assert all(np.array_equal(found[name], right[name]) for name in right)
    page = cli("restore", net, "--factory", spec("strange"), "--dry-run")
    words_of_page = " ".join(page.out.split())
    assert "Look that the code has them right before you use it." in words_of_page
    assert "It is a guess: 1 other fits as well." in words_of_page
    assert "What is a guess, is cut or is filled up only counts in a map." in words_of_page
