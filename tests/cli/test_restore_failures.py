"""`tfinspector restore`: wrong factories, wrong interpreters, wrong words."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli import schema
from tests.cli.conftest import Ended
from tests.cli.test_restore import FACTORIES, Cli, net, spec, told
from tfinspector.engine.worker.client import WorkerClient

__all__ = ["net"]  # a fixture


@pytest.fixture
def ask(cli: Cli, net: Path, one_worker: WorkerClient) -> Callable[..., Ended]:
    return lambda factory, *words: cli("restore", net, "--factory", factory, "--json", *words)


Ask = Callable[..., Ended]


def first(document: Any) -> Any:
    finding = document["findings"][0]
    assert finding["severity"] == "error"
    return finding


def test_keyword_arguments_reach_the_factory(ask: Ask) -> None:
    assert told(ask(spec("needs_width"), "--kwargs", '{"width": 4}'), 0)["outcome"] == "restored"
    wider = told(ask(spec("needs_width"), "--kwargs", '{"width": 5}', "--dry-run"), 1)
    assert wider["summary"]["by_state"]["shape_mismatch"] == 6
    missing = first(told(ask(spec("needs_width")), 1))
    assert missing["id"] == "B06"
    assert "width" in missing["title"]
    assert "--kwargs" in missing["fix"]["text"]
    unknown = first(told(ask(spec("needs_width"), "--kwargs", '{"width": 4, "depth": 4}'), 1))
    assert "depth" in unknown["title"]


@pytest.mark.parametrize("words", ["{", "[1]", "3"])
def test_arguments_that_are_no_object_are_wrong_usage(ask: Ask, words: str) -> None:
    ended = ask(spec("fitting"), "--kwargs", words)
    assert ended.code == 2
    assert ended.out == ""
    assert "--kwargs" in ended.err


def test_a_factory_that_is_not_there(ask: Ask, tmp_path: Path) -> None:
    callable_ = first(told(ask(spec("fiting")), 1))
    assert callable_["id"] == "B03"
    assert "fitting" in callable_["title"], "what was probably meant is said"
    file = first(told(ask(f"{tmp_path}/gone.py:build"), 1))
    assert file["id"] == "B03"
    assert "gone.py" in file["title"]
    module = first(told(ask("no_package_of_this_name.models:build"), 1))
    assert "no_package_of_this_name" in module["title"]
    assert first(told(ask("just_a_word"), 1))["id"] == "B03"


def test_a_factory_that_fails(ask: Ask) -> None:
    raised = told(ask(spec("raises")), 1)
    assert raised["outcome"] == "failed"
    assert raised["variables"] == []
    assert raised["worker"]["tensorflow"], "the interpreter is told all the same"
    finding = first(raised)
    assert "RuntimeError" in finding["title"]
    assert "the configuration of the run is gone" in finding["title"]
    assert finding["where"].startswith(str(FACTORIES))
    assert first(told(ask(spec("exits")), 1))["id"] == "B05"
    package = first(told(ask(spec("imports")), 1))
    assert package["id"] == "B02"
    assert "package_that_nobody_has" in package["title"]


def test_a_factory_that_kills_its_process_ends_with_3(ask: Ask) -> None:
    document = told(ask(spec("aborts")), 3)
    assert document["outcome"] == "failed"
    assert first(document)["id"].startswith("W")
    assert told(ask(spec("without_optimizer")), 0)["outcome"] == "restored", "the next one works"


def test_another_interpreter(ask: Ask, tmp_path: Path) -> None:
    """A command of several words, which also says that it was the one."""
    mark = tmp_path / "it was here"
    script = tmp_path / "python with a space"
    script.write_text(f'#!/bin/sh\ntouch "{mark}"\nexec {shlex.quote(sys.executable)} "$@"\n')
    script.chmod(0o755)
    command = f"env TF_CPP_MIN_LOG_LEVEL=3 {shlex.quote(str(script))}"
    document = told(ask(spec("without_optimizer"), "--python", command), 0)
    assert document["outcome"] == "restored"
    assert document["worker"]["python"].startswith("3.")
    assert mark.exists()


def test_an_interpreter_that_is_not_there_ends_with_3(ask: Ask) -> None:
    document = told(ask(spec("fitting"), "--python", "/no/such/python"), 3)
    assert document["worker"] is None
    assert "/no/such/python" in str(document["findings"])


def test_the_page_of_a_failure_says_why(cli: Cli, net: Path, one_worker: WorkerClient) -> None:
    ended = cli("restore", net, "--factory", spec("raises"), "--write-fixed", "no_x",
                "--emit-code", "no_y.py")  # fmt: skip
    assert ended.code == 1
    assert ended.out.startswith("Not restored; the model holds what it held before.\n")
    assert "error B01" in ended.out
    assert "no_y.py and no_x could not be written: there is no model to restore into." in ended.out


def test_the_factory_is_asked_for(cli: Cli, net: Path) -> None:
    ended = cli("restore", net)
    assert ended.code == 2
    assert "--factory" in ended.err


def test_the_real_program(program: Callable[..., Ended], net: Path) -> None:
    ended = program("restore", net, "--factory", spec("fitting"), "--json")
    assert ended.code == 0
    schema.check(ended.json, schema.RESTORE)
    assert ended.json["outcome"] == "restored"
