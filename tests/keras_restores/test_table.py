"""The table: what the program says of every restore of a Keras file, and what it makes of them."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.legacy_keras import legacy_command
from tests.makers.keras_restores.cases import CASES, MODELS, KerasCase
from tests.makers.keras_restores.writing import given
from tests.tensorflow_process import TensorFlowProcess
from tfinspector.contents.findings import Severity
from tfinspector.contents.restores import Outcome, RestoreReport, State, Way
from tfinspector.engine.restoring.code import code_for
from tfinspector.engine.restoring.repairing import write_fixed
from tfinspector.engine.restoring.restore import RestoreRequest, dry_run, restore
from tfinspector.engine.worker.client import WorkerClient

NAMES = [case.name for case in CASES]
BY_NAME = {case.name: case for case in CASES}
WHOLE = ("k04_nested", "k05_bias", "k06_unbuilt", "m14_frozen")
"""Written as a whole model too; the class of the first is the user's own."""
WANTED = {"K03": 2, "K04": 2, "K05": 2, "K06": 2, "M14": 2, "F12": 2, "": 6}
UNBUILT = """
import keras

class Net(keras.Model):
    def build(self, shape):
        self.stem = keras.layers.Dense(6)
        self.stem.build(shape)
        self.built = True

    def call(self, value):
        return self.stem(value)

def build():
    return Net()
"""


@dataclass(frozen=True)
class Judged:
    """What the program said of a case."""

    case: KerasCase
    dry: RestoreReport
    full: RestoreReport

    @property
    def first(self) -> str:
        return self.full.findings[0].id if self.full.findings else ""

    @property
    def alarms(self) -> list[str]:
        found = [*self.full.findings, *self.dry.findings]
        return [f"{one.id} {one.title}" for one in found if one.severity is not Severity.INFO]


Judge = Callable[[str], Judged]


@pytest.fixture(scope="module")
def workers() -> Iterator[dict[str, WorkerClient]]:
    clients = {"main": WorkerClient(), "legacy": WorkerClient(legacy_command())}
    yield clients
    for client in clients.values():
        client.stop()


@pytest.fixture(scope="module")
def judge(keras_restores: Path, workers: dict[str, WorkerClient]) -> Judge:
    known: dict[str, Judged] = {}

    def of(name: str) -> Judged:
        if name not in known:
            case = BY_NAME[name]
            request, client = request_for(case, keras_restores), workers[case.python]
            known[name] = Judged(case, dry_run(request, client), restore(request, client))
        return known[name]

    return of


def request_for(case: KerasCase, keras_restores: Path) -> RestoreRequest:
    return RestoreRequest(str(given(case, keras_restores)), f"{MODELS}:{case.build}", timeout=120)


def weights(report: RestoreReport, *states: State) -> int:
    assert report.model is not None
    return sum(
        row.role == "weight" and row.variable >= 0 and row.expected in states
        and not report.model.variables[row.variable].random_state
        for row in report.rows
    )  # fmt: skip


def test_every_class_has_its_instances() -> None:
    count = Counter(case.found for case in CASES)
    assert {found: count[found] for found, most in WANTED.items() if count[found] < most} == {}


@pytest.mark.parametrize("name", NAMES)
def test_first_finding(name: str, judge: Judge) -> None:
    judged = judge(name)
    if judged.case.found:
        assert judged.first == judged.case.found, said(judged)
    else:
        assert judged.alarms == []
    for each in judged.full.findings:
        assert each.severity is Severity.INFO or each.fix


@pytest.mark.parametrize("name", NAMES)
def test_states(name: str, judge: Judge) -> None:
    judged = judge(name)
    case = judged.case
    assert weights(judged.full, *State) == case.weights
    assert weights(judged.full, State.RESTORED) == case.restored, told(judged)
    assert not any(row.state is State.RESTORED for row in judged.dry.rows)
    if case.restored:
        assert weights(judged.dry, State.RESTORED) == case.restored
        assert judged.full.way is Way(case.way)
    assert (judged.full.outcome is Outcome.RESTORED) == case.is_whole


@pytest.mark.parametrize("name", [case.name for case in CASES if case.python == "main"])
def test_plain_keras_needs_the_program_or_not(
    name: str, keras_restores: Path, tensorflow: TensorFlowProcess
) -> None:
    """The corpus is what it says: `load_weights` alone brings all values only where it is told."""
    case = BY_NAME[name]
    wrong = as_user(case, keras_restores, tensorflow, given(case, keras_restores))
    assert bool(wrong) == (case.way != "load_weights"), wrong


@pytest.mark.parametrize(
    ("name", "ending"),
    [(case.name, ending) for case in CASES if case.is_whole and case.python == "main"
     for ending in ((".weights.h5", ".keras") if case.name in WHOLE else (".weights.h5",))
     if case.found],
)  # fmt: skip
def test_what_is_written_is_loaded_by_plain_keras(
    name: str, ending: str, keras_restores: Path, workers: dict[str, WorkerClient],
    tensorflow: TensorFlowProcess, tmp_path: Path,
) -> None:  # fmt: skip
    case = BY_NAME[name]
    path = tmp_path / f"written{ending}"
    report = write_fixed(request_for(case, keras_restores), (), str(path), workers["main"])
    assert report.outcome is Outcome.RESTORED, report.findings
    assert report.way is Way.LOAD_WEIGHTS
    assert as_user(case, keras_restores, tensorflow, path) == []
    if ending == ".keras":
        wrong = tensorflow.call(
            "tests.makers.keras_restores.writing:loaded_whole",
            str(keras_restores / case.name), str(path),
        )  # fmt: skip
        assert wrong == []
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_a_model_that_keras_cannot_save_as_a_whole(
    keras_restores: Path, workers: dict[str, WorkerClient], tmp_path: Path
) -> None:
    """Its class takes arguments that nobody wrote down; its weights can be written."""
    request = request_for(BY_NAME["k04_attribute"], keras_restores)
    report = write_fixed(request, (), str(tmp_path / "new.keras"), workers["main"])
    assert report.outcome is Outcome.FAILED
    assert "can't save and load this model as a whole" in report.findings[0].title
    assert report.findings[0].fix is not None
    assert report.findings[0].fix.code.endswith("new.weights.h5")
    assert list(tmp_path.iterdir()) == []


def test_a_model_with_python_of_its_own_is_told_how_to_load(
    workers: dict[str, WorkerClient], tensorflow: TensorFlowProcess, tmp_path: Path
) -> None:
    tensorflow.call("tests.makers.keras_restores.writing:weights_of", "with_python", str(tmp_path))
    request = RestoreRequest(str(tmp_path / "a.weights.h5"), f"{MODELS}:with_python", timeout=120)
    path = tmp_path / "new.keras"
    report = write_fixed(request, (), str(path), workers["main"])
    assert report.outcome is Outcome.RESTORED, report.findings
    assert path.exists()
    told = next(each for each in report.findings if each.id == "K02")
    assert told.fix is not None
    assert told.fix.code.endswith("safe_mode=False)")


def test_a_quantised_model_is_written_whole(
    workers: dict[str, WorkerClient], tensorflow: TensorFlowProcess, tmp_path: Path
) -> None:
    tensorflow.call("tests.makers.keras_restores.writing:weights_of", "of_bytes", str(tmp_path))
    request = RestoreRequest(str(tmp_path / "a.weights.h5"), f"{MODELS}:of_bytes", timeout=120)
    report = write_fixed(request, (), str(tmp_path / "new.keras"), workers["main"])
    assert report.outcome is Outcome.RESTORED, report.findings
    assert all(row.state is State.RESTORED for row in report.rows if row.role == "weight")


@pytest.mark.parametrize("name", ["k04_nested", "m14_frozen", "k06_unbuilt", "f12_weights_as_h5"])
def test_the_script_restores_by_itself(
    name: str, judge: Judge, keras_restores: Path, tmp_path: Path
) -> None:
    judged = judge(name)
    script = tmp_path / "restore_it.py"
    script.write_text(code_for(request_for(judged.case, keras_restores), judged.dry, ()))
    done = subprocess.run(
        [sys.executable, script], check=False, capture_output=True, text=True, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert "every value was compared" in done.stdout
    assert "tfinspector" not in script.read_text().replace(str(ROOT), "")


def as_user(
    case: KerasCase, keras_restores: Path, tensorflow: TensorFlowProcess, path: Path
) -> list[str]:
    wrong: list[str] = tensorflow.call(
        "tests.makers.keras_restores.writing:loaded",
        str(keras_restores / case.name), case.build, str(path),
    )  # fmt: skip
    return wrong


def said(judged: Judged) -> str:
    return "; ".join(f"{one.id} {one.severity}: {one.title}" for one in judged.full.findings)


def told(judged: Judged) -> str:
    return "\n".join(f"{row.state}: {row.key} -> {row.model_path}" for row in judged.full.rows)


def test_a_model_that_nothing_can_build(
    keras_restores: Path, workers: dict[str, WorkerClient], tmp_path: Path
) -> None:
    """All weights wait for its first call, and the advice is in the words of Keras."""
    (tmp_path / "mine.py").write_text(UNBUILT, encoding="utf-8")
    path = str(given(BY_NAME["healthy_own"], keras_restores))
    report = restore(RestoreRequest(path, f"{tmp_path / 'mine.py'}:build"), workers["main"])
    first = report.findings[0]
    assert (first.id, first.severity) == ("M04", Severity.ERROR)
    assert first.title == (
        "The model has no variables before the first call, so 4 weights of the checkpoint have "
        "nowhere to go."
    )
    assert {row.state for row in report.rows} == {State.NOT_BUILT}
    assert first.fix
    assert first.fix.code.endswith(f"model.load_weights({path!r})")
