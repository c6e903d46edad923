"""The page Restore with the real engine: a renamed layer is found, mapped, proved and repaired."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.conftest_qt import begin
from tfinspector.contents.restores import Outcome
from tfinspector.viewmodels.doors import Doors
from tfinspector.viewmodels.restore.jobs import Written
from tfinspector.viewmodels.session import Session
from tfinspector.views.restore.page import RestorePage

__all__ = ["begin"]
_LONG_MS = 180_000

FACTORY = """
import tensorflow as tf


class Net(tf.Module):
    def __init__(self, name="encoder"):
        super().__init__()
        setattr(self, name, tf.Variable(tf.ones([4, 3])))
        self.head = tf.Variable(tf.zeros([3, 2]))


def build():
    return {"model": Net()}


def build_renamed():
    return {"model": Net("body")}


def save(prefix):
    model = Net()
    model.encoder.assign(tf.reshape(tf.range(12.0), [4, 3]))
    model.head.assign(tf.fill([3, 2], 7.0))
    tf.train.Checkpoint(model=model).save(prefix)
"""


@pytest.fixture
def factory(tmp_path: Path) -> Path:
    """A factory, and a checkpoint `ckpt-1` beside it that its `build` would restore."""
    path = tmp_path / "factory.py"
    path.write_text(FACTORY)
    words = f"import factory; factory.save({str(tmp_path / 'ckpt')!r})"
    subprocess.run([sys.executable, "-c", words], cwd=tmp_path, check=True, capture_output=True)
    return path


def test_devices_side_by_side(
    begin: Callable[[Doors], Session], factory: Path, qtbot: QtBot
) -> None:
    """The CPU in two halves: each placed, proved, and called with the same input."""
    session = begin(Doors())
    page = RestorePage(session)
    qtbot.addWidget(page)
    with qtbot.waitSignal(session.current_changed, timeout=_LONG_MS):
        session.open(str(factory.parent / "ckpt-1"))
    model = page.model
    model.fill_in(factory=f"{factory}:build")
    model.compare(model.comparisons[-1])
    qtbot.waitUntil(lambda: model.task is None, timeout=_LONG_MS)
    assert model.result is not None
    assert model.result.devices is not None
    runs = model.result.devices.runs
    assert [run.device for run in runs] == ["CPU:0", "CPU:1"]
    for run in runs:
        assert run.report.outcome is Outcome.RESTORED
        assert {row.device for row in run.report.rows if row.variable >= 0} == {run.device}
    assert page.outcome.devices.verdict.verdict.words.startswith(
        "2 of 2 variables proved equal on both devices"
    )


def test_a_renamed_variable_is_mapped_and_repaired(
    begin: Callable[[Doors], Session], factory: Path, qtbot: QtBot
) -> None:
    session = begin(Doors())
    page = RestorePage(session)
    qtbot.addWidget(page)
    with qtbot.waitSignal(session.current_changed, timeout=_LONG_MS):
        session.open(str(factory.parent / "ckpt-1"))
    model = page.model
    model.fill_in(factory=f"{factory}:build_renamed")

    model.dry_run()
    qtbot.waitUntil(lambda: model.task is None, timeout=_LONG_MS)
    assert model.result is not None
    assert model.result.report.expected_outcome is Outcome.PARTIAL
    assert [pair.rename.path for pair in model.renames.pairs] == ["model/body"]

    model.renames.accept_above(0.0)
    model.restore()
    qtbot.waitUntil(lambda: model.task is None, timeout=_LONG_MS)
    assert page.match.verdict.verdict.words.startswith("2 of 2 variables proved equal to the file")
    qtbot.waitUntil(lambda: bool(model.code), timeout=_LONG_MS)
    assert "tfinspector" not in str(model.code).replace("Made by tfinspector", "")

    fixed = str(factory.parent / "fixed")
    model.write_repaired(fixed)
    qtbot.waitUntil(lambda: model.task is None, timeout=_LONG_MS)
    assert isinstance(model.written, Written), model.written
    assert page.written.verdict.role == "proved"
    proof = (
        "import factory, tensorflow as tf; made = factory.build_renamed()\n"
        f"tf.train.Checkpoint(**made).restore({fixed!r}).assert_consumed()\n"
        "assert made['model'].body.numpy()[3, 2] == 11.0\n"
    )
    subprocess.run([sys.executable, "-c", proof], cwd=factory.parent, check=True, timeout=120)
