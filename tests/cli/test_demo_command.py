"""`tfinspector demo`: prints its folder and nothing else on standard output."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli import schema
from tests.cli.conftest import Ended
from tfinspector.cli import demo

Cli = Callable[..., Ended]


def test_a_complete_demo_is_told_to_be_there(cli: Cli, own_demo: Path) -> None:
    ended = cli("demo", own_demo)
    assert ended.code == 0
    assert ended.out == f"{own_demo}\n", "a script can use it as it is"
    assert "already there" in ended.err


def test_the_document(cli: Cli, own_demo: Path) -> None:
    ended = cli("demo", own_demo, "--json")
    assert ended.code == 0
    schema.check(ended.json, schema.DEMO)
    assert ended.json["path"] == str(own_demo)
    assert ended.json["reused"] is True
    assert all(Path(each).exists() for each in ended.json["sources"])


def test_a_folder_with_something_else_is_left_alone(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "text.txt").write_text("mine")
    ended = cli("demo", tmp_path / "thesis", "--json")
    assert ended.code == 2
    schema.check(ended.json, schema.DEMO)
    assert ended.json["findings"][0]["id"] == "P01"


def test_an_interpreter_that_is_not_there(cli: Cli, tmp_path: Path) -> None:
    ended = cli("demo", tmp_path / "new", "--python", "/no/such/python")
    assert ended.code == 2
    assert ended.out == "", "nothing that a script could take for the folder"
    assert "can't be started" in ended.err
    assert "/no/such/python" in ended.err
    assert not (tmp_path / "new").exists()


def test_open_opens_the_window_on_it(
    cli: Cli, own_demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    monkeypatch.setattr(demo, "_window", lambda path: opened.append(path) or 0)
    assert cli("demo", own_demo, "--open").code == 0
    assert opened == [own_demo]
    assert cli("demo", own_demo).code == 0
    assert len(opened) == 1


def test_the_window_gets_the_sources(own_demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[list[str]] = []
    monkeypatch.setattr(demo.subprocess, "call", lambda command: called.append(command) or 0)
    assert demo._window(own_demo) == 0
    assert called[0][1:3] == ["-m", "tfinspector"]
    assert called[0][3:] == [str(own_demo / n) for n in ("run", "run_with_nan", "saved_model")]
