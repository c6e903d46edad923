"""FarmHash against TensorFlow's own, and against the fingerprint of a real export."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.tensorflow_process import TensorFlowProcess
from tfinspector.formats.saved_models.fingerprint import fingerprint64, index_fingerprint
from tfinspector.formats.saved_models.saved_model import read_saved_model

LENGTHS = [*range(140), 255, 256, 1000, 4096]


def test_it_is_tensorflows_hash_of_any_length(tensorflow: TensorFlowProcess) -> None:
    theirs = tensorflow.call("tests.makers.trusting:fingerprints", LENGTHS)
    ours = [fingerprint64(bytes(at % 256 for at in range(length))) for length in LENGTHS]
    assert ours == theirs


def test_the_index_of_an_export_has_the_stored_one(made: Callable[[str], Path]) -> None:
    saved_model = read_saved_model(made("trusting.reaching") / "model")
    assert saved_model.fingerprint
    assert index_fingerprint(saved_model) == saved_model.fingerprint.checkpoint_hash
