"""Restoring in the worker: what TensorFlow answers, what it says meanwhile, and the way back."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import copyfile
from typing import Any

import numpy as np
import pytest

from tests.worker.conftest import Asked, by_path
from tfinspector.engine.restoring.model_reports import relayed_error_of
from tfinspector.engine.worker.client import MethodFailed, WorkerClient


def sha256(value: Any) -> str:
    return hashlib.sha256(np.asarray(value).tobytes()).hexdigest()


def stored_hashes(values: dict[str, Any], prefix: str = "") -> dict[str, str]:
    """Of a referee's reading: path of the variable below `prefix` to the hash of its bytes."""
    return {
        key.removesuffix("/.ATTRIBUTES/VARIABLE_VALUE").removeprefix(prefix): hashlib.sha256(
            data
        ).hexdigest()
        for key, (_, _, data) in values.items()
        if isinstance(data, bytes) and key.startswith(prefix)
    }


@pytest.mark.parametrize(
    ("file", "name", "mode"),
    [("net", "", "read"), ("net", "", "restore"), ("trained-1", "model", "restore")],
)
def test_values_are_those_of_the_file(
    asked: Asked,
    made: Callable[[str], Path],
    referee: Callable[[Path], dict[str, Any]],
    file: str,
    name: str,
    mode: str,
) -> None:
    prefix = made("worker_models.net") / file
    expected = stored_hashes(referee(prefix), f"{name}/" if name else "")
    model = asked.build("built")
    told = asked("restore", prefix=str(prefix), name=name, mode=mode)
    assert told["error"] is None
    assert told["status_type"] == "CheckpointLoadStatus"
    assert told["seconds"] > 0
    assert told["peak_nbytes"] > 1 << 26  # TensorFlow alone has more
    assert told["device_peak_nbytes"] is None
    assert told["unassigned"] == []
    hashes = asked.hashes()
    for path, variable in by_path(model).items():
        index = model.variables.index(variable)
        assert hashes[index] == expected[path], path


def test_before_is_told_and_the_way_back_leads_there(
    asked: Asked, made: Callable[[str], Path]
) -> None:
    prefix = made("worker_models.counter") / "counter-1"
    model = asked.build("module")
    before = {index: each.initial for index, each in enumerate(model.variables)}
    assert asked.hashes() == before
    remembered = asked("remember")
    assert remembered["variables"] == len(model.variables)
    assert remembered["nbytes"] > 0
    asked("restore", prefix=str(prefix))
    changed = {index for index, value in asked.hashes().items() if value != before[index]}
    assert {model.variables[index].path for index in changed} == {"weight", "parts/0", "words"}
    asked("roll_back")
    assert asked.hashes() == before


def test_hashes_of_some(asked: Asked) -> None:
    model = asked.build("functional")
    assert asked.hashes([2, 0]) == {2: model.variables[2].initial, 0: model.variables[0].initial}


def test_a_shape_that_does_not_fit_is_relayed(asked: Asked, made: Callable[[str], Path]) -> None:
    asked.build("module")
    told = asked("restore", prefix=str(made("worker_models.counter") / "wrong_shape"))
    error = relayed_error_of(told["error"])
    assert error
    assert error.type == "ValueError"
    assert "incompatible tensor with shape (4, 3)" in error.message
    assert told["status_type"] == ""
    assert relayed_error_of(None) is None


def test_a_file_that_is_not_there(asked: Asked, tmp_path: Path) -> None:
    asked.build("module")
    told = asked("restore", prefix=str(tmp_path / "nothing"))
    assert told["error"]["type"] == "NotFoundError"


PATTERNS = ("run[1]/counter-1", "counter[best]-1", "a[b/c]d/counter-1", "x\\y", "what*?")


@pytest.mark.parametrize("can_link", [True, False])
def test_paths_that_are_taken_for_patterns(
    made: Callable[[str], Path], tmp_path: Path, write_factory: Callable[..., str], can_link: bool
) -> None:
    """They are restored through links, or copies where there are none; neither stays."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    refuse = "def refuse(*_):\n    raise OSError('no links here')\nos.symlink = refuse\n"
    spec = write_factory(
        f"import os, sys\nsys.path.append({str(Path.cwd())!r})\n"
        "from tests.makers.worker_models import module as make\n" + refuse * (not can_link)
    )
    with WorkerClient(("env", f"TMPDIR={temporary}", sys.executable)) as client:
        asked = Asked(client)
        for place in PATTERNS:
            prefix = tmp_path / place
            prefix.parent.mkdir(parents=True, exist_ok=True)
            for file in made("worker_models.counter").glob("counter-1.*"):
                copyfile(file, f"{prefix}{file.suffix}")
            model = asked.build(spec)
            assert list(temporary.glob("tfinspector-*")) == []
            told = asked("restore", prefix=str(prefix))
            assert told["error"] is None, place
            assert told["checks"]["assert_consumed"] is None
            changed = {
                model.variables[at].path
                for at, value in asked.hashes().items()
                if value != model.variables[at].initial
            }
            assert changed == {"weight", "parts/0", "words"}
            links = list(temporary.glob("tfinspector-*/*"))
            assert len(links) == 2
            assert all(path.is_symlink() is can_link for path in links)
            asked("call")
            assert list(temporary.glob("tfinspector-*")) == []
            asked("restore", prefix=str(prefix))
    assert list(temporary.glob("tfinspector-*")) == []


def test_an_error_names_the_path_that_was_given(
    asked: Asked, made: Callable[[str], Path], tmp_path: Path
) -> None:
    prefix = tmp_path / "lost[1]"
    copyfile(made("worker_models.counter") / "counter-1.index", f"{prefix}.index")
    asked.build("module")
    message = asked("restore", prefix=str(prefix))["error"]["message"]
    assert f"{prefix}.data-00000-of-00001" in message


def test_nothing_matches_and_tensorflow_is_silent(
    asked: Asked, made: Callable[[str], Path]
) -> None:
    model = asked.build("module")
    told = asked("restore", prefix=str(made("worker_models.renamed") / "renamed-1"))
    assert told["error"] is None
    assert "Found 5 Python objects that were not bound" in told["checks"]["assert_consumed"]
    assert told["checks"]["assert_nontrivial_match"] is None  # the save counter satisfies it
    assert len(told["matched"]) == 2  # the root and the save counter
    assert asked.hashes() == {n: each.initial for n, each in enumerate(model.variables)}


def test_a_file_of_names_goes_by_names(asked: Asked, made: Callable[[str], Path]) -> None:
    model = asked.build("module")
    told = asked("restore", prefix=str(made("worker_models.counter") / "by_name"), mode="read")
    assert told["error"] is None
    assert told["status_type"] == "NameBasedSaverStatus"
    assert told["matched"] is told["unassigned"] is None
    assert "name-based" in told["log"]
    weight = by_path(model)["weight"]
    index = model.variables.index(weight)
    assert asked.hashes()[index] == sha256(np.full((2, 3), 5, "float32"))


def test_what_the_factorys_own_restore_lost_comes_back(
    asked: Asked,
    made: Callable[[str], Path],
    referee: Callable[[Path], dict[str, Any]],
    write_factory: Callable[..., str],
) -> None:
    """Restoring before building loses the first kernel in Keras 3 (fact 3); we build first."""
    prefix = made("worker_models.net") / "net"
    expected = stored_hashes(referee(prefix))
    spec = write_factory(
        f"import sys\nsys.path.append({str(Path.cwd())!r})\n"
        "import numpy as np\nimport tensorflow as tf\nfrom tests.makers import worker_models\n"
        "def make():\n"
        "    model = worker_models.unbuilt()\n"
        f"    tf.train.Checkpoint(model).read({str(prefix)!r})\n"
        "    model(np.zeros((1, 3), 'float32'))\n"
        "    return model\n"
    )
    model = asked.build(spec)
    names = by_path(model)
    lost = {path for path in names if names[path].initial != expected[path]}
    assert lost == {"first/_kernel"}
    told = asked("restore", prefix=str(prefix), mode="read")
    assert told["unassigned"] == []
    hashes = asked.hashes()
    assert {path: hashes[model.variables.index(names[path])] for path in names} == expected


@pytest.mark.parametrize("factory", ["functional", "unbuilt_with_optimizer", "module", "others"])
@pytest.mark.parametrize("name", ["", "model"])
def test_what_is_written_satisfies_the_ordinary_restore(
    asked: Asked, tmp_path: Path, factory: str, name: str
) -> None:
    """By another process that has only the factory, as the user's program."""
    asked.build(factory, hints={"optimizer": True, "kernels": [["first", [3, 5]]]})
    told = asked("write", prefix=str(tmp_path / "draft"), name=name)
    assert told["prefix"] == str(tmp_path / "draft")
    assert told["files"] == ["draft.data-00000-of-00001", "draft.index"]
    assert sorted(path.name for path in tmp_path.iterdir()) == told["files"]
    hashes = asked.hashes()
    model = asked.build(factory, hints={"optimizer": True, "kernels": [["first", [3, 5]]]})
    restored = asked("restore", prefix=told["prefix"], name=name)
    assert restored["checks"] == dict.fromkeys(restored["checks"])
    after = asked.hashes()
    for index, variable in enumerate(model.variables):
        assert after[index] == hashes[index] or variable.random_state


def test_a_call_runs_and_its_outputs_are_told(asked: Asked) -> None:
    asked.build("module")
    told = asked("call")
    assert told["done"]
    (output,) = told["outputs"]
    assert (output["name"], output["dtype"], output["shape"]) == ("product", "float32", [1, 3])
    assert (output["min"], output["max"], output["mean"], output["finite"]) == (0.0, 0.0, 0.0, 3)
    assert output["sha256"] == sha256(np.zeros((1, 3), "float32"))


def test_why_a_call_can_not_be_made(asked: Asked, write_factory: Callable[..., str]) -> None:
    asked.build("two_models")
    assert "no one model" in asked("call")["why_not"]
    asked.build("unbuilt")
    assert "sample_inputs" in asked("call")["why_not"]
    spec = write_factory(
        "import tensorflow as tf\n"
        "class Bad(tf.Module):\n    def __call__(self, x):\n        return x @ undefined\n"
        "def make():\n    return Bad()\ndef sample_inputs():\n    return 1.0\n"
    )
    asked.build(spec)
    told = asked("call")
    assert "NameError" in told["why_not"]
    assert told["error"]["frames"][-1]["code"] == "return x @ undefined"


def test_a_directory_change_does_not_move_the_file(
    asked: Asked, made: Callable[[str], Path], write_factory: Callable[..., str], tmp_path: Path
) -> None:
    """Relative prefixes mean the directory that the worker was started in."""
    with WorkerClient() as client:
        spec = write_factory(
            f"import os, sys\nsys.path.append({str(Path.cwd())!r})\n"
            "from tests.makers.worker_models import module\n"
            f"def make():\n    os.chdir({str(tmp_path)!r})\n    return module()\n"
        )
        client.call("build", {"factory": spec})
        path = made("worker_models.counter").relative_to(Path.cwd()) / "counter-1"
        assert client.call("restore", {"prefix": str(path)})["error"] is None


def test_before_anything_is_built() -> None:
    with WorkerClient() as client:
        for method in ("restore", "hashes", "remember", "roll_back", "call", "write", "assign"):
            with pytest.raises(MethodFailed) as caught:
                client.call(method, {"prefix": "x", "rows": []})
            assert caught.value.error.type == "NothingBuilt"
