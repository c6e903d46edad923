"""`tfinspector restore --devices`: two devices side by side."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.cli.test_restore import Cli, net, spec, told
from tfinspector.engine.worker.client import WorkerClient

__all__ = ["net"]  # a fixture


def test_two_halves_of_the_cpu(cli: Cli, net: Path) -> None:
    """Each in a process of its own: in one that works already the CPU can't be split."""
    words = ("--devices", "CPU:0, CPU:1", "--logical-cpus", "2", "--python", sys.executable)
    ended = cli("restore", net, "--factory", spec("without_optimizer"), "--json", *words)
    document = told(ended, 0)
    assert document["outcome"] == "restored"
    assert [(each["device"], each["outcome"]) for each in document["devices"]] == [
        ("CPU:0", "restored"), ("CPU:1", "restored"),
    ]  # fmt: skip
    assert all(each["peak_nbytes"] > 1 << 26 for each in document["devices"])
    assert all(each["call_seconds"] > 0 for each in document["devices"])
    [output] = document["device_outputs"]
    assert (output["max_abs"], output["max_rel"], output["equal"]) == (0.0, 0.0, True)
    assert (output["shape"], output["device"], output["reference"]) == ([2, 4], "CPU:1", "CPU:0")


def test_one_that_is_not_there(cli: Cli, net: Path, one_worker: WorkerClient) -> None:
    words = ("restore", net, "--factory", spec("without_optimizer"), "--devices", "CPU:0,GPU:7")
    document = told(cli(*words, "--json"), 1)
    assert [each["outcome"] for each in document["devices"]] == ["restored", "failed"]
    assert document["device_outputs"] == []
    first = document["findings"][0]
    assert first["id"] == "R02"
    assert "CPU:0" in first["title"]
    page = cli(*words)
    assert page.code == 1
    assert "\nDevices\n" in page.out
    assert "The restore failed." in page.out


def test_the_page_says_how_far_they_are_apart(
    cli: Cli, net: Path, one_worker: WorkerClient
) -> None:
    ended = cli("restore", net, "--factory", spec("without_optimizer"), "--devices", "CPU:0,CPU:0")
    assert ended.code == 0
    assert "against CPU:0\n" in ended.out
    assert "equal, bit by bit\n" in ended.out


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--devices", "CPU:0"), "two or more"),
        (("--devices", "CPU:0,CPU:1", "--dry-run"), "--dry-run"),
        (("--devices", "CPU:0,CPU:1", "--device", "CPU:0"), "--device"),
        (("--logical-cpus", "-1"), "--logical-cpus"),
    ],
)
def test_wrong_usage(cli: Cli, net: Path, words: tuple[str, ...], why: str) -> None:
    ended = cli("restore", net, "--factory", spec("fitting"), *words)
    assert (ended.code, ended.out) == (2, "")
    assert why in ended.err
