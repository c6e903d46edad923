"""What Keras raised while a whole model was loaded, as its cause with a command."""

from __future__ import annotations

import pytest

from tfinspector.contents.findings import Finding
from tfinspector.contents.keras_files import CustomObject, KerasFile, KerasLayout, LambdaLayer
from tfinspector.contents.reports import RelayedError
from tfinspector.diagnosis.keras_loading import explain_keras_error
from tfinspector.diagnosis.trust.code_in_files import names_in_code, sentences_of

PATH = "/models/net of mine.keras"


def explained(message: str, version: str = "3.15.1", here: str = "3.15.1") -> Finding:
    keras = KerasFile(KerasLayout.ARCHIVE, keras_version=version)
    error = RelayedError("ValueError", message)
    return explain_keras_error(error, PATH, keras, ("layers.py",), "", here)


@pytest.mark.parametrize(
    ("message", "ident", "title"),
    [
        (
            "Could not locate class 'Scale'. Make sure custom classes are decorated",
            "K01", "Keras can't find Scale, which net of mine.keras needs.",
        ),
        (
            "bad marshal data (unknown type code)",
            "K02", "The Python in net of mine.keras does not run under this Python.",
        ),
        (
            "Layer 'dense' expected 2 variables, but received 0 variables during loading.",
            "K04", "The values in net of mine.keras do not fit the layers that its configuration "
            "makes.",
        ),
    ],
)  # fmt: skip
def test_known_sentences(message: str, ident: str, title: str) -> None:
    finding = explained(message)
    assert (finding.id, finding.title) == (ident, title)
    assert message in finding.detail
    assert finding.fix
    assert "'/models/net of mine.keras'" in finding.fix.code


def test_another_generation_of_keras() -> None:
    older = explained("Could not deserialize 'keras.metrics.mse'", version="2.15.0")
    assert older.id == "K03"
    assert "which Keras 2.15.0 wrote" in older.title
    assert older.fix
    assert older.fix.code.endswith("--custom layers.py --python OLDER_PYTHON")
    newer = explained("Unrecognized keyword arguments: ['batch_shape']", here="2.15.0")
    assert newer.id == "K03"
    assert newer.fix
    assert newer.fix.code.endswith("--python NEWER_PYTHON")
    at_home = explained("out of luck", version="2.15.0", here="2.15.0")
    assert at_home.id == "W10", "the generation is the same, so it is not that"


def test_what_nobody_knows_is_short() -> None:
    finding = explained("x" * 5000)
    assert finding.id == "W10"
    assert len(finding.title) < 1200


def test_places_that_bring_code() -> None:
    keras = KerasFile(
        KerasLayout.ARCHIVE,
        lambdas=(
            LambdaLayer("twice", "<lambda>", True),
            LambdaLayer("named", "my_function", False),
            LambdaLayer("outside", "/other/model", True, "TFSMLayer"),
            LambdaLayer("the loss", "<lambda>", True),
            LambdaLayer("wrapped", "", True, "TorchModuleWrapper"),
        ),
        custom_objects=(CustomObject("Scale", "", "", "scale"),),
        config={"layers": [{"class_name": "__lambda__", "config": {"code": "no base64: \u00e4"}}]},
    )
    sentences = sentences_of(keras)
    assert len(sentences) == 4, "a function that is only named brings no code"
    assert sentences[0] == "In the layer twice, compiled Python is kept."
    assert "/other/model" in sentences[1]
    assert sentences[2] == "In the loss, compiled Python is kept."
    assert "unpickled" in sentences[3]
    assert names_in_code(keras) == ()
