"""Signatures and functions of a SavedModel, and loading it in the worker."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.looking import opened, session
from tfinspector.contents.findings import Finding, Severity
from tfinspector.contents.reports import LoadReport
from tfinspector.viewmodels.load_words import report_lines
from tfinspector.viewmodels.session import Session
from tfinspector.viewmodels.signatures.model import (
    NO_SOURCE,
    NOT_A_MODEL,
    SignaturesModel,
    tensor_row,
)
from tfinspector.viewmodels.signatures.running import RunModel
from tfinspector.viewmodels.worker import WorkerState

__all__ = ["opened", "session"]


@pytest.fixture
def model(session: Session) -> Iterator[SignaturesModel]:
    made = SignaturesModel(session)
    yield made
    made.deleteLater()


def test_empty_states_teach(model: SignaturesModel, opened: Callable[[str], Session]) -> None:
    assert model.empty_words == NO_SOURCE
    opened("run")
    assert model.empty_words == NOT_A_MODEL


def test_signatures_come_first_then_functions(
    model: SignaturesModel, opened: Callable[[str], Session]
) -> None:
    opened("model")
    assert [group.title for group in model.groups] == ["Signatures (serve)", "Functions (serve)"]
    names = [entry.name for entry in model.groups[0].entries]
    assert sorted(names) == ["count", "serving_default"]
    functions = {entry.name: entry for entry in model.groups[1].entries}
    assert functions["score"].summary == "2 call forms"
    assert model.chosen is model.entries[0]


def test_inputs_tell_type_and_unknown_dimensions(
    model: SignaturesModel, opened: Callable[[str], Session]
) -> None:
    opened("model")
    serving = next(entry for entry in model.entries if entry.name == "serving_default")
    assert serving.summary == "1 input, 1 output"
    name, dtype, shape, tensor = tensor_row(serving.item.inputs[0])
    assert (name, dtype, shape) == ("x", "float32", "? x 4")
    assert tensor.endswith(":0")


def test_a_root_that_cannot_be_called_is_told(
    model: SignaturesModel, opened: Callable[[str], Session]
) -> None:
    opened("model")
    assert "call" in model.root_words


def test_the_code_of_every_entry_runs(
    model: SignaturesModel, opened: Callable[[str], Session]
) -> None:
    opened("model")
    scripts = []
    for entry in model.entries:
        model.choose(entry)
        scripts.append(model.code.replace("\nimport tensorflow as tf\n", "\n"))
    assert len(set(scripts)) == len(model.entries)
    script = "import tensorflow as tf\n" + "\n".join(scripts)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_load_needs_the_worker(model: SignaturesModel, opened: Callable[[str], Session]) -> None:
    opened("model")
    assert "not ready" in model.why_not_load
    model.load()
    assert model.task is None


def test_loading_tells_what_tensorflow_found(
    model: SignaturesModel, opened: Callable[[str], Session], qtbot: QtBot
) -> None:
    session = opened("model")
    session.worker.start()
    qtbot.waitUntil(lambda: session.worker.state is WorkerState.READY, timeout=120_000)
    assert model.why_not_load == ""
    seen: list[object] = []
    model.load_changed.connect(lambda: model.task is None and seen.append(model.report))
    model.load()
    assert model.why_not_load != ""
    qtbot.waitUntil(lambda: model.task is None, timeout=120_000)
    report = model.report
    assert isinstance(report, LoadReport)
    assert seen[0] is report, "who hears that loading has ended finds the report"
    assert report.loaded
    assert not report.callable
    icons = [line[0] for line in report_lines(report)]
    assert icons[0] == "proved"
    assert report.proved == len(report.variables) > 0
    assert report_lines(report)[1][2].endswith("the file's values, bit for bit.")
    assert "The object itself can't be called." in report_lines(report)[2][2]


def test_a_failed_load_is_one_line_with_its_reason() -> None:
    finding = Finding("W01", Severity.ERROR, "The worker died")
    assert report_lines(finding) == [("error", "wrong", "The worker died")]
    failed = LoadReport("/m", False, 0, False, (), (), (finding,))
    assert report_lines(failed) == [("error", "wrong", "The worker died")]


def test_a_graph_is_not_loaded(
    model: SignaturesModel, session: Session, made: Callable[[str], Path], qtbot: QtBot
) -> None:
    task = session.open(str(made("graph_files.frozen") / "frozen.pb"))
    qtbot.waitUntil(lambda: task.state.is_over, timeout=20_000)
    assert [entry.name for entry in model.entries] == ["graph"]
    assert "imported by code" in model.why_not_load
    assert "imported by code" in model.root_words
    assert "import_graph_def" in model.code
    assert RunModel(session, model, model).why_not == model.why_never != ""
    model.load()
    assert model.task is None
