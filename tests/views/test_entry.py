"""The program's entry: which words go where, and what happens without a display."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tfinspector import __main__, app
from tfinspector.cli.main import COMMANDS as KNOWN


def program(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tfinspector", *words],
        capture_output=True, text=True, timeout=120, check=False,
        env={name: value for name, value in (os.environ | environment).items() if value},
    )  # fmt: skip


def test_every_command_is_routed_to_the_command_line() -> None:
    assert set(KNOWN) <= __main__.COMMANDS


@pytest.mark.parametrize("words", [["--version"], ["list", "/nowhere"], ["--help"]])
def test_commands_do_not_load_qt(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr("tfinspector.cli.main.main", lambda argv, paint: asked.append(argv) or 0)
    monkeypatch.setattr(app, "main", lambda *_: pytest.fail("opened the window"))
    assert __main__.main(words) == 0
    assert asked == [words]


def test_anything_else_opens_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(app, "main", lambda paths, fresh: asked.append((paths, fresh)) or 0)
    __main__.main(["/a/ckpt-1", "b"])
    __main__.main(["--fresh"])
    __main__.main([])
    assert asked == [(["/a/ckpt-1", "b"], False), ([], True), ([], False)]


@pytest.mark.parametrize(
    ("word", "meant"), [("lst", "list"), ("Check", "check"), ("shot", "shots")]
)
def test_a_mistyped_command_is_asked_back(
    word: str, meant: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(app, "main", lambda *_: pytest.fail("opened the window"))
    assert __main__.main([word, "foo"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert f"no such command or path: {word}; did you mean {meant}?" in told.err


@pytest.mark.parametrize("there", ["lst", "lst.index"])
def test_what_is_there_is_opened_whatever_it_is_called(
    there: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(app, "main", lambda paths, fresh: asked.append(paths) or 0)
    monkeypatch.chdir(tmp_path)
    (tmp_path / there).touch()
    assert __main__.main(["lst"]) == 0
    assert asked == [["lst"]]


def test_without_a_display_it_says_what_to_do_instead() -> None:
    ran = program("/a", DISPLAY="", WAYLAND_DISPLAY="", QT_QPA_PLATFORM="")
    assert ran.returncode == 2
    assert "tfinspector shots PATH" in ran.stderr


def test_shots_of_nothing_end_with_two_and_still_print_a_document(tmp_path: Path) -> None:
    ran = program("shots", str(tmp_path / "no"), "-o", str(tmp_path), "--json", "--no-worker")
    assert ran.returncode == 2
    document = json.loads(ran.stdout)
    assert document["pictures"] == []
    assert document["findings"][0]["severity"] == "error"


def test_importing_the_window_imports_neither_tensorflow_nor_plots() -> None:
    code = (
        "import sys, tfinspector.app, tfinspector.views.window.main_window;"
        "print([m for m in ('tensorflow', 'keras', 'pyqtgraph', 'numba', 'h5py', 'scipy') "
        "if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_an_exception_in_a_slot_becomes_a_finding(
    begin: Callable[..., object], capsys: pytest.CaptureFixture[str]
) -> None:
    from tfinspector.viewmodels.doors import Doors
    from tfinspector.viewmodels.session import Session

    session = begin(Doors())
    assert isinstance(session, Session)
    tell = app._teller(session)
    try:
        raise ValueError("in a slot")
    except ValueError as error:
        tell(ValueError, error, error.__traceback__)
    assert "in a slot" in session.findings[0].title
    assert "ValueError" in capsys.readouterr().err
