"""K01, K02, K03, F12: what a Keras file needs, would execute, or is not what it is called."""

from __future__ import annotations

import pytest

from tfinspector.contents.findings import Severity
from tfinspector.diagnosis.keras_files import find_keras_problems
from tfinspector.formats.checkpoints.checkpoint import read_checkpoint
from tfinspector.formats.keras.keras_file import read_keras


def found(path):
    return {one.id: one for one in find_keras_problems(read_keras(str(path))[0])}


def test_custom_objects_come_with_the_line_that_loads_them(made):
    finding = found(made("keras_files.custom_objects") / "model.keras")["K01"]
    assert finding.severity is Severity.INFO
    assert "Scale" in finding.title
    assert "custom_objects={'mine>Scale': Scale}" in finding.fix.code
    assert {one["class"] for one in finding.evidence["classes"]} == {"Scale"}
    assert "compile=False" in finding.fix.code, "the loss is spared"


def test_what_only_compiling_needs_is_left_out_by_not_compiling(made):
    finding = found(made("keras_files.custom_objects") / "loss_only.keras")["K01"]
    assert "compile=False" in finding.fix.code
    assert "odd_loss" in finding.title


@pytest.mark.parametrize("name", ["model.keras", "model.h5"])
def test_code_in_a_lambda_is_told(made, name):
    finding = found(made("keras_files.custom_objects") / name)["K02"]
    assert finding.severity is Severity.WARNING
    assert "twice" in finding.title
    assert "load_weights" in finding.fix.code


@pytest.mark.parametrize("name", ["new.h5", "old.keras"])
def test_a_file_of_keras_2(made, name):
    finding = found(made("keras_legacy.every_kind") / name)["K03"]
    assert "Keras 2." in finding.title
    assert "tf_keras" in finding.fix.code


def test_weights_of_keras_2_need_no_word(made):
    assert "K03" not in found(made("keras_legacy.every_kind") / "old_weights.h5")


def test_a_healthy_file_has_no_findings(made):
    for name in ("int8.keras", "embedding.keras"):
        assert found(made("keras_files.quantised") / name) == {}
    assert found(made("keras_files.every_kind") / "model.weights.h5") == {}


def test_a_foreign_hdf5_file(tmp_path):
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "data.h5", "w") as file:
        file["images"] = [1.0, 2.0]
    finding = found(tmp_path / "data.h5")["F12"]
    assert "not one that Keras wrote" in finding.title


def test_other_checkpoints_are_not_judged(made):
    checkpoint, _ = read_checkpoint(str(made("checkpoints.keras_sequential") / "ckpt-5"))
    assert find_keras_problems(checkpoint) == []
