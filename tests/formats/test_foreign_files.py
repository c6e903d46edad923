"""Files of other programs: named, and turned into checkpoints by the code that is offered."""

from __future__ import annotations

import json
import zipfile
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


def test_tensorflow_js(tensorflow: TensorFlowProcess, tmp_path: Path) -> None:
    """As its converter writes it: weights over several files, whole and quantised ones."""
    eight = np.array([[0, 10], [100, 255]], "u1")
    half = np.arange(3, dtype="f2")
    weights = [
        {"name": "dense/kernel", "shape": [2, 3], "dtype": "float32"},
        {"name": "steps", "shape": [], "dtype": "int32"},
        {"name": "packed", "shape": [2, 2], "dtype": "float32",
         "quantization": {"dtype": "uint8", "min": -1.0, "scale": 0.5}},
        {"name": "half", "shape": [3], "dtype": "float32", "quantization": {"dtype": "float16"}},
    ]  # fmt: skip
    data = _ARRAYS["kernel"].tobytes() + np.int32(7).tobytes() + eight.tobytes() + half.tobytes()
    parts = {"group1-shard1of2.bin": data[:10], "group1-shard2of2.bin": data[10:]}
    for name, part in parts.items():
        (tmp_path / name).write_bytes(part)
    model = {"format": "layers-model", "modelTopology": {},
             "weightsManifest": [{"paths": list(parts), "weights": weights}]}  # fmt: skip
    (tmp_path / "model.json").write_text(json.dumps(model))
    for path in (tmp_path, tmp_path / "model.json"):
        finding = _refused(path)
        assert "TensorFlow.js" in finding.title
        assert finding.fix is not None
        assert str(tmp_path / "model.json") in finding.fix.code
    tensorflow.call("builtins:exec", finding.fix.code, {})
    made = open_source(str(tmp_path / "model.json-ckpt")).reader()
    np.testing.assert_array_equal(made.read("dense/kernel"), _ARRAYS["kernel"])
    assert made.read("steps") == 7
    np.testing.assert_array_equal(made.read("packed"), eight * np.float32(0.5) - 1)
    np.testing.assert_array_equal(made.read("half"), half.astype("f4"))


@pytest.mark.parametrize(
    ("name", "words"), [("a.pt", "PyTorch"), ("a.onnx", "ONNX"), ("a.pkl", "pickled Python")]
)
def test_what_needs_other_packages_is_named(tmp_path: Path, name: str, words: str) -> None:
    """The code is Python that saves a checkpoint; what is pickled is never opened by it."""
    path = tmp_path / name
    if name == "a.pt":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("a/data.pkl", b"\x80\x02}q\x00.")
    else:
        path.write_bytes(b"\x08\x07\x12\x03own" if name == "a.onnx" else b"\x80\x04N.")
    finding = _refused(path)
    assert words in finding.title
    assert finding.fix is not None
    compile(finding.fix.code, "fix", "exec")
    assert ("SaveV2" in finding.fix.code) == (name != "a.pkl")


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


@pytest.mark.parametrize("given", ["run", "run/10", "run/10/pytree"])
def test_orbax_as_keras_saves_it(tmp_path: Path, given: str) -> None:
    """A directory for each step, items in it; the arrays of the last step are what is saved."""
    for step in ("9", "10"):
        for item, name in (("pytree", "manifest.ocdbt"), ("model_config", "_strings.json")):
            (tmp_path / "run" / step / item).mkdir(parents=True)
            (tmp_path / "run" / step / item / "_METADATA").write_text("{}")
            (tmp_path / "run" / step / item / name).write_bytes(b"\x0c\xdb\x3a\x2a")
        (tmp_path / "run" / step / "_CHECKPOINT_METADATA").write_text("{}")
    finding = _refused(tmp_path / given)
    assert "Orbax" in finding.title
    assert finding.fix is not None
    assert repr(str(tmp_path / "run" / "10" / "pytree")) in finding.fix.code


def test_a_chunked_saved_model(tmp_path: Path) -> None:
    (tmp_path / "saved_model.cpb").write_bytes(RIEGELI_SIGNATURE + bytes(100))
    finding = _refused(tmp_path)
    assert finding.id == "S04"
    assert "chunked" in finding.title
    assert finding.fix is not None
    assert "experimental_image_format=False" in finding.fix.code
