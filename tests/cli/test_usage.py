"""Wrong usage ends with 2 and a hint; help and version are always there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cli.conftest import Ended
from tfinspector import __version__
from tfinspector.cli.main import COMMANDS

Cli = Callable[..., Ended]


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["list"],
        ["list", "--nonsense", "x"],
        ["list", "a", "b"],
        ["values", "a"],
        ["stats"],
        ["check"],
        ["load"],
        ["demo", "a", "b"],
        ["--nonsense"],
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2(cli: Cli, words: list[str]) -> None:
    ended = cli(*words)
    assert ended.code == 2
    assert ended.out == ""
    assert "Usage: tfinspector" in ended.err


def test_wrong_usage_prints_no_document(cli: Cli) -> None:
    assert cli("list", "--json").out == ""


@pytest.mark.parametrize("words", [["--help"], ["-h"], []], ids=repr)
def test_help_names_every_command_and_the_window(cli: Cli, words: list[str]) -> None:
    ended = cli(*words)
    assert ended.code == 0
    for word in (*COMMANDS, "shots", "opens the window"):
        assert word in ended.out


@pytest.mark.parametrize("word", COMMANDS)
def test_every_command_has_help_and_json(cli: Cli, word: str) -> None:
    ended = cli(word, "--help")
    assert ended.code == 0
    assert "--json" in ended.out


def test_version(cli: Cli) -> None:
    assert cli("--version").out == f"tfinspector {__version__}\n"
