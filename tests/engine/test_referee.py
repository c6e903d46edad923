"""TensorFlow's word against ours, from the real TensorFlow."""

from __future__ import annotations

import hashlib
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.formats.table_writer import BundleWriter, entry
from tfinspector.contents.checkpoints import Snapshot
from tfinspector.contents.dtypes import DTYPES
from tfinspector.contents.findings import Severity
from tfinspector.contents.reports import WorkerState
from tfinspector.contents.sources import Source, SourceKind
from tfinspector.engine.opening import OpenSource, open_source
from tfinspector.engine.referee import ask_tensorflow, hash_stored
from tfinspector.engine.worker.client import WorkerClient, WorkerFailed

Made = Callable[[str], Path]


def opening(path: Path) -> OpenSource:
    return open_source(str(path))


@pytest.fixture(scope="module")
def client() -> Iterator[WorkerClient]:
    """One worker for all tests here; a test that kills it pays for the next."""
    with WorkerClient() as client:
        client.start()
        yield client


@pytest.mark.parametrize(
    ("name", "prefix"),
    [
        ("bundles.all_dtypes", "model.ckpt-5"),
        ("bundles.sliced", "sliced"),
        ("bundles.shards", "merged.v1.2"),
        ("bundles.many", "many"),
        ("bundles.strings", "strings"),
        ("bundles.iterator", "iterator"),
        ("checkpoints.keras_sequential", "ckpt-5"),
    ],
)
def test_agrees_on_what_tensorflow_wrote(
    made: Made, client: WorkerClient, name: str, prefix: str
) -> None:
    opened = opening(made(name) / prefix)
    report = ask_tensorflow(opened, client)
    assert report.agrees is True
    assert report.differences == ()
    assert report.findings == ()
    assert len(report.variables) == len(opened.source.variables) > 0
    assert report.version.startswith("2.")
    assert report.interpreter == client.about
    assert report.load is None


def with_variables(opened: OpenSource, change: Callable[[list], None]) -> OpenSource:
    """As if we had read something else."""
    checkpoint = opened.checkpoint()
    variables = list(checkpoint.variables)
    change(variables)
    other = replace(checkpoint, variables=tuple(variables))
    return OpenSource(replace(opened.source, checkpoint=other), [(other, opened.reader())], {})


@pytest.fixture(scope="module")
def plain(made: Made) -> OpenSource:
    return opening(made("bundles.object_based") / "ckpt-1")


def test_a_key_that_only_one_lists(plain: OpenSource, client: WorkerClient) -> None:
    def change(variables: list) -> None:
        variables[0] = variables[0]._replace(key="ours")

    gone = plain.source.variables[0].key
    report = ask_tensorflow(with_variables(plain, change), client)
    assert report.agrees is False
    assert report.differences == ("Only we list 'ours'.", f"Only TensorFlow lists {gone!r}.")
    [finding] = report.findings
    assert (finding.id, finding.severity) == ("X01", Severity.ERROR)
    assert finding.title.startswith("2 keys are listed by only one")
    assert finding.fix


def test_another_shape_and_another_type(plain: OpenSource, client: WorkerClient) -> None:
    def change(variables: list) -> None:
        variables[0] = variables[0]._replace(shape=(9,))
        variables[1] = variables[1]._replace(dtype=DTYPES[2])

    report = ask_tensorflow(with_variables(plain, change), client)
    assert [finding.id for finding in report.findings] == ["X02", "X03"]
    assert "has shape [9] here and" in report.differences[0]
    assert "is float64 here and" in report.differences[1]


def test_many_differences_are_counted_and_bounded(made: Made, client: WorkerClient) -> None:
    opened = opening(made("bundles.many") / "many")
    report = ask_tensorflow(with_variables(opened, list.clear), client)
    assert len(report.differences) == 1001
    assert report.differences[-1] == "... and 19,000 more like these."
    assert report.findings[0].evidence["count"] == 20_000


def test_a_run_and_a_chosen_snapshot_of_it(made: Made, client: WorkerClient) -> None:
    run = opening(made("checkpoints.keras_sequential"))
    assert run.source.kind is SourceKind.RUN
    for snapshot in (None, run.source.snapshots[0].path):
        report = ask_tensorflow(run, client, snapshot=snapshot)
        assert report.agrees is True
        assert len(report.variables) == len(run.checkpoint(snapshot).variables)


def test_a_file_that_makes_tensorflow_abort(tmp_path: Path, client: WorkerClient) -> None:
    """TensorFlow dies of it, and says so; we read the rest of it."""
    writer = BundleWriter()
    writer.add("good", 1, (2,), bytes(8))
    writer.entries[b"bad"] = entry(1, (-3,), nbytes=12)
    writer.write(tmp_path / "c")
    opened = opening(tmp_path / "c")
    pid = client.wait().pid
    with pytest.raises(WorkerFailed) as caught:
        ask_tensorflow(opened, client)
    finding = caught.value.finding
    assert finding.id == "W02"
    assert "TensorFlow aborted while listing c" in finding.title
    assert "bad" in str(finding.evidence["wrong_in_the_file"])
    assert "Our own reading finds this wrong" in finding.detail
    assert "It said: F0000" in finding.detail  # TensorFlow's own last words
    assert client.state is WorkerState.DEAD
    assert client.wait().pid != pid  # the next request starts another


def test_a_file_that_tensorflow_refuses(tmp_path: Path, client: WorkerClient) -> None:
    writer = BundleWriter()
    writer.add(b"not \xff UTF-8", 1, (2,), bytes(8))
    writer.write(tmp_path / "c")
    report = ask_tensorflow(opening(tmp_path / "c"), client)
    assert report.agrees is False
    assert report.findings[0].id == "X04"
    assert "UnicodeDecodeError" in report.differences[0]


def test_a_type_that_tensorflow_does_not_know(tmp_path: Path, client: WorkerClient) -> None:
    """It tells no type at all then; keys and shapes are still compared."""
    writer = BundleWriter()
    writer.add("good", 1, (2,), bytes(8))
    writer.add("new", 77, (3,), bytes(12))
    writer.write(tmp_path / "c")
    report = ask_tensorflow(opening(tmp_path / "c"), client)
    assert report.agrees is False
    assert [each.dtype for each in report.variables] == ["", ""]
    assert [finding.id for finding in report.findings] == ["X08"]
    assert "77 does not correspond" in report.differences[0]


def test_about_is_what_the_window_shows(client: WorkerClient) -> None:
    about = client.wait()
    assert about.executable == sys.executable
    assert about.tensorflow
    assert about.keras
    assert str(about.devices[0]) == "CPU:0"
    assert str(about).startswith(f"TF {about.tensorflow} · Python {about.python} · CPU:0")


def test_nothing_to_ask_is_not_agreement(tmp_path: Path, client: WorkerClient) -> None:
    keras = Source(SourceKind.KERAS, str(tmp_path / "m.keras"), "", "a Keras file")
    report = ask_tensorflow(OpenSource(keras, [], {}), client)
    assert report.agrees is None
    assert [each.severity for each in report.findings] == [Severity.INFO]


@pytest.mark.parametrize(
    ("kind", "path", "says"),
    [
        (SourceKind.GRAPH_DEF, "/m.pb", "of a graph it lists nothing"),
        (SourceKind.META_GRAPH, "/m.meta", "of a graph it lists nothing"),
        (SourceKind.SAVED_MODEL, "s3://b/m", "TensorFlow itself can't read s3://"),
        (SourceKind.RUN, "memory://run", "TensorFlow itself can't read memory://"),
    ],
)
def test_why_it_was_not_asked(client: WorkerClient, kind: SourceKind, path: str, says: str) -> None:
    source = Source(kind, path, path, "a source", (Snapshot(path, None, "", None, 0),))
    report = ask_tensorflow(OpenSource(source, [], {}), client, load=True)
    assert report.agrees is None
    [finding] = report.findings
    assert says in finding.title


MODELS = [
    "saved_models.everything/model",
    "saved_models.no_signatures/model",
    "saved_models.only_call/model",
    "saved_models.odd_types/model",
    "saved_models.keras3_export/model",
    "saved_models.keras3_whole/model",
    "saved_models.tensorflow1/binary",
    "saved_models.tensorflow1/text",
    "worker_cases.odd_variables/model",
    "worker_cases.reader/first",
]


@pytest.mark.parametrize("where", MODELS)
def test_loaded_models_agree_in_every_value(made: Made, client: WorkerClient, where: str) -> None:
    name, directory = where.split("/")
    opened = opening(made(name) / directory)
    report = ask_tensorflow(opened, client, load=True)
    assert report.differences == ()
    assert report.agrees is True
    assert report.load
    assert report.load.loaded
    assert not any(each.problem for each in report.load.variables)
    assert all(each.sha256 for each in report.load.variables)


def test_a_saved_model_is_not_loaded_unless_asked(made: Made, client: WorkerClient) -> None:
    opened = opening(made("worker_cases.reader") / "first")
    report = ask_tensorflow(opened, client)
    assert report.load is None
    assert report.signatures == ()
    assert report.agrees is True
    bare = opening(made("saved_models.only_call") / "model")
    assert ask_tensorflow(bare, client).agrees in (True, None)


def test_values_of_another_file_are_noticed(
    made: Made, client: WorkerClient, tmp_path: Path
) -> None:
    """TensorFlow loads `first`; what we read are the values of `second`."""
    directory = made("worker_cases.reader")
    opened = opening(directory / "first")
    other = opening(directory / "second")
    mixed = OpenSource(opened.source, [(opened.checkpoint(), other.reader())], {})
    report = ask_tensorflow(mixed, client, load=True)
    assert report.agrees is False
    assert report.differences == ("The loaded value of 'kernel' is not the one in the file.",)
    assert report.findings[0].id == "X07"


def test_another_graph_is_noticed(made: Made, client: WorkerClient) -> None:
    """TensorFlow loads `first`; the graph we read is that of `wider`, without a signature."""
    directory = made("worker_cases.reader")
    opened, other = (opening(directory / name) for name in ("first", "wider"))
    model = other.source.saved_model
    assert model
    graph = replace(model.meta_graphs[0], signatures=())
    source = replace(opened.source, saved_model=replace(model, meta_graphs=(graph,)))
    mixed = OpenSource(source, [(opened.checkpoint(), opened.reader())], {})
    report = ask_tensorflow(mixed, client, load=True)
    assert [finding.id for finding in report.findings] == ["X05", "X02"]
    assert "'kernel' has shape [5] here and [3] in TensorFlow." in report.differences


def test_a_model_that_does_not_load_is_a_finding(
    made: Made, client: WorkerClient, tmp_path: Path
) -> None:
    shutil.copytree(made("worker_cases.reader") / "first", tmp_path / "model")
    shutil.rmtree(tmp_path / "model" / "assets")
    report = ask_tensorflow(opening(tmp_path / "model"), client, load=True)
    assert report.findings[0].id == "S10"
    assert report.load
    assert not report.load.loaded


def test_hash_of_strings_is_of_lengths_and_bytes(made: Made) -> None:
    opened = opening(made("bundles.strings") / "strings")
    digest = hashlib.sha256((300).to_bytes(8, "little") + b"x" * 300)
    assert hash_stored(opened.reader(), "scalar") == digest.hexdigest()


def test_hash_of_a_partitioned_tensor_is_in_row_major_order(made: Made) -> None:
    opened = opening(made("bundles.sliced") / "sliced")
    key = next(one.key for one in opened.source.variables if one.dtype.name == "float32")
    whole = (np.arange(42) % 5).astype("<f4")
    assert hash_stored(opened.reader(), key) == hashlib.sha256(whole.tobytes()).hexdigest()
