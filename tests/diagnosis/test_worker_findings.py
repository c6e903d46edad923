"""Findings about the worker and about TensorFlow's errors, from facts alone."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from tfinspector.contents.dtypes import DTYPES
from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.reports import EndReason, Interpreter, RelayedError, WorkerEnd
from tfinspector.contents.saved_models import MetaGraph, SavedModel, Signature, TensorSpec
from tfinspector.diagnosis.disagreement import compare_signatures
from tfinspector.diagnosis.load_errors import explain_load_error
from tfinspector.diagnosis.worker import (
    explain_end,
    explain_missing,
    explain_raised,
    explain_versions,
)

END = WorkerEnd(("python",), EndReason.ITSELF, 0, python=(3, 11, 0), ready=True)
INTERPRETER = Interpreter("3.11.0", "/venv/bin/python", "2.21.0", "3.15", "2.0", (), 1)


def test_every_end_is_a_sentence_and_has_a_fix() -> None:
    statuses = (None, 0, 1, 134, 137, 255, -6, -9, -11, -15, -99)
    for reason, status, python, ready, doing in product(
        EndReason, statuses, (None, (3, 8, 1), (3, 11, 0)), (True, False), ("", "loading model")
    ):
        finding = explain_end(
            replace(END, reason=reason, status=status, python=python, ready=ready, doing=doing)
        )
        assert finding.title[0].isupper() or finding.title.startswith("python ")
        assert finding.title.endswith(".")
        assert ".." not in finding.title
        assert (finding.fix is not None) == (finding.severity is not Severity.INFO)


@pytest.mark.parametrize(
    ("change", "identity", "words"),
    [
        ({"status": -6, "doing": "loading m"}, "W02", "aborted while loading m"),
        ({"status": 134, "doing": "loading m"}, "W02", "aborted while loading m"),
        ({"status": -11}, "W02", "crashed"),
        ({"status": -9, "oom_kills": 1}, "W03", "the system ran out of memory at that time"),
        ({"status": -9}, "W03", "most often because memory ran out"),
        ({"status": -15}, "W01", "SIGTERM"),
        ({"status": 3}, "W01", "exit status 3"),
        ({"status": 255, "python": None, "last_words": "ssh: refused"}, "W05", "ssh: refused"),
        ({"status": -9, "reason": EndReason.SILENT}, "W01", "closed its channel"),
        ({"python": (3, 8, 1)}, "W06", "is Python 3.8.1"),
    ],
)
def test_what_an_end_is_told_as(change: dict[str, object], identity: str, words: str) -> None:
    finding = explain_end(replace(END, **change))  # type: ignore[arg-type]
    assert finding.id == identity
    assert words in finding.title


def test_the_telling_line_of_an_abort_comes_first() -> None:
    words = "W0000 something\nF0000 00:01 shape.cc:45] Check failed: 0 <= size\n    @ 0x7f\nFatal"
    finding = explain_end(replace(END, status=-6, last_words=words))
    assert finding.detail.startswith("It said: F0000 00:01 shape.cc:45] Check failed: 0 <= size\n")


def test_missing_is_not_broken() -> None:
    gone = replace(INTERPRETER, tensorflow=None, problem="No module named 'tensorflow'")
    assert explain_missing(("python",), gone, "ModuleNotFoundError").id == "W07"
    inner = replace(gone, problem="No module named 'keras.src'")
    assert explain_missing(("python",), inner, "ModuleNotFoundError").id == "W08"


@pytest.mark.parametrize(
    ("version", "old"), [("2.12.1", True), ("1.15", True), ("2.13.0", False), ("3.0rc1", False)]
)
def test_an_old_tensorflow(version: str, old: bool) -> None:
    assert bool(explain_versions(replace(INTERPRETER, tensorflow=version))) is old


def test_an_unexplained_error_keeps_all_it_said() -> None:
    finding = explain_raised(RelayedError("ValueError", "first\nsecond"), "loading m")
    assert finding.title == "Loading m failed: first"
    assert finding.detail == "first\nsecond"


def model(version: str = "2.99.0") -> SavedModel:
    graph = MetaGraph(("serve",), version, "", (), (), (), (), 0, 1, False)
    return SavedModel("/m", "/m/saved_model.pb", 1, 1, (graph,), None, "", False, 0.0)


@pytest.mark.parametrize(
    ("message", "identity", "words"),
    [
        # What TensorFlow 2.21 does not say of anything we can make; texts from real threads.
        ("NodeDef mentions attr 'x' not in Op<name=Foo>", "S08", "TensorFlow 2.99.0"),
        ("XlaCallModuleOp with version 10 is not supported. Must be <= 9", "S08", "2.99.0"),
        (
            "The difference is larger than TensorFlow's forward compatibility guarantee",
            "S08", "2.99.0",
        ),
        ("No OpKernel was registered to support Op 'CudnnRNN' used by", "S09", "CudnnRNN"),
        ("Could not find variable dense/bias. This could mean", "S12", "names its variables"),
        ("OOM when allocating tensor with shape[9]", "R01", "not enough memory"),
        ("Op type not registered 'IO>Read' in binary", "S07", "tensorflow-io"),
        ("Op type not registered 'SimpleMLInference' in binary", "S07", "decision-forests"),
        ("Op type not registered 'Mine' in binary", "S07", "does not have"),
    ],
)  # fmt: skip
def test_texts_of_real_threads(message: str, identity: str, words: str) -> None:
    finding = explain_load_error(RelayedError("RuntimeError", message), "/m", model())
    assert finding.id == identity
    assert words in finding.title
    assert finding.fix
    assert finding.evidence["tensorflow_said"] == message


def test_our_own_evidence_is_preferred() -> None:
    known = Finding("S10", Severity.WARNING, "words.txt is missing.", fix=Fix("Copy it."))
    error = RelayedError("FileNotFoundError", "/m/assets/words.txt; No such file or directory")
    finding = explain_load_error(error, "/m", None, [known])
    assert finding.title == known.title
    assert finding.severity is Severity.ERROR
    assert "assets/words.txt" in str(finding.evidence["tensorflow_said"])


def test_signatures_differ_in_one_dimension() -> None:
    def signature(size: int | None) -> Signature:
        return Signature("s", (TensorSpec("x", DTYPES[1], (size, 4)),), ())

    assert compare_signatures([signature(None)], [signature(None)], "/m") == []
    [found] = compare_signatures([signature(None)], [signature(3)], "/m")
    [sentence] = found.sentences
    assert "has the inputs x: float32[?, 4] here and x: float32[3, 4] in TensorFlow" in sentence
