"""`tfinspector load`: TensorFlow loads it, or the finding says why not."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from tests.cli import schema
from tests.cli.conftest import Ended

Cli = Callable[..., Ended]


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
