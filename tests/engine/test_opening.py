from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading

import pytest

from tfinspector.contents.findings import Cancelled, Severity, Unreadable
from tfinspector.contents.sources import SourceKind
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.opening import open_source


@pytest.fixture
def copied(made, tmp_path):
    def copy(name, target="copy"):
        shutil.copytree(made(name), tmp_path / target)
        return tmp_path / target

    return copy


def refused(path):
    with pytest.raises(Unreadable) as caught:
        open_source(str(path))
    return caught.value.finding


def ids(opened, severity=None):
    findings = opened.source.findings
    assert all(one.fix for one in findings if one.severity is not Severity.INFO)
    return [one.id for one in findings if severity is None or one.severity is severity]


def test_a_checkpoint(made):
    prefix = str(made("checkpoints.keras_sequential") / "ckpt-5")
    opened = open_source(prefix)
    source = opened.source
    assert (source.kind, source.path, source.given) == (SourceKind.CHECKPOINT, prefix, prefix)
    assert source.taken_for == "the checkpoint ckpt-5"
    assert source.findings == ()
    assert [(one.path, one.step, one.complete) for one in source.snapshots] == [(prefix, 5, True)]
    assert source.variables is opened.checkpoint().variables
    assert len(source.variables) == 24


def test_the_index_is_told_as_f01_and_used(made):
    opened = open_source(str(made("checkpoints.keras_sequential") / "ckpt-5.index"))
    assert ids(opened) == ["F01"]
    assert opened.source.path.endswith("ckpt-5")


def test_a_run_and_its_snapshots(made):
    directory = made("runs.ten_steps")
    opened = open_source(str(directory))
    assert opened.source.kind is SourceKind.RUN
    assert opened.source.state.latest == "ckpt-11"
    assert opened.checkpoint().prefix == str(directory / "ckpt-11")
    values = [
        opened.reader(one.path).read(opened.find("w", one.path).key).tolist()
        for one in opened.source.snapshots
    ]
    assert values == [[step, 2.0 * step, 3.0 * step] for step in range(1, 12)]


def test_a_saved_model_has_its_variables_joined(corpus):
    path = corpus / "tensorflow_serving" / "saved_model_half_plus_two_tf2_cpu"
    opened = open_source(str(path))
    assert opened.source.kind is SourceKind.SAVED_MODEL
    keys = {spec.key for graph in opened.source.saved_model.meta_graphs for spec in graph.variables}
    assert keys
    assert keys <= {variable.key for variable in opened.source.variables}
    assert opened.reader().read(opened.find("a").key).shape == ()


def test_find_takes_names_keys_and_paths(made):
    opened = open_source(str(made("checkpoints.keras_sequential") / "ckpt-5"))
    kernel = opened.find("dense_1/kernel")
    assert opened.find(kernel.key) is kernel
    assert all(opened.find(path) is kernel for path in kernel.paths)


@pytest.mark.parametrize(
    ("asked", "near"),
    [("dense_1/kernl", "dense_1/kernel"), ("gamma", "batch_normalization/gamma"), ("Step", "step")],
)
def test_find_says_what_may_be_meant(asked, near, made):
    opened = open_source(str(made("checkpoints.keras_sequential") / "ckpt-5"))
    with pytest.raises(Unreadable) as caught:
        opened.find(asked)
    assert near in caught.value.finding.evidence["near"]


def test_a_snapshot_that_is_not_there(made):
    opened = open_source(str(made("runs.ten_steps")))
    with pytest.raises(Unreadable) as caught:
        opened.checkpoint("/nowhere/ckpt-1")
    assert "no snapshot /nowhere/ckpt-1" in caught.value.finding.title


def test_many_threads_get_the_same_checkpoint(made):
    opened = open_source(str(made("runs.ten_steps")))
    wanted = opened.source.snapshots[0].path
    got = []
    threads = [
        threading.Thread(target=lambda: got.append(opened.checkpoint(wanted))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 8
    assert all(one is got[0] for one in got)


def test_cancelling_stops_it(made):
    ticket = Ticket()
    ticket.cancel()
    with pytest.raises(Cancelled):
        open_source(str(made("runs.ten_steps")), ticket)


def test_a_change_on_disk_is_noticed(copied):
    directory = copied("runs.ten_steps")
    run, one = open_source(str(directory)), open_source(str(directory / "ckpt-1"))
    assert not run.is_stale()
    os.utime(directory / "ckpt-1.data-00000-of-00001", ns=(1, 1))
    assert one.is_stale()
    assert not run.is_stale()
    shutil.copy(directory / "ckpt-3.index", directory / "new.index")
    assert run.is_stale()


@pytest.mark.parametrize("name", ["checkpoint", "ckpt-11.index", "ckpt-11.data-00000-of-00001"])
def test_a_file_that_is_gone_is_noticed(name, copied):
    directory = copied("runs.ten_steps")
    run = open_source(str(directory))
    (directory / name).unlink()
    assert run.is_stale()


def test_a_directory_that_is_gone_is_noticed(copied):
    directory = copied("runs.ten_steps")
    run = open_source(str(directory))
    shutil.rmtree(directory)
    assert run.is_stale()


def test_f03_the_number_left_out(made):
    opened = open_source(str(made("runs.ten_steps") / "ckpt"))
    assert ids(opened) == ["F03"]
    assert opened.source.path.endswith("ckpt-11")


def test_f04_brackets_in_the_path(copied):
    opened = open_source(str(copied("runs.ten_steps", "run [1]") / "ckpt-1"))
    assert ids(opened) == ["F04"]


def test_f05_a_moved_tf1_run(made):
    opened = open_source(str(made("runs.moved")))
    assert ids(opened, Severity.WARNING) == ["F05"]
    assert opened.checkpoint().prefix.endswith("model.ckpt-10")


def test_f06_a_missing_shard(copied):
    directory = copied("runs.shards")
    (directory / "many.data-00001-of-00004").unlink()
    opened = open_source(str(directory / "many"))
    assert ids(opened) == ["F06"]
    lost = [variable for variable in opened.source.variables if variable.problem]
    assert f"{len(lost)} of 8 variables" in opened.source.findings[0].title
    sound = next(variable for variable in opened.source.variables if not variable.problem)
    assert opened.reader().read(sound.key).shape == sound.shape


def test_f06_a_missing_index_names_other_checkpoints(copied):
    directory = copied("runs.ten_steps")
    (directory / "ckpt-11.index").unlink()
    finding = refused(directory / "ckpt-11")
    assert finding.id == "F06"
    assert str(directory / "ckpt-10") in finding.evidence["others"]
    run = open_source(str(directory))
    assert run.checkpoint().prefix == str(directory / "ckpt-10")
    assert "F06" in ids(run, Severity.WARNING)


def test_f07_a_data_file_that_is_cut_off(copied):
    directory = copied("checkpoints.keras_sequential")
    os.truncate(directory / "ckpt-5.data-00000-of-00001", 100)
    opened = open_source(str(directory / "ckpt-5"))
    assert "F07" in ids(opened, Severity.ERROR)
    assert not opened.source.snapshots[0].complete


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n", "git-LFS"),
        (b"<!DOCTYPE html><html></html>", "web page"),
        (b"\0" * 100, "cut off"),
    ],
)
def test_f07_an_index_that_is_none(data, words, copied):
    directory = copied("runs.ten_steps")
    (directory / "ckpt-11.index").write_bytes(data)
    finding = refused(directory / "ckpt-11.index")
    assert finding.id == "F07"
    assert words in finding.title
    run = open_source(str(directory))
    assert run.checkpoint().prefix.endswith("ckpt-10")
    assert not run.source.snapshots[-1].complete


def test_f07_a_flipped_byte_in_the_index(copied):
    directory = copied("checkpoints.keras_subclass")
    data = bytearray((directory / "net-7.index").read_bytes())
    data[len(data) // 3] ^= 0x10
    (directory / "net-7.index").write_bytes(data)
    try:
        findings = open_source(str(directory / "net-7")).source.findings
    except Unreadable as error:
        findings = (error.finding,)
    assert findings[0].id == "F07"


def test_f09_a_save_that_never_ended(tmp_path):
    (tmp_path / "ckpt-1_temp").mkdir()
    (tmp_path / "ckpt-1_temp" / "part-00000-of-00001.data-00000-of-00001").write_bytes(bytes(9))
    assert refused(tmp_path).id == "F09"
    assert refused(tmp_path / "ckpt-1").id == "F09"


def test_f10_saved_twice_over(made):
    opened = open_source(str(made("runs.saved_twice")))
    assert "F10" in ids(opened, Severity.WARNING)
    assert [one.step for one in opened.source.snapshots] == [1, 2, 3, 4]


def test_f11_and_f12_are_told_in_words(made):
    assert ids(open_source(str(made("runs.old_format") / "old.ckpt"))) == ["F11"]
    opened = open_source(str(made("runs.old_format")))
    assert {os.path.basename(one.path) for one in opened.source.snapshots} == {
        "old.ckpt",
        "sharded.ckpt",
    }


def test_a_whole_run_of_broken_snapshots_is_refused(copied):
    directory = copied("runs.ten_steps")
    for index in directory.glob("*.index"):
        index.write_bytes(b"")
    assert refused(directory).id == "F07"


def test_opening_a_checkpoint_imports_nothing_heavy(made):
    prefix = made("checkpoints.keras_sequential") / "ckpt-5"
    code = (
        "import sys\nfrom tfinspector.engine.opening import open_source\n"
        f"open_source({str(prefix)!r})\n"
        "print([m for m in ('tensorflow', 'keras', 'google.protobuf', 'numba', 'h5py', 'rich',"
        " 'PySide6', 'pyqtgraph') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize("gone", ["variables", "variables/variables.index"])
def test_a_saved_model_without_values_still_lists_its_variables(made, tmp_path, gone):
    source = made("tutorial.built") / "model"
    whole = {one.name: one for one in open_source(str(source)).source.variables}
    model = tmp_path / "model"
    shutil.copytree(source, model)
    (shutil.rmtree if (model / gone).is_dir() else os.remove)(model / gone)
    opened = open_source(str(model))
    assert "S03" in ids(opened, Severity.ERROR)
    assert len(opened.source.variables) == 14
    assert len({one.name for one in opened.source.variables}) == 14
    for one in opened.source.variables:
        assert one.problem == "there is no variables/variables.index"
        assert (one.key, one.nbytes) == (one.name, 0)
    kernel = opened.find("hidden/kernel")
    like = whole["hidden/kernel"]
    assert (kernel.dtype, kernel.shape, kernel.role) == (like.dtype, like.shape, like.role)
    assert kernel.trainable is True
    assert opened.source.snapshots == ()
    assert opened.checkpoint(opened.source.checkpoint.prefix) is opened.source.checkpoint
    with pytest.raises(Unreadable, match="no values"):
        opened.reader().read(kernel.key)
    with pytest.raises(Unreadable, match="values of all 14 variables are missing") as refused:
        opened.stored_checkpoint()
    assert refused.value.finding.id == "S03"


def test_a_saved_model_without_values_is_stale_when_they_come(made, tmp_path):
    source = made("tutorial.built") / "model"
    shutil.copytree(source, tmp_path / "model")
    shutil.rmtree(tmp_path / "model" / "variables")
    opened = open_source(str(tmp_path / "model"))
    assert not opened.is_stale()
    shutil.copytree(source / "variables", tmp_path / "model" / "variables")
    assert opened.is_stale()


def test_a_saved_model_with_damaged_values_still_lists_its_variables(made, tmp_path):
    shutil.copytree(made("tutorial.built") / "model", tmp_path / "model")
    (tmp_path / "model" / "variables" / "variables.index").write_bytes(b"")
    opened = open_source(str(tmp_path / "model"))
    assert "F07" in ids(opened, Severity.ERROR)
    assert len(opened.source.variables) == 14
    assert all("empty" in one.problem for one in opened.source.variables)


def test_s01_a_saved_model_without_its_graph(made, tmp_path):
    shutil.copytree(made("tutorial.built") / "model", tmp_path / "model")
    (tmp_path / "model" / "saved_model.pb").unlink()
    opened = open_source(str(tmp_path / "model"))
    assert opened.source.kind is SourceKind.CHECKPOINT
    assert opened.source.path == str(tmp_path / "model" / "variables" / "variables")
    assert opened.source.variables
    assert ids(opened) == ["S01"]
    [finding] = opened.source.findings
    assert finding.severity is Severity.ERROR
    assert "saved_model.pb" in finding.title


@pytest.mark.parametrize(
    ("part", "id"), [("saved_model.pb", "F02"), ("variables", "F02"), ("..", "F03"), ("", "")]
)
def test_a_part_of_a_saved_model_is_told_and_its_directory_used(part, id, copied):
    model = copied("renames.exported_later", "around") / "export"
    opened = open_source(str(model / part) if part != ".." else str(model.parent))
    assert opened.source.path == str(model)
    about = [one for one in opened.source.findings if one.id.startswith("F")]
    assert [(one.id, one.severity) for one in about] == ([(id, Severity.INFO)] if id else [])
    assert all(one.fix and str(model) in one.fix.code for one in about)


def test_the_only_version_of_a_saved_model_is_told(copied):
    model = copied("renames.exported_later", "made") / "export"
    served = model.parent.parent / "served"
    served.mkdir()
    shutil.copytree(model, served / "1")
    opened = open_source(str(served))
    assert opened.source.path == str(served / "1")
    [finding] = [one for one in opened.source.findings if one.id == "F03"]
    assert "1 version of" in finding.title


@pytest.mark.parametrize(("given", "id"), [("", "F03"), ("checkpoint", "F02")])
def test_the_directory_of_a_v1_checkpoint_is_told(given, id, made):
    directory = made("v1_checkpoints.all_dtypes")
    opened = open_source(str(directory / given))
    assert opened.source.kind is SourceKind.CHECKPOINT_V1
    [finding] = [one for one in opened.source.findings if one.id == id]
    assert opened.source.path in finding.fix.code
    assert finding.where == str(directory / given)


def test_the_directory_of_v1_snapshots_is_told(made):
    assert "F03" in ids(open_source(str(made("v1_checkpoints.run"))), Severity.INFO)
