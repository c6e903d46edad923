"""Findings about SavedModels: what will happen when they are loaded, and code that really works."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.tensorflow_process import TensorFlowProcess
from tfinspector.contents.checkpoints import Checkpoint, LostBlock
from tfinspector.contents.findings import Finding, Severity
from tfinspector.contents.saved_models import SavedModel
from tfinspector.diagnosis.saved_models import find_saved_model_problems
from tfinspector.formats.checkpoints.checkpoint import read_checkpoint
from tfinspector.formats.saved_models.saved_model import join_variables, read_saved_model

Made = Callable[[str], Path]
REFEREE = "tests.makers.saved_model_referee"


def opened(directory: Path) -> tuple[SavedModel, Checkpoint | None]:
    saved_model = read_saved_model(directory)
    if not saved_model.variables_prefix:
        return saved_model, None
    checkpoint = read_checkpoint(saved_model.variables_prefix)[0]
    return join_variables(saved_model, checkpoint), checkpoint


def findings_of(directory: Path) -> list[Finding]:
    findings = find_saved_model_problems(*opened(directory))
    for finding in findings:
        assert finding.severity is Severity.INFO or finding.fix is not None
        assert finding.where
    return findings


def the(findings: list[Finding], id: str) -> Finding:
    (found,) = [finding for finding in findings if finding.id == id]
    return found


def code_of(finding: Finding) -> str:
    assert finding.fix is not None
    return finding.fix.code


def test_a_model_that_can_be_called_has_no_findings(made: Made) -> None:
    assert findings_of(made("saved_models.everything") / "model") == []


@pytest.mark.parametrize(
    "maker",
    ["tutorial.built", "tutorial.custom_layer", "tutorial.unbuilt", "saved_models.keras3_whole",
     "saved_models.keras3_export", "saved_models.no_signatures", "saved_models.untraced_call",
     "saved_models.no_variables"],
)  # fmt: skip
def test_s05_foretells_the_very_error_that_tensorflow_raises(
    made: Made, tensorflow: TensorFlowProcess, maker: str
) -> None:
    finding = the(findings_of(made(maker) / "model"), "S05")
    raised = tensorflow.call(f"{REFEREE}:error_of_calling", str(made(maker) / "model"))
    assert raised == finding.evidence["error"]
    assert str(finding.evidence["error"]) in finding.detail


@pytest.mark.parametrize("maker", ["tutorial.built", "tutorial.custom_layer"])
def test_s05_warns_in_the_words_of_the_error_and_its_code_runs(
    made: Made, tensorflow: TensorFlowProcess, maker: str
) -> None:
    finding = the(findings_of(made(maker) / "model"), "S05")
    assert finding.severity is Severity.WARNING
    assert "'_UserObject' object is not callable" in finding.title
    assert 'loaded.signatures["serving_default"]' in finding.title
    printed = tensorflow.call(f"{REFEREE}:run", code_of(finding))
    assert printed.startswith("output_0 float32 (1, ")


def test_s05_only_informs_where_another_way_was_meant(
    made: Made, tensorflow: TensorFlowProcess
) -> None:
    for maker in ("saved_models.keras3_export", "saved_models.no_variables"):
        finding = the(findings_of(made(maker) / "model"), "S05")
        assert finding.severity is Severity.INFO
        assert tensorflow.call(f"{REFEREE}:run", code_of(finding))


def test_s05_for_a_callable_without_signatures(made: Made, tensorflow: TensorFlowProcess) -> None:
    finding = the(findings_of(made("saved_models.only_call") / "model"), "S05")
    assert finding.severity is Severity.INFO
    assert "no signature" in finding.title
    assert "tf.Tensor([0]" in tensorflow.call(f"{REFEREE}:run", code_of(finding))


@pytest.mark.parametrize(
    ("maker", "kind", "why"),
    [
        ("tutorial.unbuilt", "keras", "before it was built"),
        ("saved_models.no_signatures", "module", "without a signature"),
        ("saved_models.untraced_call", "module", "without a signature"),
    ],
)
def test_s05_for_a_model_with_nothing_to_call_has_code_that_saves_it_well(
    made: Made, tensorflow: TensorFlowProcess, tmp_path: Path, maker: str, kind: str, why: str
) -> None:
    directory = tmp_path / "model"
    shutil.copytree(made(maker) / "model", directory)
    finding = the(findings_of(directory), "S05")
    assert finding.severity is Severity.WARNING
    assert why in finding.title
    assert finding.evidence["signatures"] == finding.evidence["functions"] == []
    tensorflow.call("tests.makers.tutorial:save_again", code_of(finding), kind)
    again = read_saved_model(tmp_path / "model-callable").meta_graphs[0]
    assert [signature.name for signature in again.signatures][-1] == "serving_default"


def test_s05_for_each_graph_of_tensorflow_1(made: Made, tensorflow: TensorFlowProcess) -> None:
    findings = findings_of(made("saved_models.tensorflow1") / "binary")
    graphs = [finding for finding in findings if finding.id == "S05"]
    assert [finding.severity for finding in graphs] == [Severity.INFO] * 2
    assert "tags serve" in graphs[0].title
    assert "tags gpu, train" in graphs[1].title
    for finding in graphs:
        assert "y float32 (1, 2)" in tensorflow.call(f"{REFEREE}:run", code_of(finding))


def test_s02_tells_the_tags_of_several_graphs(made: Made, tensorflow: TensorFlowProcess) -> None:
    finding = the(findings_of(made("saved_models.tensorflow1") / "text"), "S02")
    assert finding.severity is Severity.INFO
    assert finding.evidence["tag_sets"] == [["serve"], ["gpu", "train"]]
    assert tensorflow.call(f"{REFEREE}:run", code_of(finding)) == ""


def test_s02_for_a_model_without_a_graph(tmp_path: Path) -> None:
    (tmp_path / "saved_model.pb").write_bytes(b"\x08\x01")
    finding = the(findings_of(tmp_path), "S02")
    assert finding.severity is Severity.ERROR


def test_s03_for_missing_variables(made: Made, tmp_path: Path) -> None:
    source = made("tutorial.built") / "model"
    (tmp_path / "saved_model.pb").write_bytes((source / "saved_model.pb").read_bytes())
    finding = findings_of(tmp_path)[0]
    assert (finding.id, finding.severity) == ("S03", Severity.ERROR)
    assert finding.evidence["count"] == 14
    assert "hidden/_kernel" in finding.evidence["variables"]  # type: ignore[operator]


def test_s03_for_a_model_without_variables_is_not_raised(made: Made, tmp_path: Path) -> None:
    source = made("saved_models.no_variables") / "model"
    (tmp_path / "saved_model.pb").write_bytes((source / "saved_model.pb").read_bytes())
    assert "S03" not in [finding.id for finding in findings_of(tmp_path)]


def test_s03_for_variables_of_another_export(made: Made, tmp_path: Path) -> None:
    directory = tmp_path / "model"
    shutil.copytree(made("saved_models.keras3_export") / "model", directory)
    shutil.rmtree(directory / "variables")
    shutil.copytree(made("tutorial.custom_layer") / "model" / "variables", directory / "variables")
    finding = findings_of(directory)[0]
    assert (finding.id, finding.severity) == ("S03", Severity.ERROR)
    assert finding.evidence["missing"]


def test_s03_for_shapes_that_disagree(made: Made) -> None:
    saved_model, checkpoint = opened(made("saved_models.no_signatures") / "model")
    assert checkpoint is not None
    first, *others = checkpoint.variables
    changed = replace(checkpoint, variables=(first._replace(shape=(3,)), *others))
    finding = find_saved_model_problems(saved_model, changed)[0]
    assert finding.id == "S03"
    assert finding.evidence["different"] == ["weights/0: graph float32[], file float32[3]"]
    assert finding.evidence["missing"] == []


def test_s03_waits_where_a_part_of_the_index_is_lost(made: Made) -> None:
    saved_model, checkpoint = opened(made("saved_models.no_signatures") / "model")
    assert checkpoint is not None
    bare = read_saved_model(saved_model.path)
    lost = replace(checkpoint, lost_blocks=(LostBlock("a", "b", "checksum"),))
    ids = [finding.id for finding in find_saved_model_problems(bare, lost)]
    assert "S03" not in ids
    assert "S03" in [finding.id for finding in find_saved_model_problems(bare, checkpoint)]


def test_s04_for_damaged_side_files(made: Made, tmp_path: Path) -> None:
    shutil.copytree(made("saved_models.only_call") / "model", tmp_path / "model")
    (tmp_path / "model" / "fingerprint.pb").write_bytes(b"\x0a\xff")
    finding = the(findings_of(tmp_path / "model"), "S04")
    assert finding.severity is Severity.WARNING
    assert "fingerprint.pb" in finding.title


def test_s10_for_missing_assets(made: Made, tensorflow: TensorFlowProcess, tmp_path: Path) -> None:
    directory = tmp_path / "model"
    shutil.copytree(made("saved_models.everything") / "model", directory)
    (directory / "assets" / "words.txt").unlink()
    finding = findings_of(directory)[0]
    assert (finding.id, finding.severity) == ("S10", Severity.ERROR)
    assert finding.evidence["missing"] == ["words.txt"]
    with pytest.raises(RuntimeError, match="No such file or directory"):
        tensorflow.call(f"{REFEREE}:error_of_calling", str(directory))


def test_s11_offers_a_layer_that_keras_accepts(made: Made, tensorflow: TensorFlowProcess) -> None:
    for maker in ("tutorial.built", "saved_models.keras3_export"):
        finding = the(findings_of(made(maker) / "model"), "S11")
        assert finding.severity is Severity.INFO
        code = f"{code_of(finding)}\nimport numpy\nprint(layer(numpy.ones((1, 4))))"
        assert "output_0" in tensorflow.call(f"{REFEREE}:run", code)


def test_s12_is_what_a_session_does(made: Made, tensorflow: TensorFlowProcess) -> None:
    for maker, expected in (("tutorial.built", True), ("saved_models.keras3_export", False)):
        directory = made(maker) / "model"
        ids = [finding.id for finding in findings_of(directory)]
        error = tensorflow.call(f"{REFEREE}:error_of_serving", str(directory))
        assert ("S12" in ids) is ("Could not find variable" in error) is expected, error


def test_errors_come_first(made: Made, tmp_path: Path) -> None:
    source = made("tutorial.built") / "model"
    (tmp_path / "saved_model.pb").write_bytes((source / "saved_model.pb").read_bytes())
    severities = [finding.severity for finding in findings_of(tmp_path)]
    order = [Severity.ERROR, Severity.WARNING, Severity.INFO]
    assert severities == sorted(severities, key=order.index)
    assert len(set(severities)) == 3
