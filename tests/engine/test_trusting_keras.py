"""What a Keras file would execute or need when it is loaded, from its configuration alone."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tfinspector.contents.findings import Severity
from tfinspector.contents.trust import TrustReport
from tfinspector.engine.opening import open_source
from tfinspector.engine.trusting import trust

Made = Callable[[str], Path]


def _trust(path: Path) -> TrustReport:
    return trust(open_source(str(path)))


def test_a_layer_that_loads_a_saved_model_from_elsewhere(made: Made) -> None:
    directory = made("keras_files.executing")
    report = _trust(directory / "outside.keras")
    [layer] = report.lambdas
    assert (layer.path, layer.kind, layer.has_code) == ("outside", "TFSMLayer", False)
    assert Path(layer.function).name == "exported"
    [finding] = report.findings
    assert (finding.id, finding.severity) == ("K02", Severity.WARNING)
    assert layer.function in finding.title
    assert finding.fix is not None
    assert finding.fix.code == f"tfinspector trust {layer.function!r}"


def test_lambdas_are_found_inside_layers_and_in_the_loss(made: Made) -> None:
    report = _trust(made("keras_files.executing") / "wrapped.keras")
    assert [(one.path, one.has_code) for one in report.lambdas] == [
        ("each", True),
        ("the loss", True),
    ]
    assert [finding.id for finding in report.findings] == ["K02"]
    assert "each carries Python code" in report.findings[0].title


def test_a_pickled_module(tmp_path: Path) -> None:
    layer = {
        "module": "keras.layers",
        "class_name": "TorchModuleWrapper",
        "config": {"name": "net", "module": "gAJ9cQAu"},
        "registered_name": None,
    }
    config = {"class_name": "Sequential", "module": "keras", "config": {"layers": [layer]}}
    path = tmp_path / "torch.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps(config))
        archive.writestr("metadata.json", "{}")
    report = _trust(path)
    assert [(one.path, one.kind, one.has_code) for one in report.lambdas] == [
        ("net", "TorchModuleWrapper", True)
    ]
    [finding] = report.findings
    assert finding.id == "K02"
    assert "pickled PyTorch module" in finding.title


@pytest.mark.parametrize("name", ["own.keras", "own.h5"])
def test_losses_and_metrics_of_ones_own_go_by_their_registered_names(made: Made, name: str) -> None:
    report = _trust(made("keras_files.executing") / name)
    told = {one.registered_name: (one.class_name, one.place) for one in report.custom_objects}
    assert told == {
        "mine>OddLoss": ("OddLoss", "the loss"),
        "mine>OddMetric": ("OddMetric", "the metrics"),
        "mine>odd_distance": ("odd_distance", "the metrics"),
    }
    assert not any(one.needed for one in report.custom_objects)
    assert [finding.id for finding in report.findings] == ["K01"]
