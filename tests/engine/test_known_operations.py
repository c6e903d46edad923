"""The worker's own registry as the judge, instead of the list that ships."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.tensorflow_process import TensorFlowProcess
from tfinspector.contents.trust import KnownOperations, TrustReport
from tfinspector.engine.known_operations import operations_of, shipped_operations
from tfinspector.engine.opening import open_source
from tfinspector.engine.trusting import trust
from tfinspector.engine.worker.client import WorkerClient

Made = Callable[[str], Path]
LITE = {"UnidirectionalSequenceLstm", "UnidirectionalSequenceRnn", "TFLite_Detection_PostProcess"}
"""Registered as soon as anything in a process imports TensorFlow Lite's converter."""


@pytest.fixture(scope="module")
def own() -> Iterator[KnownOperations]:
    """What the worker in this interpreter has."""
    with WorkerClient() as client:
        yield operations_of(client)


def judge(made: Made, name: str, known: KnownOperations | None) -> TrustReport:
    return trust(open_source(str(made(f"trusting.{name}") / "model")), None, known)


def test_the_registry_is_that_of_tensorflow(
    own: KnownOperations, tensorflow: TensorFlowProcess
) -> None:
    theirs = set(tensorflow.call("tests.makers.trusting:registered_operations"))
    assert own.ops ^ theirs <= LITE
    assert len(own.ops & theirs) > 1000
    version, producer = tensorflow.call("tests.makers.trusting:versions")
    assert (own.tensorflow, own.producer) == (version, producer)
    assert own.xla_version >= 10
    assert {"CPU", "GPU"} <= own.kernels["MatMul"]
    assert "CPU" in own.devices
    assert not own.lacks_kernel("MatMul")
    assert own.lacks_kernel("FFTND")
    assert "tensorflow_addons" not in own.packages


def test_it_is_said_who_judged(made: Made, own: KnownOperations) -> None:
    by_worker = judge(made, "reaching", own)
    assert by_worker.judged_by == own
    assert own.words == f"by TensorFlow {own.tensorflow} of the worker"
    alone = judge(made, "reaching", None)
    assert alone.judged_by == shipped_operations()
    assert alone.judged_by.words == (
        "by the list of TensorFlow 2.21 that ships with the program; no worker was asked"
    )
    assert [one.id for one in by_worker.findings] == [one.id for one in alone.findings]


def test_an_older_tensorflow_lacks_what_the_shipped_one_has(
    made: Made, own: KnownOperations
) -> None:
    older = replace(own, tensorflow="2.15.0", ops=own.ops - {"WriteFile"}, producer=1645)
    findings = {one.id: one for one in judge(made, "reaching", older).findings}
    assert findings["S07"].title.startswith(
        "TensorFlow 2.15.0 of the worker does not have WriteFile"
    )
    assert "than TensorFlow 2.15.0 of the worker" in findings["S08"].title


def test_a_package_is_looked_for_beside_the_worker(made: Made, own: KnownOperations) -> None:
    [missing] = [f for f in judge(made, "foreign_operation", own).findings if f.id == "S07"]
    assert missing.fix
    assert missing.fix.text.startswith("Install it beside that TensorFlow first. Import ")
    module = missing.fix.code.split()[1]
    there = replace(own, packages=frozenset({module}))
    [known] = [f for f in judge(made, "foreign_operation", there).findings if f.id == "S07"]
    assert known.fix
    assert known.fix.text.startswith("It is installed beside that TensorFlow. Import ")


def test_kernels_that_the_worker_lacks(made: Made, own: KnownOperations) -> None:
    assert judge(made, "without_kernels", None).findings == (), "names do not tell"
    subject = f"TensorFlow {own.tensorflow} of the worker"
    titles = [one.title for one in judge(made, "without_kernels", own).findings]
    assert titles == [
        f"{subject} has no kernel for BoostedTreesEnsembleResourceHandleOp on CPU, nor on any "
        "other device.",
        f"It needs an NVIDIA GPU: {subject} has no kernel for FFTND on CPU.",
    ]
    with_gpu = replace(own, devices=frozenset({"CPU", "GPU"}))
    titles = [one.title for one in judge(made, "without_kernels", with_gpu).findings]
    assert len(titles) == 1
    assert "BoostedTrees" in titles[0]


def test_channels_first_is_no_matter_where_there_is_a_gpu(made: Made, own: KnownOperations) -> None:
    assert [one.id for one in judge(made, "channels_first", own).findings] == ["S09"]
    with_gpu = replace(own, devices=frozenset({"CPU", "GPU"}))
    assert judge(made, "channels_first", with_gpu).findings == ()


def test_no_ordinary_model_lacks_a_kernel(made: Made, own: KnownOperations) -> None:
    for path in ("saved_models.everything/model", "saved_models.keras3_export/model",
                 "saved_models.tensorflow1/binary"):  # fmt: skip
        maker, _, rest = path.partition("/")
        report = trust(open_source(str(made(maker) / rest)), None, own)
        assert not [one for one in report.findings if one.id in ("S07", "S09")], path
