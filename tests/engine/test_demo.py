"""The demo: what it leaves, that it is whole or absent, and that cancelling ends its child."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tfinspector.contents.findings import Cancelled, Unreadable
from tfinspector.engine import demo
from tfinspector.engine.jobs import Progress, Ticket


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Progress]]:
    told: list[Progress] = []
    path = tmp_path_factory.mktemp("demo") / "new" / "demo"
    return demo.make_demo(path, Ticket(told.append)), told


def test_everything_such_a_run_leaves_is_there(trained: tuple[Path, list[Progress]]) -> None:
    path, _ = trained
    assert len(list((path / "run").glob("ckpt-*.index"))) == 16
    assert len(list((path / "run_with_nan").glob("ckpt-*.index"))) == 16
    for name in (
        "run/checkpoint", "saved_model/saved_model.pb", "saved_model/variables/variables.index",
        "exported/saved_model.pb", "spirals.keras", "factory.py", "factory_unbuilt.py",
        "train.py", "demo.json",
    ):  # fmt: skip
        assert (path / name).is_file(), name
    assert list(path.parent.iterdir()) == [path], "the draft is gone"
    assert sum(f.stat().st_size for f in path.rglob("*") if f.is_file()) < 10_000_000


def test_progress_rises_to_the_end(trained: tuple[Path, list[Progress]]) -> None:
    _, told = trained
    done = [each.done for each in told]
    assert done == sorted(done)
    assert done[0] == 0
    assert done[-1] == told[-1].total == 100
    assert len(told) > 16


def test_only_one_snapshot_of_the_spoiled_run_differs(trained: tuple[Path, list[Progress]]) -> None:
    path, _ = trained
    differing = [
        file.name
        for file in sorted((path / "run").glob("*.data-*"))
        if file.read_bytes() != (path / "run_with_nan" / file.name).read_bytes()
    ]
    assert differing == ["ckpt-1200.data-00000-of-00001"]


def test_the_values_tell_the_story(tensorflow, trained: tuple[Path, list[Progress]]) -> None:
    path, _ = trained
    answer = tensorflow.call("tests.engine.test_demo:look_with_tensorflow", str(path))
    assert answer["frozen"], "hidden_1 stands still from 600 to 1000"
    assert answer["moving"], "and moves before"
    assert answer["nan_early"] == 0
    assert answer["nan_late"] == 4096
    assert answer["signature_inputs"] == ["position", "sector"]
    assert answer["good"] == "restored"
    assert answer["failing"] == {
        "build_renamed": "AssertionError",
        "build_deeper": "AssertionError",
        "build_misnamed": "AssertionError",
        "build_wider": "ValueError",
        "build_sgd": "ValueError",
        "build_half": "InvalidArgumentError",
        "build_raises": "FileNotFoundError",
    }


def look_with_tensorflow(path: str) -> dict[str, object]:
    """Runs in the TensorFlow process."""
    import importlib.util

    import numpy as np
    import tensorflow as tf

    def read(run: str, step: int, name: str) -> np.ndarray:
        reader = tf.train.load_checkpoint(f"{path}/{run}/ckpt-{step}")
        return reader.get_tensor(f"{name}/.ATTRIBUTES/VARIABLE_VALUE")

    spec = importlib.util.spec_from_file_location("demo_factory", f"{path}/factory.py")
    factory = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(factory)

    def outcome(name: str) -> str:
        try:
            made = getattr(factory, name)()
            named = made if isinstance(made, dict) else {"model": made[0], "optimizer": made[1]}
            status = tf.train.Checkpoint(**named).restore(f"{path}/run/ckpt-1600")
            status.assert_existing_objects_matched()
        except Exception as error:  # noqa: BLE001 - its type is what is asked for
            return type(error).__name__
        return "restored"

    failing = [n for n in dir(factory) if n.startswith("build_")]
    loaded = tf.saved_model.load(f"{path}/saved_model")
    kernel = "model/hidden_1/_kernel"
    return {
        "frozen": bool((read("run", 600, kernel) == read("run", 1000, kernel)).all()),
        "moving": bool((read("run", 500, kernel) != read("run", 600, kernel)).any()),
        "nan_early": int(np.isnan(read("run_with_nan", 1200, kernel)).sum()),
        "nan_late": int(np.isnan(read("run_with_nan", 1200, "model/hidden_2/_kernel")).sum()),
        "signature_inputs": sorted(
            loaded.signatures["serving_default"].structured_input_signature[1]
        ),
        "good": outcome("build"),
        "failing": {name: outcome(name) for name in failing},
    }


def test_a_complete_demo_is_kept(trained: tuple[Path, list[Progress]]) -> None:
    path, _ = trained
    before = (path / "run" / "ckpt-100.index").stat().st_mtime_ns
    assert demo.demo_is_complete(path)
    assert demo.make_demo(path, python=["/no/such/interpreter"]) == path
    assert (path / "run" / "ckpt-100.index").stat().st_mtime_ns == before


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(Unreadable) as raised:
        demo.make_demo(tmp_path)
    assert raised.value.finding.id == "P01"
    assert raised.value.finding.fix is not None
    assert [f.name for f in tmp_path.iterdir()] == ["thesis.txt"]


def test_an_interpreter_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as raised:
        demo.make_demo(tmp_path / "demo", python=["/no/such/interpreter"])
    assert "can't be started" in raised.value.finding.title
    assert "/no/such/interpreter" in raised.value.finding.where
    assert list(tmp_path.iterdir()) == []


def test_a_python_without_tensorflow_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as raised:
        demo.make_demo(tmp_path / "demo", python=[sys.executable, "-S", "-I"])
    assert "could not be trained" in raised.value.finding.title
    assert raised.value.finding.evidence["exit"] != 0
    assert list(tmp_path.iterdir()) == []


def test_cancelling_ends_the_child_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    children: list[subprocess.Popen[str]] = []
    start = demo._child

    def remember(command: list[str], folder: Path) -> subprocess.Popen[str]:
        children.append(start(command, folder))
        return children[-1]

    ticket = Ticket(lambda progress: ticket.cancel() if progress.done == 50 else None)
    script = tmp_path / "chatty.py"
    script.write_text("import time\nprint('@50 half', flush=True)\ntime.sleep(600)\n")
    monkeypatch.setattr(demo, "_child", remember)
    with pytest.raises(Cancelled):
        demo.make_demo(tmp_path / "demo", ticket, python=[sys.executable, str(script)])
    assert [child.returncode for child in children] == [-9]
    assert [f.name for f in tmp_path.iterdir()] == ["chatty.py"]


def test_the_place_can_be_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TFINSPECTOR_DATA_DIR", str(tmp_path))
    assert demo.demo_directory() == tmp_path / "demo"
    monkeypatch.delenv("TFINSPECTOR_DATA_DIR")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))
    if sys.platform == "linux":
        assert demo.demo_directory() == tmp_path / "xdg" / "tfinspector" / "demo"
