"""Keras files opened like everything else: listed, measured, read, checked, followed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile

import h5py
import numpy as np
import pytest

from tfinspector.contents.findings import Severity, Unreadable
from tfinspector.contents.sources import SourceKind
from tfinspector.engine.checking import check
from tfinspector.engine.measuring import measure_all
from tfinspector.engine.opening import open_source
from tfinspector.engine.values import parse_slice, read_values

KINDS = {
    "model.keras": SourceKind.KERAS,
    "unpacked": SourceKind.KERAS,
    "model.weights.h5": SourceKind.KERAS_WEIGHTS,
    "shards.weights.json": SourceKind.KERAS_WEIGHTS,
    "whole.h5": SourceKind.KERAS_HDF5,
}


@pytest.fixture
def files(made, tmp_path):
    shutil.copytree(made("keras_files.every_kind"), tmp_path / "files")
    return tmp_path / "files"


def ids(opened, severity=None):
    return [one.id for one in opened.source.findings if severity in (None, one.severity)]


@pytest.mark.parametrize("name", KINDS)
def test_opened_measured_read_and_checked(made, name):
    path = made("keras_files.every_kind") / name
    opened = open_source(str(path))
    source = opened.source
    assert source.kind is KINDS[name]
    assert ids(opened, Severity.ERROR) == []
    assert ids(opened, Severity.WARNING) == []
    [snapshot] = source.snapshots
    assert snapshot.path == str(path)
    assert snapshot.complete
    kernel = opened.find("zeta/kernel")
    reader = opened.reader()
    whole = reader.read(kernel.key)
    region = parse_slice("0:2,1:", kernel.shape)
    assert np.array_equal(read_values(reader, kernel, region), whole[0:2, 1:])
    for variable, figures in measure_all(reader, source.variables):
        assert figures.count == variable.size
    [(_, figures)] = measure_all(reader, [kernel])
    assert figures.max == whole.max()
    report = check(opened)
    assert report.checked == len(source.variables)
    assert report.bad == ()
    assert report.unproved == (0 if name == "model.keras" else report.checked)
    assert not opened.is_stale()


def test_real_names_and_keys_find_a_variable(made):
    opened = open_source(str(made("keras_files.every_kind") / "model.keras"))
    wanted = opened.find("both/forward_layer/cell/kernel")
    [real] = [path for path in wanted.paths if path.startswith("both/forward_lstm")]
    assert opened.find(real) is wanted
    assert opened.find("layers/bidirectional/forward_layer/cell/vars/0") is wanted
    with pytest.raises(Unreadable) as caught:
        opened.find("zeta/kernl")
    assert "zeta/kernel" in caught.value.finding.fix.text


def test_a_changed_byte_of_an_archive_is_found(files):
    path = files / "model.keras"
    kernel = open_source(str(path)).reader().locate("layers/dense/vars/0")
    data = bytearray(path.read_bytes())
    data[kernel.pieces[0].offset + 3] ^= 1
    path.write_bytes(data)
    report = check(open_source(str(path)))
    [bad] = report.bad
    assert bad.name == "model.weights.h5"
    assert bad.stored != bad.computed
    assert report.findings[0].id == "F08"
    assert report.findings[0].severity is Severity.ERROR


def test_a_renamed_file_is_told(files):
    os.rename(files / "model.keras", files / "a.h5")
    os.rename(files / "whole.h5", files / "b.keras")
    os.rename(files / "model.weights.h5", files / "c.h5")
    for name, kind, words in [
        ("a.h5", SourceKind.KERAS, "a.keras"),
        ("b.keras", SourceKind.KERAS_HDF5, "b.h5"),
        ("c.h5", SourceKind.KERAS_WEIGHTS, "c.weights.h5"),
    ]:
        opened = open_source(str(files / name))
        assert opened.source.kind is kind
        finding = next(one for one in opened.source.findings if one.id == "F12")
        assert words in finding.fix.code


def test_cut_files_say_what_is_left(files):
    for name in ("model.keras", "model.weights.h5", "whole.h5"):
        path = files / name
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * 0.9)])
        opened = open_source(str(path))
        [finding] = [one for one in opened.source.findings if one.severity is Severity.ERROR]
        assert finding.id == "F07"
        assert "can be read" in finding.title
        assert opened.source.variables
        assert not opened.source.snapshots[0].complete
        report = check(opened)
        assert report.findings[0].severity is Severity.ERROR


def test_a_missing_shard_is_one_finding(files):
    os.remove(files / "shards_00001.weights.h5")
    opened = open_source(str(files / "shards.weights.json"))
    [finding] = [one for one in opened.source.findings if one.severity is Severity.ERROR]
    assert finding.id == "F06"
    assert "shards_00001.weights.h5" in finding.title


@pytest.mark.parametrize("kind", ["models", "weights", "old"])
def test_what_callbacks_leave_is_a_run(made, kind):
    directory = made("keras_files.callbacks") / kind
    opened = open_source(str(directory))
    source = opened.source
    assert source.kind is SourceKind.RUN
    assert [one.step for one in source.snapshots] == [1, 2, 3]
    assert ids(opened) == []
    values = [
        opened.reader(one.path).read(opened.find("only/kernel", one.path).key)
        for one in source.snapshots
    ]
    assert not np.array_equal(values[0], values[2])
    report = check(opened)
    assert len(report.snapshots) == 3
    assert report.bad == ()
    assert len([one for one in report.findings if "checksums" in one.title]) == (kind != "models")


def test_a_run_notices_new_snapshots_and_tells_of_broken_ones(made, tmp_path):
    shutil.copytree(made("keras_files.callbacks") / "models", tmp_path / "run")
    opened = open_source(str(tmp_path / "run"))
    assert not opened.is_stale()
    last = next((tmp_path / "run").glob("model.03*"))
    (tmp_path / "run" / "model.04-0.10.keras").write_bytes(last.read_bytes()[:5000])
    assert opened.is_stale()
    again = open_source(str(tmp_path / "run"))
    assert [one.complete for one in again.source.snapshots] == [True, True, True, False]
    assert again.source.checkpoint.prefix == str(last)
    assert ids(again, Severity.WARNING) == ["F07"]


def test_a_file_that_was_saved_again_is_stale(files):
    opened = open_source(str(files / "unpacked"))
    assert not opened.is_stale()
    (files / "unpacked" / "config.json").write_text("{}")
    assert opened.is_stale()


def test_looking_imports_neither_keras_nor_h5py(made):
    path = made("keras_files.every_kind") / "model.keras"
    code = (
        "import sys\nfrom tfinspector.engine.opening import open_source\n"
        f"opened = open_source({str(path)!r})\n"
        "opened.reader().read(opened.find('zeta/kernel').key)\n"
        "print([m for m in ('tensorflow', 'keras', 'h5py')"
        " if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_nothing_is_written_and_nothing_stays_open(files):
    before = sorted(str(path) for path in files.rglob("*"))
    opened = open_source(str(files / "model.keras"))
    for one in opened.source.variables:
        opened.reader().read(one.key)
    held = [os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd")
            if os.path.exists(f"/proc/self/fd/{fd}")]  # fmt: skip
    assert not [path for path in held if path.endswith(".keras")]
    assert sorted(str(path) for path in files.rglob("*")) == before


def test_many_threads_read_one_file(files):
    from concurrent.futures import ThreadPoolExecutor

    from tests.formats.keras.test_keras_damage import packed_anew

    packed_anew(files / "model.keras", files / "packed.keras")
    for name in ("model.keras", "packed.keras"):
        opened = open_source(str(files / name))
        reader = opened.reader()
        wanted = {one.key: reader.read(one.key).tobytes() for one in opened.source.variables}
        with ThreadPoolExecutor(8) as pool:
            keys = list(wanted) * 4
            for key, value in zip(keys, pool.map(reader.read, keys), strict=True):
                assert value.tobytes() == wanted[key]


@pytest.mark.parametrize("inside", [False, True], ids=["file", "archive"])
@pytest.mark.parametrize(
    ("packing", "name"), [({"compression": "szip"}, "szip"), ({"scaleoffset": 3}, "scale-offset")]
)
def test_an_unknown_packing_is_no_damage(tmp_path, monkeypatch, packing, name, inside):
    """The code of the fix writes it anew, and that is read."""
    values = np.arange(64, dtype="f4").reshape(8, 8)
    path = tmp_path / "packed.weights.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("layers/dense/vars/0", data=values, chunks=(8, 8), **packing)
        file["layers/dense/vars"].attrs["name"] = "stem"
    if inside:
        archive = tmp_path / "packed.keras"
        with zipfile.ZipFile(archive, "w") as zipped:
            zipped.writestr("config.json", "{}")
            zipped.writestr("metadata.json", "{}")
            zipped.write(path, "model.weights.h5")
        path = archive
    opened = open_source(str(path))
    [told] = [each for each in opened.source.findings if name in each.title]
    assert (told.id, told.severity) == ("F12", Severity.WARNING)
    monkeypatch.chdir(tmp_path)
    exec(told.fix.code, {})
    anew = open_source("unpacked.h5")
    assert [each.name for each in anew.source.variables] == ["stem/kernel"]
    assert np.array_equal(anew.reader().read("layers/dense/vars/0"), values)
