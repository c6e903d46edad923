"""Dry runs and restores through a real worker, and that what they say is so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from shutil import copy

import pytest

from tests.tensorflow_process import TensorFlowProcess
from tfinspector.contents.findings import Unreadable
from tfinspector.contents.models import Returned
from tfinspector.contents.restores import Outcome, Rename, RestoreReport, State, Way
from tfinspector.contents.tensors import StoredTensor
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.opening import open_source
from tfinspector.engine.restoring.file_hashes import hash_keys
from tfinspector.engine.restoring.repairing import write_fixed
from tfinspector.engine.restoring.restore import RestoreRequest, dry_run, restore
from tfinspector.engine.worker.client import WorkerClient

FACTORIES = Path(__file__).parent.parent / "makers" / "matching.py"
VALUE = "/.ATTRIBUTES/VARIABLE_VALUE"


@pytest.fixture(scope="module")
def directory(made: Callable[[str], Path]) -> Path:
    return made("matching.checkpoints")


@pytest.fixture(scope="module")
def client() -> Iterator[WorkerClient]:
    """One for all: these factories leave nothing behind but Keras's names, which they reset."""
    with WorkerClient() as client:
        yield client


@pytest.fixture
def ask(directory: Path) -> Callable[..., RestoreRequest]:
    def make(file: str, factory: str, **options: object) -> RestoreRequest:
        spec = f"{FACTORIES}:{factory}"
        return RestoreRequest(str(directory / file), spec, **options)  # type: ignore[arg-type]

    return make


Ask = Callable[..., RestoreRequest]


def counted(report: RestoreReport) -> dict[str, int]:
    return dict(Counter(row.state.value for row in report.rows))


def test_a_dry_run_promises_and_assigns_nothing(ask: Ask, client: WorkerClient) -> None:
    report = dry_run(ask("functional-1", "functional"), client)
    assert report.dry_run
    assert (report.outcome, report.status_type) == (Outcome.NOTHING, "")
    assert report.expected_outcome is Outcome.RESTORED
    assert (report.parameters_restored, report.parameters_expected) == (0, 68)
    assert counted(report) == {"not_assigned": 9, "unreachable": 1}
    assert Counter(row.expected for row in report.rows) == {"restored": 9, "unreachable": 1}
    assert report.model is not None
    assert report.model.returned is Returned.BARE
    now = client.call("hashes", {"variables": None})["hashes"]
    assert [sha256 for _, sha256, _, _ in now] == [each.initial for each in report.model.variables]


@pytest.mark.parametrize(
    ("file", "factory", "states", "parameters"),
    [
        ("functional-1", "functional", {"restored": 8, "unreachable": 1}, 68),
        ("functional_root", "functional", {"restored": 8, "unreachable": 1}, 68),
        ("sequential-1", "sequential", {"restored": 4}, 43),
        ("subclassed-1", "subclassed", {"restored": 4}, 37),
        ("subclassed-1", "unbuilt", {"restored": 4}, 37),
        ("trained-1", "trained", {"restored": 22, "unreachable": 1}, 68),
        ("trained-1", "unbuilt_optimizer", {"restored": 22, "unreachable": 1}, 68),
        ("tied-1", "tied", {"restored": 2}, 8),
        ("module-1", "module", {"restored": 6, "not_comparable": 2}, 15),
        ("saved", "module", {"restored": 6, "not_comparable": 2}, 15),
        ("old_optimizer-1", "old_optimizer", {"restored": 8}, 6),
        ("user_checkpoint-1", "user_checkpoint", {"restored": 9, "unreachable": 1}, 68),
    ],
)
def test_healthy_restores_are_proved(
    ask: Ask, client: WorkerClient, file: str, factory: str, states: dict[str, int], parameters: int
) -> None:
    report = restore(ask(file, factory), client)
    rows = [row for row in report.rows if row.name != "save_counter"]
    assert Counter(row.state.value for row in rows) == states
    assert (report.outcome, report.status_type) == (Outcome.RESTORED, "CheckpointLoadStatus")
    assert (report.parameters_restored, report.parameters_total) == (parameters, parameters)
    assert all(row.device == "CPU:0" for row in report.rows if row.variable >= 0)
    assert [each for each in report.findings if each.severity != "info"] == []
    assert report.error is None
    assert not any(row.fits for row in report.rows)


def test_the_proof_holds_in_the_model_itself(ask: Ask, client: WorkerClient) -> None:
    """The worker's own word, asked for again, equals the file as our reader hashes it."""
    request = ask("trained-1", "trained")
    report = restore(request, client)
    held = {at: sha256 for at, sha256, _, _ in client.call("hashes", {"variables": None})["hashes"]}
    stored = hash_keys(open_source(request.path).reader(), [r.key for r in report.rows if r.key])
    proved = [row for row in report.rows if row.state is State.RESTORED]
    assert len(proved) == 22 + 1, "the save counter, which is no variable of the model, too"
    assert all(held[row.variable] == stored.by_key[row.key] for row in proved if row.variable >= 0)
    assert report.called
    assert report.why_not_called == ""
    assert report.peak_nbytes > 1 << 26


def test_half_a_restore_is_not_begun(ask: Ask, client: WorkerClient) -> None:
    report = restore(ask("functional-1", "wider"), client)
    assert report.outcome is Outcome.FAILED
    assert report.status_type == ""
    assert counted(report)["shape_mismatch"] == 7
    assert report.model is not None
    now = client.call("hashes", {"variables": None})["hashes"]
    assert [sha256 for _, sha256, _, _ in now] == [each.initial for each in report.model.variables]
    assert dry_run(ask("functional-1", "wider"), client).expected_outcome is Outcome.FAILED


def test_what_fits_is_kept_if_asked(ask: Ask, client: WorkerClient) -> None:
    report = restore(ask("functional-1", "wider", keep_partial=True), client)
    assert report.outcome is Outcome.PARTIAL
    restored = [row for row in report.rows if row.state is State.RESTORED]
    assert [row.name for row in restored] == ["head/bias", "save_counter"]
    assert counted(report)["shape_mismatch"] == 7
    halved = restore(ask("functional-1", "halved", keep_partial=True), client)
    assert (halved.outcome, counted(halved)["dtype_mismatch"]) == (Outcome.NOTHING, 8)


def test_nothing_restored_is_told(ask: Ask, client: WorkerClient) -> None:
    report = restore(ask("functional-1", "renamed"), client)
    assert report.outcome is Outcome.NOTHING
    assert report.parameters_restored == 0
    assert report.table is not None
    assert [(f.edge, f.offered, f.keys) for f in report.table.frontier] == [("model", ("net",), 8)]


def test_by_name(ask: Ask, client: WorkerClient) -> None:
    report = restore(ask("by_name", "fitting_by_name"), client)
    assert report.status_type == "NameBasedSaverStatus"
    assert counted(report) == {"restored": 2, "missing_in_model": 2, "missing_in_checkpoint": 1}
    assert report.outcome is Outcome.PARTIAL
    assert restore(ask("by_name", "keras_by_name"), client).outcome is Outcome.NOTHING


def test_unreachable_layers_are_not_restored(ask: Ask, client: WorkerClient) -> None:
    report = restore(ask("listed-1", "listed"), client)
    assert report.outcome is Outcome.PARTIAL
    assert counted(report)["unreachable"] == 4


def test_a_map_takes_what_the_names_do_not(ask: Ask, client: WorkerClient) -> None:
    """Another root name, by pairs; a kernel cut to size and one turned around."""
    plain = dry_run(ask("functional-1", "renamed"), client)
    lost = [row for row in plain.rows if row.state is State.MISSING_IN_MODEL]
    left = [row for row in plain.rows if row.state is State.MISSING_IN_CHECKPOINT]
    assert [row.file_shape for row in lost] != []
    pairs = [
        Rename(row.key, row.name, other.model_path, 1.0, "same place")
        for row in lost
        for other in left
        if other.model_path.endswith(_end(row.key))
    ]
    assert len(pairs) == 8
    report = restore(ask("functional-1", "renamed"), client, renames=pairs)
    assert report.outcome is Outcome.RESTORED
    assert (report.parameters_restored, report.parameters_total) == (68, 68)


def _end(key: str) -> str:
    return key.removesuffix(VALUE).removeprefix("model/")


def test_transforms_are_applied_and_proved(ask: Ask, client: WorkerClient) -> None:
    request = ask("functional-1", "wider")
    table = dry_run(request, client)
    by_name = {row.name: row for row in table.rows}
    cut = by_name["hidden/kernel"]
    renames = [
        Rename(cut.key, cut.name, cut.model_path, 0.5, "filled up", transform="slice"),
        Rename(by_name["head/kernel"].key, "", cut.model_path, 0.5, ""),
    ]
    report = restore(request, client, renames=renames[:1])
    row = next(row for row in report.rows if row.name == "hidden/kernel")
    assert (row.state, row.file_shape, row.model_shape) == (State.RESTORED, (4, 6), (4, 7))
    wrong = restore(request, client, renames=renames[1:])
    row = next(row for row in wrong.rows if row.name == "head/kernel")
    assert row.state is State.SHAPE_MISMATCH
    with pytest.raises(Unreadable) as caught:
        restore(request, client, renames=[Rename("nothing", "", "x", 1.0, "")])
    assert caught.value.finding.fix is not None


def test_types_are_cast_where_a_map_says_so(ask: Ask, client: WorkerClient) -> None:
    request = ask("functional-1", "halved")
    table = dry_run(request, client)
    renames = [
        Rename(row.key, row.name, row.model_path, 1.0, "cast")
        for row in table.rows
        if row.state is State.DTYPE_MISMATCH
    ]
    report = restore(request, client, renames=renames)
    assert report.outcome is Outcome.RESTORED
    assert counted(report)["restored"] == 9  # the count of saves is told as in a plain restore


def test_an_error_of_tensorflow_is_rolled_back(
    ask: Ask, client: WorkerClient, directory: Path, tmp_path: Path
) -> None:
    """The last bytes of the data are gone, so its restore raises in the middle."""
    for name in ("functional-1.index", "functional-1.data-00000-of-00001"):
        copy(directory / name, tmp_path / name)
    data = tmp_path / "functional-1.data-00000-of-00001"
    checkpoint = open_source(str(tmp_path / "functional-1")).checkpoint()
    kernel = next(each for each in checkpoint.variables if each.name == "head/kernel")
    stored: StoredTensor = open_source(str(tmp_path / "functional-1")).reader().locate(kernel.key)
    content = bytearray(data.read_bytes())
    content[stored.pieces[0].offset] ^= 0xFF
    data.write_bytes(content)
    request = RestoreRequest(str(tmp_path / "functional-1"), f"{FACTORIES}:functional")
    report = restore(request, client)
    assert report.outcome is Outcome.FAILED
    assert report.error is not None
    assert report.error.type == "DataLossError"
    assert State.RESTORED not in {row.state for row in report.rows}
    assert report.model is not None
    now = client.call("hashes", {"variables": None})["hashes"]
    assert [sha256 for _, sha256, _, _ in now] == [each.initial for each in report.model.variables]


def test_the_first_call_that_undoes_a_restore_is_seen(
    client: WorkerClient, tensorflow: TensorFlowProcess, tmp_path: Path
) -> None:
    (tmp_path / "forgetful.py").write_text(
        "import tensorflow as tf\n"
        "class Forgetful(tf.Module):\n"
        "    def __init__(self):\n"
        "        self.w = tf.Variable(tf.ones(3))\n"
        "        self.kept = tf.Variable(tf.ones(2))\n"
        "    def __call__(self, x):\n"
        "        self.w.assign(tf.zeros(3))\n"
        "        return self.w * x\n"
        "def sample_inputs():\n"
        "    return tf.ones(3)\n"
    )
    tensorflow.call("tests.makers.matching:write_plain", str(tmp_path / "ckpt"))
    request = RestoreRequest(str(tmp_path / "ckpt"), f"{tmp_path}/forgetful.py:Forgetful")
    report = restore(request, client)
    assert {row.name: row.state for row in report.rows} == {
        "w": State.VALUE_DIFFERS, "kept": State.RESTORED,
    }  # fmt: skip
    assert report.outcome is Outcome.PARTIAL


def test_a_factory_that_fails_is_a_report(client: WorkerClient, directory: Path) -> None:
    request = RestoreRequest(str(directory / "functional-1"), f"{FACTORIES}:no_such_factory")
    for report in (dry_run(request, client), restore(request, client)):
        assert report.outcome is Outcome.FAILED
        assert report.error is not None
        assert report.error.type == "NoSuchCallable"
        assert report.findings[0].severity == "error"
        assert report.rows == ()


def test_the_workers_own_finding_is_left_out_where_a_cause_is_told(
    client: WorkerClient, directory: Path, tmp_path: Path
) -> None:
    """A factory that raises, beside a damaged file: both are told, and each of them once."""
    (tmp_path / "raising.py").write_text("def make():\n    raise ValueError('no data')\n")
    for file in directory.glob("functional-1.*"):
        copy(file, tmp_path)
    data = tmp_path / "functional-1.data-00000-of-00001"
    data.write_bytes(data.read_bytes()[:40])
    request = RestoreRequest(str(tmp_path / "functional-1"), f"{tmp_path}/raising.py:make")
    for report in (dry_run(request, client), restore(request, client)):
        ids = [each.id for each in report.findings]
        assert sorted(ids) == ["B01", "F07"]
        (raised,) = (each for each in report.findings if each.id == "B01")
        assert "no data" in raised.title


def test_a_worker_that_dies_is_a_report(directory: Path, tmp_path: Path) -> None:
    (tmp_path / "deadly.py").write_text("import os\ndef model():\n    os.abort()\n")
    request = RestoreRequest(str(directory / "functional-1"), f"{tmp_path}/deadly.py:model")
    with WorkerClient() as client:
        report = restore(request, client)
    assert report.outcome is Outcome.FAILED
    assert report.findings[0].id == "W02"
    assert report.model is None


def test_variables_lie_where_they_were_asked_to(ask: Ask) -> None:
    with WorkerClient() as client:
        report = restore(ask("sequential-1", "sequential", device="CPU:1", logical_cpus=2), client)
    assert report.outcome is Outcome.RESTORED
    assert {row.device for row in report.rows if row.variable >= 0} == {"CPU:1"}


def test_hashes_of_every_type(made: Callable[[str], Path], tensorflow: TensorFlowProcess) -> None:
    prefix = str(made("bundles.all_dtypes") / "model.ckpt-5")
    opened = open_source(prefix)
    keys = [each.key for each in opened.checkpoint().variables]
    hashes = hash_keys(opened.reader(), keys, Ticket())
    theirs = tensorflow.call("tests.makers.matching:hashes_of_file", prefix)
    assert len(theirs) > 10
    assert {key: hashes.by_key[key] for key in theirs} == theirs
    missing = hash_keys(opened.reader(), ["no such key"])
    assert missing.by_key == {}
    assert "no such key" in missing.problems


_CHANGED = """
import tensorflow as tf

def build():
    module = tf.Module()
    module.rows = [tf.Variable([1.0]), tf.Variable([2.0])]
    module.rows.insert(1, tf.Variable([3.0]))
    return module
"""


def test_a_list_that_tensorflow_refuses_is_not_blamed_on_the_factory(
    directory: Path, client: WorkerClient, tmp_path: Path
) -> None:
    (tmp_path / "changed.py").write_text(_CHANGED, encoding="utf-8")
    request = RestoreRequest(str(directory / "module-1"), f"{tmp_path / 'changed.py'}:build")
    report = restore(request, client)
    first = report.findings[0]
    assert (report.outcome, first.id) == (Outcome.FAILED, "M03")
    assert "A list of the model can't be tracked" in first.title
    assert "append-only" in first.detail


_OF_CONSTANTS = """
import tensorflow as tf

def build(name="matrix"):
    module = tf.Module()
    module.kernel = tf.Variable(tf.zeros((30, 20)), name=name)
    return module
"""


def test_a_frozen_graph_is_no_checkpoint_and_its_constants_are_assigned(
    made: Callable[[str], Path], client: WorkerClient, tmp_path: Path
) -> None:
    """In the binary form and as text; under another name it waits for a map."""
    (tmp_path / "constants.py").write_text(_OF_CONSTANTS, encoding="utf-8")
    spec = f"{tmp_path / 'constants.py'}:build"
    for file in ("frozen.pb", "frozen.pbtxt"):
        report = restore(RestoreRequest(str(made("graph_files.frozen") / file), spec), client)
        assert (report.outcome, report.way) == (Outcome.RESTORED, Way.ASSIGNMENT)
        assert report.findings[0].id == "M40"
        assert report.findings[0].title.startswith(f"{file} is a frozen graph: its weights are")
        assert "each weight of the model has" in report.findings[0].title
    other = RestoreRequest(report.path, spec, {"name": "weights"})
    report = dry_run(other, client)
    assert report.expected_outcome is Outcome.NOTHING
    assert "`kernel` has no constant of its name" in report.findings[0].title


def test_the_count_of_saves_is_told_one_way_whatever_the_way(
    ask: Ask, client: WorkerClient, tmp_path: Path
) -> None:
    """Foretold, by TensorFlow's own call, and pair by pair; and it goes into what is written."""
    request = ask("functional-1", "functional")
    told = [
        next(row for row in report.rows if row.name == "save_counter")
        for report in (
            dry_run(request, client),
            restore(request, client),
            restore(ask("functional-1", "wider", keep_partial=True), client),
        )
    ]
    assert [row.expected for row in told] == [State.RESTORED] * 3
    assert [row.state for row in told] == [State.NOT_ASSIGNED, State.RESTORED, State.RESTORED]
    report = write_fixed(request, (), str(tmp_path / "again"), client)
    assert report.outcome is Outcome.RESTORED
    key = f"save_counter{VALUE}"
    values = [open_source(p).reader().read(key) for p in (request.path, report.prefix)]
    assert values[0] == values[1]


def test_state_of_training_that_a_repaired_file_has_not_is_told(
    ask: Ask, client: WorkerClient, tmp_path: Path
) -> None:
    """What only the source has, and what only the model has; where both have it, nothing is."""
    told = {}
    for file, factory in (("trained-1", "functional"), ("functional-1", "trained")):
        report = write_fixed(ask(file, factory), (), str(tmp_path / file), client)
        assert report.outcome is Outcome.RESTORED
        told |= {each.id: each for each in report.findings if each.id in ("M36", "M37")}
        assert len([each for each in report.findings if each.id in ("M36", "M37")]) == 1
    assert told["M36"].evidence["kinds"] == {"state of the optimizer": 14}
    assert told["M36"].title.endswith("are not in the new file: state of the optimizer (14).")
    assert told["M36"].detail, "why it is left behind"
    assert told["M37"].title.startswith("14 variables of the optimizer in the new file")
    report = write_fixed(ask("trained-1", "trained"), (), str(tmp_path / "both"), client)
    assert not {"M36", "M37"}.intersection(each.id for each in report.findings)


@pytest.mark.parametrize("way", ["by TensorFlow", "by a map"])
def test_a_damaged_tensor_is_named_and_never_called_restored(
    way: str, ask: Ask, client: WorkerClient, directory: Path, tmp_path: Path
) -> None:
    for file in directory.glob("functional-1.*"):
        copy(file, tmp_path)
    prefix = str(tmp_path / "functional-1")
    opened = open_source(prefix)
    hit = next(each for each in opened.checkpoint().variables if each.name.endswith("kernel"))
    [piece] = opened.reader().locate(hit.key).pieces
    with open(piece.file, "r+b") as data:
        data.seek(piece.offset)
        first = data.read(1)[0]
        data.seek(piece.offset)
        data.write(bytes([first ^ 1]))
    request = replace(ask("functional-1", "functional"), path=prefix)
    pairs = []
    if way == "by a map":
        row = next(row for row in dry_run(request, client).rows if row.key == hit.key)
        pairs = [Rename(row.key, row.name, row.model_path, 1.0, "by hand")]
    report = restore(request, client, None, pairs)
    assert report.outcome is Outcome.FAILED
    assert "restored" not in counted(report)
    first_finding = report.findings[0]
    assert first_finding.id == "F08"
    assert hit.name in first_finding.title
    assert [each.id for each in report.findings].count("F08") == 1
