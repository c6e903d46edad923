"""What a model would do if it were loaded: real SavedModels, judged from their bytes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tensorflow_process import TensorFlowProcess
from tfinspector.contents.findings import Cancelled, Severity, Unreadable
from tfinspector.contents.trust import EntryKind, Reach, TrustReport
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.opening import open_source
from tfinspector.engine.trusting import shipped_operations, trust

Judge = Callable[[str], TrustReport]


@pytest.fixture
def judge(made: Callable[[str], Path]) -> Judge:
    return lambda name: trust(open_source(str(made(f"trusting.{name}") / "model")))


def ids(report: TrustReport) -> list[tuple[str, str]]:
    return [(finding.id, finding.severity.value) for finding in report.findings]


@pytest.mark.parametrize("name", ["reaching", "text"])
def test_what_reaches_out_is_told_with_who_runs_it(judge: Judge, name: str) -> None:
    report = judge(name)
    reaching = {each.op: each for each in report.reaching}
    assert {op: each.reach for op, each in reaching.items()} == {
        "WriteFile": Reach.WRITES_FILES,
        "PyFunc": Reach.PYTHON,
        "InitializeTableFromTextFileV2": Reach.READS_FILES,
    }
    written = reaching["WriteFile"]
    assert written.when == (EntryKind.SIGNATURE, EntryKind.FUNCTION)
    chain = written.called_from[0].split(" -> ")
    assert chain[0] == "serving_default"
    assert "inner" in chain[-1]
    assert reaching["InitializeTableFromTextFileV2"].when == (EntryKind.LOADING,)
    assert ids(report) == [("T02", "warning"), ("T03", "warning")]
    assert all(finding.fix for finding in report.findings)


def test_what_runs_while_loading_is_an_error(judge: Judge) -> None:
    report = judge("at_loading")
    assert ids(report) == [("T01", "error")]
    assert "ReadFile" in report.findings[0].title


def test_channels_first(judge: Judge) -> None:
    report = judge("channels_first")
    assert ids(report) == [("S09", "warning")]
    assert report.findings[0].evidence == {"ops": {"Conv2D": 1}}


def test_an_operation_of_another_package(judge: Judge) -> None:
    report = judge("foreign_operation")
    assert [(each.op, each.package) for each in report.unknown] == [
        ("RegexSplitWithOffsets", "tensorflow_text")
    ]
    assert report.findings[0].id == "S07"
    assert report.findings[0].fix
    assert report.findings[0].fix.code.startswith("import tensorflow_text\n")


def test_an_operation_nobody_knows(judge: Judge) -> None:
    report = judge("nobodys_operation")
    assert "QuiteUnheardOf" in report.findings[0].title
    assert report.unknown[0].called_from[0].startswith("serving_default -> ")


def test_versions_that_this_tensorflow_does_not_run(judge: Judge) -> None:
    report = judge("newer")
    assert {finding.id for finding in report.findings} == {"S08"}
    assert report.versions["xla_call_module"] == 99
    assert report.versions["min_consumer"] == 999_999


@pytest.mark.parametrize(
    "name", ["saved_models.everything", "saved_models.keras3_export", "saved_models.tensorflow1"]
)
def test_ordinary_models_raise_no_alarm_and_are_counted_whole(
    made: Callable[[str], Path], tensorflow: TensorFlowProcess, name: str
) -> None:
    for proto in sorted(made(name).rglob("saved_model.pb")):
        report = trust(open_source(str(proto.parent)))
        assert [each for each in report.findings if each.severity is not Severity.INFO] == []
        assert report.unknown == ()
        if name != "saved_models.tensorflow1":  # several meta graphs, counted together
            assert report.ops == tensorflow.call("tests.makers.trusting:counted", str(proto.parent))


def test_values_of_another_export(made: Callable[[str], Path], tmp_path: Path) -> None:
    model = Path(shutil.copytree(made("trusting.at_loading") / "model", tmp_path / "model"))
    index = model / "variables" / "variables.index"
    other = made("trusting.channels_first") / "model" / "variables" / "variables.index"
    shutil.copy(other, index)
    findings = trust(open_source(str(model))).findings
    assert findings[0].id == "S03"
    assert findings[0].evidence["stored"] != findings[0].evidence["computed"]


def test_a_graph_that_is_damaged(made: Callable[[str], Path], tmp_path: Path) -> None:
    model = Path(shutil.copytree(made("trusting.reaching") / "model", tmp_path / "model"))
    opened = open_source(str(model))
    proto = model / "saved_model.pb"
    data = bytearray(proto.read_bytes())
    place = data.rindex(b"WriteFile") - 30  # in the graph, behind the list of ops
    data[place : place + 30] = b"\xff" * 30
    proto.write_bytes(data)
    with pytest.raises(Unreadable) as caught:
        trust(opened)
    assert caught.value.finding.id == "S04"


def test_it_can_be_cancelled(made: Callable[[str], Path]) -> None:
    ticket = Ticket()
    opened = open_source(str(made("trusting.reaching") / "model"))
    ticket.cancel()
    with pytest.raises(Cancelled):
        trust(opened, ticket)


def test_a_checkpoint_executes_nothing(made: Callable[[str], Path]) -> None:
    report = trust(open_source(str(made("bundles.many") / "many")))
    assert not report.executes
    assert report.ops == {}


def test_the_shipped_list_is_that_of_tensorflow(tensorflow: TensorFlowProcess) -> None:
    """A newer TensorFlow may have some more; what it has by the dozen belongs into the list."""
    theirs = set(tensorflow.call("tests.makers.trusting:registered_operations"))
    shipped = shipped_operations()
    assert len(theirs - shipped.ops) < 24
    assert len(shipped.ops - theirs) < 24
    assert (shipped.tensorflow, shipped.producer) == ("2.21", 2474)
