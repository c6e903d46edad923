"""Opening a checkpoint: headers, foreign and missing files, saves that are not finished."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.formats import table_writer as write
from tests.formats.table_writer import BundleWriter
from tfinspector.contents.findings import Finding, Severity, Unreadable
from tfinspector.formats.bundles import bundle_opening
from tfinspector.formats.bundles.bundle import BundleReader, read_bundle

GOOD = np.arange(6, dtype="<f4")


def good() -> BundleWriter:
    writer = BundleWriter()
    writer.add("good", 1, (2, 3), GOOD.tobytes())
    return writer


def test_no_header(tmp_path: Path) -> None:
    writer = good()
    prefix = writer.write(tmp_path / "c")
    Path(f"{prefix}.index").write_bytes(write.table(sorted(writer.entries.items())))
    bundle = read_bundle(prefix)
    assert "no header" in bundle.problems[0]
    np.testing.assert_array_equal(BundleReader(bundle).read("good"), GOOD.reshape(2, 3))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (write.header(0), "there are 0 data files"),
        (write.header(-1), "there are -1 data files"),
        (write.header(1, 5), "unknown byte order 5"),
        (write.header(version=b"\x08\x02\x10\x02"), "TensorFlow refuses"),
        (write.header(version=b"\x08\x02\x1a\x01\x01"), "TensorFlow refuses"),
        (write.header() + b"\x0f", "can't be decoded"),
    ],
)
def test_odd_headers_open_with_a_sentence(tmp_path: Path, value: bytes, words: str) -> None:
    writer = good()
    prefix = writer.write(tmp_path / "c")
    pairs = [(b"", value), *sorted(writer.entries.items())]
    Path(f"{prefix}.index").write_bytes(write.table(pairs))
    bundle = read_bundle(prefix)
    assert words in " ".join(bundle.problems)
    assert bundle.keys == ("good",)


@pytest.mark.parametrize("version", [b"", b"\x08\x63"])
def test_other_producers_are_fine(tmp_path: Path, version: bytes) -> None:
    writer = good()
    writer.version = version
    assert read_bundle(writer.write(tmp_path / "c")).problems == ()


def test_a_header_that_claims_two_billion_shards(tmp_path: Path) -> None:
    writer = BundleWriter(num_shards=2**31 - 1)
    writer.add("w", 1, (6,), GOOD.tobytes(), shard=123_456)
    bundle = read_bundle(writer.write(tmp_path / "c"))
    assert "data file 123456 of 2147483647, which is missing" in bundle.describe("w").problem
    assert len(bundle.shards()) < 20_000


def test_more_than_99999_shards_have_longer_names(tmp_path: Path) -> None:
    writer = BundleWriter(num_shards=100_001)
    writer.add("w", 1, (6,), GOOD.tobytes(), shard=100_000)
    prefix = writer.write(tmp_path / "c")
    Path(f"{prefix}.data-100000-of-100001").write_bytes(GOOD.tobytes())
    assert BundleReader(read_bundle(prefix)).read("w").tolist() == GOOD.tolist()


def test_keys_out_of_order_are_told(tmp_path: Path) -> None:
    writer = good()
    prefix = writer.write(tmp_path / "c")
    value = writer.entries[b"good"]
    pairs = [(b"", write.header()), (b"z", value), (b"a", value), (b"a", value)]
    Path(f"{prefix}.index").write_bytes(write.table(pairs))
    bundle = read_bundle(prefix)
    assert bundle.keys == ("z", "a", "a (2)")
    assert "not in order" in bundle.problems[0]


def test_a_lost_block_of_the_index_is_told(tmp_path: Path) -> None:
    writer = BundleWriter()
    for number in range(30):
        writer.add(f"w{number:02d}", 1, (6,), GOOD.tobytes())
    prefix = writer.write(tmp_path / "c", per_block=10)
    path = Path(f"{prefix}.index")
    data = path.read_bytes()
    path.write_bytes(write.flip(data, {data.index(b"w19") - 1: 4}))
    bundle = read_bundle(prefix)
    assert len(bundle.keys) == 20
    assert len(bundle.lost_blocks) == 1
    assert bundle.lost_blocks[0].after < "w19" <= bundle.lost_blocks[0].up_to


@pytest.mark.parametrize(
    ("content", "id", "words"),
    [
        (b"", "F07", "is empty"),
        (b"abc", "F07", "cut off"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 99\n", "F07", "git-LFS"),
        (b"\n <!DOCTYPE html><html>" + b" " * 99, "F07", "web page"),
        (b'model_checkpoint_path: "m-1"\n', "F02", "state file"),
        (b"\x89HDF\r\n\x1a\n" + bytes(99), "F12", "HDF5"),
        (b"PK\x03\x04" + bytes(99), "F12", "zip archive"),
        (b"\x80\x04\x95" + bytes(99), "F12", "pickle"),
        (bytes(99), "F07", "does not end like one"),
        (write.table([(b"", b"\x0a\x02\x08\x01")]), "F11", "V1 checkpoint"),
    ],
)
def test_foreign_index_files(tmp_path: Path, content: bytes, id: str, words: str) -> None:
    path = tmp_path / "model.ckpt-7.index"
    path.write_bytes(content)
    with pytest.raises(Unreadable) as caught:
        read_bundle(str(tmp_path / "model.ckpt-7"))
    finding = caught.value.finding
    assert finding.id == id
    assert words in finding.title
    assert "model.ckpt-7.index" in finding.title
    assert finding.severity is Severity.ERROR
    assert finding.fix is not None
    assert finding.where == str(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 99\n",
            "git-LFS pointer",
        ),
        (b"<html>" + b" " * 900, "web page"),
        (b"<!DOCTYPE html>" + b" " * 9000, "web page"),
        (b"\x1f\x8b\x08\0" + bytes(3000), "gzip archive"),
        (b"PK\x03\x04" + bytes(5000), "zip archive"),
        (None, "directory"),
    ],
)
def test_what_is_no_data_file_is_refused_whole(
    tmp_path: Path, content: bytes | None, words: str
) -> None:
    writer = BundleWriter()
    writer.add("b", 1, (2,), bytes(8))
    writer.add("w", 1, (1000,), bytes(4000))
    prefix = writer.write(tmp_path / "c")
    data = Path(f"{prefix}.data-00000-of-00001")
    if content is None:
        data.unlink()
        data.mkdir()
    else:
        data.write_bytes(content)
    bundle = read_bundle(prefix)
    [shard] = bundle.shards()
    assert shard.fault is not None
    assert shard.fault.title.startswith("c.data-00000-of-00001 is a")
    assert words in shard.fault.title
    assert bundle.problems == ()
    for key in ("b", "w"):
        assert f"which is a {words}, not the data" in bundle.describe(key).problem
        with pytest.raises(Unreadable) as caught:
            BundleReader(bundle).read(key)
        assert caught.value.finding.fix == shard.fault.fix
        with pytest.raises(Unreadable):
            list(BundleReader(bundle).blocks(key))


def test_numbers_that_begin_like_an_archive_are_numbers(tmp_path: Path) -> None:
    writer = BundleWriter()
    value = b"\x1f\x8b\x08\0<html>\0\0"
    writer.add("w", 1, (3,), value)
    bundle = read_bundle(str(writer.write(tmp_path / "c")))
    assert bundle.shards()[0].fault is None
    assert BundleReader(bundle).read("w").tobytes() == value


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of another kind")
@pytest.mark.parametrize("closed", ["c.data-00000-of-00001", "c.index", ""])
def test_f13_files_that_may_not_be_read(unprivileged: Path, closed: str) -> None:
    writer = BundleWriter()
    writer.add("w", 1, (2,), bytes(8))
    prefix = str(writer.write(unprivileged / "c"))
    target = unprivileged / closed
    target.chmod(0)
    try:
        finding = _told_of(prefix)
    finally:
        target.chmod(0o700)
    assert finding.id == "F13"
    assert finding.severity is Severity.ERROR
    assert finding.fix is not None
    assert finding.fix.code.startswith("chmod u+r")
    assert finding.fix.code.endswith(str(target))


def _told_of(prefix: str) -> Finding:
    """What reading `w` tells."""
    with pytest.raises(Unreadable) as caught:
        BundleReader(read_bundle(prefix)).read("w")
    return caught.value.finding


@pytest.fixture
def unprivileged() -> Iterator[Path]:
    """A directory of a user who is no administrator, with this process being that user."""
    directory = Path(tempfile.mkdtemp())
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if root:
        os.chown(directory, 65534, 65534)
        os.seteuid(65534)
    try:
        yield directory
    finally:
        if root:
            os.seteuid(0)
        shutil.rmtree(directory)


class TestSaveInProgress:
    """An index that is written over between reading it and looking at the data files."""

    @pytest.fixture
    def writes(self, monkeypatch: pytest.MonkeyPatch) -> list[BundleWriter]:
        """Checkpoints that appear at the same prefix, one each time an index was read."""
        coming: list[BundleWriter] = []
        original = bundle_opening._read_index

        def read_index(prefix: str) -> tuple[bytes, os.stat_result]:
            data, status = original(prefix)
            if coming:
                coming.pop(0).write(Path(prefix))
                later = status.st_mtime_ns + 1_000_000_000
                os.utime(f"{prefix}.index", ns=(later, later))
            return data, status

        monkeypatch.setattr(bundle_opening, "_read_index", read_index)
        return coming

    def test_the_new_one_is_read(self, tmp_path: Path, writes: list[BundleWriter]) -> None:
        prefix = good().write(tmp_path / "c")
        other = BundleWriter()
        other.add("new", 1, (6,), GOOD[::-1].tobytes())
        writes.append(other)
        bundle = read_bundle(prefix)
        assert bundle.keys == ("new",)
        assert bundle.problems == ()
        assert BundleReader(bundle).read("new").tolist() == GOOD[::-1].tolist()

    def test_no_end_of_it_is_told(self, tmp_path: Path, writes: list[BundleWriter]) -> None:
        prefix = good().write(tmp_path / "c")
        writes += [good(), good(), good()]
        assert "a save is writing it" in read_bundle(prefix).problems[0]


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as caught:
        read_bundle(str(tmp_path / "nothing"))
    assert caught.value.finding.id == "F03"


def test_data_without_index(tmp_path: Path) -> None:
    prefix = good().write(tmp_path / "c")
    os.unlink(f"{prefix}.index")
    with pytest.raises(Unreadable, match=r"c\.index is missing") as caught:
        read_bundle(prefix)
    assert caught.value.finding.id == "F06"
    assert caught.value.finding.evidence == {"data_files": ["c.data-00000-of-00001"]}


@pytest.mark.parametrize("name", ["a\0b", "x" * 400])
def test_names_that_no_system_takes(tmp_path: Path, name: str) -> None:
    with pytest.raises(Unreadable):
        read_bundle(str(tmp_path / name))


def test_a_directory_under_the_name_of_an_index(tmp_path: Path) -> None:
    (tmp_path / "c.index").mkdir()
    with pytest.raises(Unreadable, match=r"c\.index can't be read"):
        read_bundle(str(tmp_path / "c"))
