"""Files of other programs: named, and turned into checkpoints by the code that is offered."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.tensorflow_process import TensorFlowProcess
from tfinspector.contents.findings import Finding, Unreadable
from tfinspector.engine.opening import open_source
from tfinspector.formats.saved_models.faults import RIEGELI_SIGNATURE


def _refused(path: Path) -> Finding:
    with pytest.raises(Unreadable) as caught:
        open_source(str(path))
    return caught.value.finding


_ARRAYS = {"kernel": np.arange(6, dtype="f4").reshape(2, 3), "steps": np.array([3], "i8")}


def _npz(path: Path) -> None:
    with open(path, "wb") as file:
        np.savez(file, **_ARRAYS)


def _safetensors(path: Path) -> None:
    from safetensors.numpy import save_file

    save_file(_ARRAYS, path)


@pytest.mark.parametrize(
    ("name", "write", "words"),
    [("a.npz", _npz, "archive of NumPy arrays"), ("a.safetensors", _safetensors, "safetensors")],
)
def test_the_code_makes_a_checkpoint(
    tensorflow: TensorFlowProcess,
    tmp_path: Path,
    name: str,
    write: Callable[[Path], None],
    words: str,
) -> None:
    write(tmp_path / name)
    finding = _refused(tmp_path / name)
    assert finding.id == "F12"
    assert words in finding.title
    assert finding.fix is not None
    tensorflow.call("builtins:exec", finding.fix.code, {})
    made = open_source(str(tmp_path / f"{name}-ckpt"))
    assert {each.key for each in made.source.variables} == set(_ARRAYS)
    for key, value in _ARRAYS.items():
        np.testing.assert_array_equal(made.reader().read(key), value)


def test_a_numpy_array_becomes_a_checkpoint(tensorflow: TensorFlowProcess, tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", _ARRAYS["kernel"])
    fix = _refused(tmp_path / "a.npy").fix
    assert fix is not None
    tensorflow.call("builtins:exec", fix.code, {})
    made = open_source(str(tmp_path / "a.npy-ckpt"))
    np.testing.assert_array_equal(made.reader().read("array"), _ARRAYS["kernel"])


def test_a_directory_of_safetensors(tensorflow: TensorFlowProcess, tmp_path: Path) -> None:
    directory = tmp_path / "weights"
    directory.mkdir()
    _safetensors(directory / "model-00001-of-00001.safetensors")
    finding = _refused(directory)
    assert finding.fix is not None
    tensorflow.call("builtins:exec", finding.fix.code, {})
    made = open_source(str(tmp_path / "weights-ckpt"))
    assert {each.key for each in made.source.variables} == set(_ARRAYS)


def test_a_tflite_model_becomes_a_checkpoint(
    made: Callable[[str], Path], tensorflow: TensorFlowProcess, tmp_path: Path
) -> None:
    model = tmp_path / "model.tflite"
    model.write_bytes((made("graph_files.lite") / "model.tflite").read_bytes())
    finding = _refused(model)
    assert "TensorFlow Lite" in finding.title
    assert finding.fix is not None
    tensorflow.call("builtins:exec", finding.fix.code, {})
    weights = open_source(f"{model}-ckpt").source.variables
    assert any(each.size > 1 for each in weights)


def test_tensorflow_js(tmp_path: Path) -> None:
    """As its converter writes it: the topology first, the list of weights last."""
    model = {"format": "layers-model", "modelTopology": {}, "weightsManifest": [{"paths": []}]}
    (tmp_path / "model.json").write_text(json.dumps(model))
    (tmp_path / "group1-shard1of1.bin").write_bytes(bytes(8))
    for path in (tmp_path, tmp_path / "model.json"):
        finding = _refused(path)
        assert "TensorFlow.js" in finding.title
        assert finding.fix is not None
        assert str(tmp_path / "model.json") in finding.fix.code


def test_orbax(tmp_path: Path) -> None:
    """The names that Orbax writes; the code is Python, and names the directory."""
    (tmp_path / "_CHECKPOINT_METADATA").write_text("{}")
    (tmp_path / "manifest.ocdbt").write_bytes(b"\x0c\xdb\x3a\x2a")
    finding = _refused(tmp_path)
    assert "Orbax" in finding.title
    assert finding.fix is not None
    compile(finding.fix.code, "fix", "exec")
    assert repr(str(tmp_path)) in finding.fix.code
    assert "Orbax" in _refused(tmp_path / "manifest.ocdbt").title


def test_a_chunked_saved_model(tmp_path: Path) -> None:
    (tmp_path / "saved_model.cpb").write_bytes(RIEGELI_SIGNATURE + bytes(100))
    finding = _refused(tmp_path)
    assert finding.id == "S04"
    assert "chunked" in finding.title
    assert finding.fix is not None
    assert "experimental_image_format=False" in finding.fix.code
