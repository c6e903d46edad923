"""A model that lies whole in another part of the checkpoint, where one of its names collides."""

from __future__ import annotations

from tests.diagnosis.made_up_models import Tree, checkpoint_of, model_of
from tfinspector.contents.findings import Finding, Severity
from tfinspector.contents.restores import RestoreEvidence
from tfinspector.diagnosis.matching.match_table import match
from tfinspector.diagnosis.restoring import diagnose


def layer(inputs: int, outputs: int) -> dict[str, tuple[int, ...]]:
    return {"kernel": (inputs, outputs), "bias": (outputs,)}


BACKBONE = {"a": layer(5, 8), "b": layer(8, 4)}


def told(saved: Tree, built: Tree) -> list[Finding]:
    checkpoint, model = checkpoint_of(saved), model_of(built)
    table = match(checkpoint, model)
    found = diagnose(
        RestoreEvidence(checkpoint, (), model, table, table.rows, factory="net.py:build")
    )
    return [each for each in found if each.severity is not Severity.INFO]


def test_a_backbone_of_a_full_model_is_one_finding_where_a_name_collides() -> None:
    [finding] = told({"model": {"backbone": BACKBONE, "a": layer(4, 3)}}, BACKBONE)
    assert (finding.id, finding.severity) == ("M01", Severity.ERROR)
    assert finding.title.startswith(
        "The whole model lies under `model/backbone` of the checkpoint; "
    )
    assert "`a/bias` and `a/kernel` belong to another layer" in finding.title
    assert finding.fix is not None
    assert "backbone=" in finding.fix.code


def test_two_parts_that_fit_and_shapes_that_differ_are_told_as_such() -> None:
    two = {"model": {"backbone": BACKBONE, "teacher": BACKBONE, "a": layer(4, 3)}}
    assert not told(two, BACKBONE)[0].title.startswith("The whole model")
    wider = told({"a": layer(5, 9), "b": layer(9, 4)}, BACKBONE)
    assert [each.id for each in wider] == ["M08"]
