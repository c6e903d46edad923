"""Loading SavedModels with the real TensorFlow: what comes out, and what its errors mean."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.worker.odd_workers import odd_command
from tfinspector.contents.findings import Cancelled, Finding, Severity, Unreadable
from tfinspector.contents.reports import LoadReport
from tfinspector.contents.sources import Source, SourceKind
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.loading import load_opened
from tfinspector.engine.opening import OpenSource, open_source
from tfinspector.engine.worker.client import WorkerClient, WorkerFailed

Made = Callable[[str], Path]


def opening(path: Path) -> OpenSource:
    return open_source(str(path))


@pytest.fixture(scope="module")
def client() -> Iterator[WorkerClient]:
    with WorkerClient() as client:
        client.start()
        yield client


@pytest.fixture
def own(made: Made, tmp_path: Path) -> Path:
    """A copy of a good SavedModel, to be spoilt."""
    return Path(shutil.copytree(made("worker_cases.reader") / "first", tmp_path / "model"))


def refusal(path: Path, client: WorkerClient, **options: object) -> tuple[Finding, LoadReport]:
    """The first finding of a SavedModel that does not load."""
    report = load_opened(opening(path), client, **options)  # type: ignore[arg-type]
    assert not report.loaded
    assert report.error is not None
    finding = report.findings[0]
    assert finding.severity is Severity.ERROR
    assert finding.fix
    assert finding.fix.text
    assert report.error.message[:50] in str(finding.evidence["tensorflow_said"])
    return finding, report


def test_what_comes_out_of_a_good_one(made: Made, client: WorkerClient) -> None:
    path = made("worker_cases.reader") / "first"
    report = load_opened(opening(path), client, device="CPU:0")
    assert report.loaded
    assert report.error is None
    assert report.seconds > 0
    assert report.callable is False
    assert report.tags == ("serve",)
    [signature] = report.signatures
    assert signature.name == "serving_default"
    assert [(i.name, i.dtype.name, i.shape) for i in signature.inputs] == [
        ("words", "string", (None,))
    ]
    assert [(o.name, o.dtype.name, o.shape) for o in signature.outputs] == [("sum", "float32", ())]
    [variable] = report.variables
    assert (variable.name, variable.paths, variable.dtype) == ("kernel", ("kernel",), "float32")
    assert variable.shape == (3,)
    assert variable.device.endswith("CPU:0")
    assert variable.trainable
    assert variable.sha256 == ""  # hashing reads every byte; only the referee asks for it


def test_callable_and_not(made: Made, client: WorkerClient) -> None:
    for name, expected in (("everything", True), ("no_signatures", False)):
        report = load_opened(opening(made(f"saved_models.{name}") / "model"), client)
        assert report.callable is expected
    assert [finding.id for finding in report.findings] == ["S05"]


def test_a_device_that_is_not_there(own: Path, client: WorkerClient) -> None:
    finding, report = refusal(own, client, device="GPU:7")
    assert finding.id == "R02"
    assert finding.title.startswith("There is no GPU:7 here; there is CPU:0")
    assert report.device == "GPU:7"


def test_tags_it_does_not_have(own: Path, client: WorkerClient) -> None:
    finding, _ = refusal(own, client, tags=["train"])
    assert finding.id == "S02"
    assert "has serve" in finding.title
    assert finding.fix
    assert "tags=['serve']" in finding.fix.code


def test_two_graphs_need_tags(made: Made, client: WorkerClient) -> None:
    path = made("saved_models.tensorflow1") / "binary"
    finding, _ = refusal(path, client)
    assert finding.id == "S02"
    report = load_opened(opening(path), client, ["train", "gpu"])
    assert report.loaded
    assert [each.name for each in report.signatures] == ["features", "numbers", "serving_default"]


def test_no_variables(own: Path, client: WorkerClient) -> None:
    shutil.rmtree(own / "variables")
    finding, _ = refusal(own, client)
    assert finding.id == "S03"
    assert finding.evidence["count"] == 1  # the evidence is that of our own reading


def test_no_data_file(own: Path, client: WorkerClient) -> None:
    (own / "variables" / "variables.data-00000-of-00001").unlink()
    assert refusal(own, client)[0].id == "S03"


def test_a_cut_data_file(own: Path, client: WorkerClient) -> None:
    data = own / "variables" / "variables.data-00000-of-00001"
    data.write_bytes(data.read_bytes()[:2])
    assert refusal(own, client)[0].id in ("F07", "S03")


def test_a_flipped_bit(own: Path, client: WorkerClient) -> None:
    data = own / "variables" / "variables.data-00000-of-00001"
    raw = bytearray(data.read_bytes())
    raw[raw.index(b"\0\0\x80\x3f")] ^= 1  # 1.0 of the kernel
    data.write_bytes(raw)
    assert refusal(own, client)[0].id == "F08"


def test_variables_of_another_export(made: Made, own: Path, client: WorkerClient) -> None:
    shutil.rmtree(own / "variables")
    shutil.copytree(made("worker_cases.reader") / "wider" / "variables", own / "variables")
    finding, _ = refusal(own, client)
    assert finding.id == "S03"
    assert finding.evidence["different"]


def test_no_asset(own: Path, client: WorkerClient) -> None:
    (own / "assets" / "words.txt").unlink()
    finding, _ = refusal(own, client)
    assert finding.id == "S10"
    assert "words.txt" in finding.title


@pytest.mark.parametrize(
    ("op", "package"), [(b"Wpm12", None), (b"Regex", "tensorflow-text")]
)  # as long as Expm1
def test_an_op_that_nobody_knows(
    own: Path, client: WorkerClient, op: bytes, package: str | None
) -> None:
    proto = own / "saved_model.pb"
    proto.write_bytes(proto.read_bytes().replace(b"Expm1", op))
    finding, _ = refusal(own, client)
    assert finding.id == "S07"
    assert f"the op {op.decode()}" in finding.title
    if package:
        assert finding.fix
        assert f"pip install {package}" in finding.fix.code


def test_a_directory_that_the_worker_does_not_see(own: Path, client: WorkerClient) -> None:
    """As when it runs in a container: we read it, TensorFlow can't."""
    opened = opening(own)
    shutil.rmtree(own)
    report = load_opened(opened, client)
    assert report.findings[0].id == "S01"


def test_what_is_no_saved_model_is_not_even_asked(made: Made) -> None:
    stopped = WorkerClient(("/no/such/python",))
    with pytest.raises(Unreadable) as caught:
        load_opened(opening(made("bundles.scalar") / "scalar"), stopped)
    assert caught.value.finding.id == "S01"
    assert caught.value.finding.title.startswith("This is the checkpoint scalar; only a SavedModel")


def test_no_interpreter_is_a_failure_of_the_worker(own: Path) -> None:
    with pytest.raises(WorkerFailed) as caught:
        load_opened(opening(own), WorkerClient(("/no/such/python",)))
    assert caught.value.finding.id == "W05"


def test_a_load_can_be_cancelled_and_the_worker_lives(made: Made, client: WorkerClient) -> None:
    """Cancelled at TensorFlow's first sign of progress; the same process answers the next."""
    pid = client.wait().pid
    ticket = Ticket(lambda progress: ticket.cancel() if progress.text == "loading" else None)
    opened = opening(made("saved_models.everything") / "model")
    with pytest.raises(Cancelled):
        load_opened(opened, client, ticket=ticket)
    assert load_opened(opened, client).loaded
    assert client.wait().pid == pid


def test_a_load_can_be_cut_short(own: Path) -> None:
    """A worker that never gets to it: the limit, and the next request works."""
    with WorkerClient(odd_command(), grace_s=0.2) as client:
        client.wait()
        with pytest.raises(WorkerFailed) as caught:
            client.exchange("hang", timeout=0.1, doing=f"loading {own.name}")
        assert "loading model took longer" in caught.value.finding.title


def test_what_tensorflow_can_not_reach_is_not_loaded() -> None:
    source = Source(SourceKind.SAVED_MODEL, "s3://bucket/model", "", "a SavedModel")
    with pytest.raises(Unreadable, match="can't read s3://") as caught:
        load_opened(OpenSource(source, [], {}), WorkerClient())
    assert caught.value.finding.id == "F13"
