"""`tfinspector load`: TensorFlow loads it, or the finding says why not."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from tests.cli import schema
from tests.cli.conftest import Ended

Cli = Callable[..., Ended]
Made = Callable[[str], Path]


def test_a_saved_model_loads(cli: Cli, own_demo: Path) -> None:
    ended = cli("load", own_demo / "saved_model", "--device", "CPU:0", "--json")
    assert ended.code == 0
    document = ended.json
    schema.check(document, schema.LOAD)
    assert document["loaded"] is True
    assert document["callable"] is False, "Keras 3 saves no traced __call__"
    assert document["seconds"] > 0
    [signature] = document["signatures"]
    assert [each["name"] for each in signature["inputs"]] == ["position", "sector"]
    assert [64, 64] in [each["shape"] for each in document["variables"]]
    assert document["worker"]["tensorflow"]


def test_every_variable_is_proved(cli: Cli, own_demo: Path) -> None:
    ended = cli("load", own_demo / "exported", "--json")
    assert ended.json["variables"]
    assert {each["equal"] for each in ended.json["variables"]} == {True}
    page = cli("load", own_demo / "exported")
    count = len(ended.json["variables"])
    assert f"All {count} variables hold the file's values, bit for bit." in page.out


def test_a_whole_model_of_keras(cli: Cli, made: Made) -> None:
    directory = made("whole_models.whole")
    ended = cli("load", directory / "custom.keras", "--json")
    assert ended.code == 2
    schema.check(ended.json, schema.LOAD)
    assert ended.json["findings"][0]["id"] == "K01"
    words = ("load", directory / "custom.keras", "--custom", directory / "classes.py")
    ended = cli(*words, "--json")
    assert ended.code == 0
    schema.check(ended.json, schema.LOAD)
    assert ended.json["loaded"] is True
    assert ended.json["way"] == "with keras"
    page = cli(*words)
    assert page.out.startswith("Loaded with keras in ")
    assert "All 14 variables hold the file's values, bit for bit." in page.out


def test_the_command_that_allows_code_works_as_it_is(cli: Cli, made: Made) -> None:
    ended = cli("load", made("whole_models.with_code") / "code.keras", "--json")
    assert ended.code == 2
    [finding] = ended.json["findings"]
    assert finding["id"] == "K02"
    words = shlex.split(finding["fix"]["code"])
    assert words[0] == "tfinspector"
    ended = cli(*words[1:], "--json")
    assert ended.code == 0
    assert ended.json["loaded"] is True


def test_the_page_says_so(cli: Cli, own_demo: Path) -> None:
    ended = cli("load", own_demo / "exported")
    assert ended.code == 0
    assert ended.out.startswith("Loaded in ")
    assert "serving_default(" in ended.out


def test_tags_it_does_not_have_are_an_error(cli: Cli, own_demo: Path) -> None:
    ended = cli("load", own_demo / "saved_model", "--tags", "train", "--json")
    assert ended.code == 1
    schema.check(ended.json, schema.LOAD)
    assert ended.json["loaded"] is False
    assert ended.json["findings"][0]["severity"] == "error"


def test_without_its_variables_it_does_not_load(cli: Cli, own_demo: Path, tmp_path: Path) -> None:
    shutil.copytree(own_demo / "saved_model", tmp_path / "broken")
    (tmp_path / "broken" / "variables" / "variables.data-00000-of-00001").unlink()
    ended = cli("load", tmp_path / "broken", "--json")
    assert ended.code in (1, 2)
    schema.check(ended.json, schema.LOAD)
    assert ended.json["loaded"] is False


def test_what_is_no_saved_model_cannot_be_read(cli: Cli, tmp_path: Path) -> None:
    ended = cli("load", tmp_path / "nothing", "--json")
    assert ended.code == 2
    schema.check(ended.json, schema.LOAD)
    assert ended.json["loaded"] is False


def test_a_worker_that_cannot_start_ends_with_3(cli: Cli, own_demo: Path) -> None:
    ended = cli("load", own_demo / "saved_model", "--python", "/no/such/python", "--json")
    assert ended.code == 3
    schema.check(ended.json, schema.LOAD)
    assert "/no/such/python" in str(ended.json["findings"])


def test_a_worker_that_dies_ends_with_3(cli: Cli, own_demo: Path, tmp_path: Path) -> None:
    script = tmp_path / "dies.py"
    script.write_text("import os\nos.abort()\n")
    command = f"{sys.executable} {script}"
    ended = cli("load", own_demo / "saved_model", "--python", command, "--json")
    assert ended.code == 3
    assert ended.json["findings"][0]["severity"] == "error"
