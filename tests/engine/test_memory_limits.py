"""Workers under a limit of memory: a factory, or the restore itself, runs into it for real."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.tensorflow_process import TensorFlowProcess
from tfinspector.contents.findings import Finding, Severity
from tfinspector.contents.reports import WorkerState
from tfinspector.contents.restores import Outcome, State
from tfinspector.engine.restoring.restore import RestoreRequest, dry_run, restore
from tfinspector.engine.worker.client import WorkerClient

LIMIT_KB = 8_000_000  # TensorFlow alone takes 3 to 5 GB of addresses
COMMAND = ("sh", "-c", f'ulimit -v {LIMIT_KB}; exec "$0" "$@"', sys.executable)
EATERS = """
import numpy as np


def lists():
    held = []
    while True:
        held.append(bytearray(1 << 27))


def arrays():
    return [np.ones(1 << 27) for _ in range(64)]


def tensors():
    import tensorflow as tf

    return {"v": [tf.Variable(tf.ones([1 << 27])) for _ in range(64)]}


def good():
    import tensorflow as tf

    return tf.train.Checkpoint(w=tf.Variable(tf.zeros([4])))
"""
LARGE = """
import resource

import tensorflow as tf

NUMBERS = 40_000_000


def build(spare=1 << 40):
    made = tf.train.Checkpoint(w=tf.Variable(tf.zeros([NUMBERS])))
    if spare < 1 << 40:
        with open("/proc/self/status") as file:
            taken = next(int(line.split()[1]) for line in file if line.startswith("VmSize:"))
        most = taken * 1024 + spare
        resource.setrlimit(resource.RLIMIT_AS, (most, resource.RLIM_INFINITY))
    return made
"""


@pytest.fixture(scope="module")
def small(made: Callable[[str], Path]) -> str:
    return str(made("cli_restores.nets") / "net-1")


@pytest.fixture(scope="module")
def limited() -> Iterator[WorkerClient]:
    with WorkerClient(COMMAND) as client:
        yield client


@pytest.mark.parametrize(
    ("eater", "wanted"),
    [
        ("lists", ""),
        ("arrays", "there was no room for an array of 1.00 GiB"),
        ("tensors", "there was no room for a float tensor of shape [134217728]"),
    ],
)
def test_a_factory_that_eats_memory(
    eater: str, wanted: str, small: str, limited: WorkerClient, tmp_path: Path
) -> None:
    """It is told what there was no room for, and what to do; the worker comes through."""
    path = tmp_path / "eaters.py"
    path.write_text(EATERS)
    report = restore(RestoreRequest(small, f"{path}:{eater}", timeout=120), limited)
    assert report.outcome is Outcome.FAILED
    first = report.findings[0]
    assert (first.id, first.severity) == ("R01", Severity.ERROR)
    assert first.title.startswith("Memory ran out while the factory built the model in ")
    assert "of eaters.py" in first.title
    assert wanted in first.title
    assert "the checkpoint is not to blame" in first.detail
    assert advice(first).startswith("Build a smaller model")
    assert "eaters.py" in first.where
    again = dry_run(RestoreRequest(small, f"{path}:good", timeout=120), limited)
    assert again.model is not None
    assert limited.state is WorkerState.READY


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory, tensorflow: TensorFlowProcess) -> Path:
    """A checkpoint of 160 MB beside its factory."""
    directory = tmp_path_factory.mktemp("large")
    (directory / "factory.py").write_text(LARGE)
    tensorflow.call("tests.makers.memory:save_large", str(directory))
    return directory


def test_a_restore_without_room_is_foretold_and_told(large: Path) -> None:
    """The limit leaves less than the checkpoint's bytes beside the model's own."""
    request = RestoreRequest(
        str(large / "ckpt"), f"{large / 'factory.py'}:build", {"spare": 100 << 20}, timeout=120
    )
    with WorkerClient() as client:
        before = dry_run(request, client)
    warning = next(each for each in before.findings if each.id == "R01")
    assert warning.severity is Severity.WARNING
    assert warning.title.startswith("The restore needs about 152.6 MiB of memory on top of")
    assert warning.evidence["available_nbytes"] < 152 << 20
    with WorkerClient() as client:
        report = restore(request, client)
    assert report.outcome is Outcome.FAILED
    first = report.findings[0]
    assert (first.id, first.severity) == ("R01", Severity.ERROR)
    assert first.title.startswith("Memory ran out")
    assert advice(first)
    assert State.RESTORED not in {row.state for row in report.rows}


def advice(finding: Finding) -> str:
    return finding.fix.text if finding.fix else ""
