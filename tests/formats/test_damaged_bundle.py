"""Bundles that are wrong somewhere: never an exception but `Unreadable`, never a wrong value."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from tests.formats import table_writer as write
from tests.formats.table_writer import BundleWriter, entry
from tests.tensorflow_process import TensorFlowProcess
from tfinspector.contents.findings import Severity, Unreadable
from tfinspector.formats import bundle_opening
from tfinspector.formats.bundle import BundleReader, read_bundle
from tfinspector.formats.ordered_code import encode_slice_key

GOOD = np.arange(6, dtype="<f4")


def good() -> BundleWriter:
    writer = BundleWriter()
    writer.add("good", 1, (2, 3), GOOD.tobytes())
    return writer


def damaged_entry(tmp_path: Path, value: bytes, key: bytes = b"bad") -> str:
    """A checkpoint with one good tensor and one raw entry; the good one must stay readable."""
    writer = good()
    writer.entries[key] = value
    return writer.write(tmp_path / "c")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (b"\xff\xff\xff", "can't be decoded"),
        (b"", "type number 0"),
        (b"\x08", "can't be decoded"),
        (entry(1, (-3,), nbytes=12), "negative axis"),
        (entry(1, (1 << 40, 1 << 40), nbytes=4), "more elements than can exist"),
        (entry(1, (1 << 62, 1 << 62, 0), nbytes=4), "takes 0"),
        (entry(77, (3,), nbytes=12), "type number 77"),
        (entry(20, (), nbytes=12), "resource handle"),
        (entry(1, (2, 3), nbytes=23), "23 bytes in the file where float32 of shape [2, 3] t"),
        (entry(1, (2, 3)), "0 bytes in the file"),
        (entry(1, (2, 3), offset=-1, nbytes=24), "negative position"),
        (entry(1, (2, 3), offset=1 << 62, nbytes=24), "cut off"),
        (entry(1, (1 << 40,), nbytes=1 << 42), "cut off"),
        (entry(1, (2, 3), offset=(1 << 63) - 8, nbytes=24, checksum=1), "cut off"),
        (entry(1, (2, 3), nbytes=24, checksum=1) + b"\x0f", "can't be decoded"),
        (entry(1, (2, 3), nbytes=24, checksum=1, slices=[((9, 9),)]), "outside of its shape"),
        (entry(1, (1 << 60,), nbytes=1 << 62, offset=(1 << 63) - 1), "cut off"),
        (entry(1, (2, 3), offset=10, nbytes=24), "ends at byte 34 of data file 0"),
        (entry(1, (2, 3), shard=5, nbytes=24), "data file 5, but the checkpoint has 1"),
        (entry(1, (2, 3), shard=-1, nbytes=24), "negative position"),
        (entry(1, (1,) * 300, nbytes=4), "300 axes"),
        (entry(7, (1 << 33,), nbytes=20), "too few for 8,589,934,592 strings"),
        (entry(21, (5,), nbytes=20), "too few for 5 variants"),
        (entry(1, (2, 3), slices=[((0, 9), (0, -1))]), "outside of its shape"),
        (entry(1, (2, 3), slices=[((0, 1), (0, -1))]), "misses its slice [0:1, :]"),
        (entry(1, (2, 3), slices=[((0, 1),)]), "outside of its shape"),
    ],
)  # fmt: skip
def test_a_bad_entry_is_a_row_with_a_problem(tmp_path: Path, value: bytes, words: str) -> None:
    bundle = read_bundle(damaged_entry(tmp_path, value))
    reader = BundleReader(bundle)
    assert set(bundle.keys) == {"bad", "good"}
    assert words in bundle.describe("bad").problem
    located = reader.locate("bad")
    assert words in located.problem
    for use in (reader.read, reader.verify, lambda key: list(reader.blocks(key))):
        with pytest.raises(Unreadable) as caught:
            use("bad")
        assert caught.value.finding.fix is not None
        assert caught.value.finding.title.startswith("bad ")
    np.testing.assert_array_equal(reader.read("good"), GOOD.reshape(2, 3))


@pytest.mark.parametrize(
    "value",
    [
        b"\x08\x01\x28\x04",  # no shape at all
        b"\x08\x01\x12\x02\x18\x01\x28\x04",  # unknown rank
        b"\x08\x01\x12\x05\x12\x03\x12\x01x\x28\x00",  # a named axis of size 0
        b"\x08\x01\x12\x00\x28\x04\x7a\x02hi\x80\x08\x07",  # unknown fields
        b"\x28\x04\x12\x00\x08\x01",  # another order
        b"\x08\x65\x12\x00\x28\x04",  # a reference type
        b"\x12\x04\x12\x02\x08\x02\x08\x01\x12\x04\x12\x02\x08\x03\x28\x18",  # shape in two parts
    ],
)
def test_unusual_entries_are_accepted(tmp_path: Path, value: bytes) -> None:
    bundle = read_bundle(damaged_entry(tmp_path, value))
    assert bundle.describe("bad").problem == ""
    assert bundle.describe("bad").dtype.name == "float32"
    count = bundle.describe("bad").nbytes // 4
    assert BundleReader(bundle).read("bad").ravel().tolist() == GOOD[:count].tolist()


def test_values_shorter_than_any_entry_do_not_disturb_others(tmp_path: Path) -> None:
    writer = good()
    writer.entries |= {b"a": b"", b"b": b"\x08", b"c": b"\x08\x01", b"zz": b"\x08\x01\x12"}
    bundle = read_bundle(writer.write(tmp_path / "c"))
    assert [bool(bundle.describe(key).problem) for key in bundle.keys] == [
        True, True, True, False, True,
    ]  # fmt: skip


def test_keys_that_are_no_text_are_listed_escaped(tmp_path: Path) -> None:
    writer = good()
    writer.add(b"b\xff\xfe", 1, (), GOOD[:1].tobytes())
    writer.add(b"b\\xff\\xfe", 1, (), GOOD[1:2].tobytes())
    writer.add(b"\0odd", 1, (), GOOD[2:3].tobytes())
    bundle = read_bundle(writer.write(tmp_path / "c"))
    assert set(bundle.keys) == {"good", r"b\xff\xfe", r"b\xff\xfe (2)", "\0odd"}
    reader = BundleReader(bundle)
    assert {reader.read(key).item() for key in (r"b\xff\xfe", r"b\xff\xfe (2)")} == {0.0, 1.0}
    assert reader.read("\0odd").item() == 2.0


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


SLICES = {
    "good": [((0, 2), (0, 3)), ((2, 2), (0, 3))],
    "hole": [((0, 2), (0, 3)), ((2, 1), (0, 3))],
    "overlap": [((0, 2), (0, 3)), ((1, 3), (0, 3))],
    "doubled": [((0, 2), (0, 3)), ((2, 2), (0, 3)), ((2, 2), (0, 3))],
    "apart": [((0, 4), (0, 2)), ((1, 1), (2, 1)), ((2, 1), (1, 2))],
    "crossing": [((0, 2), (0, -1)), ((2, 2), (0, 2)), ((3, 1), (1, 2))],
}


def cut(tmp_path: Path, name: str, **changes: bytes) -> str:
    writer = BundleWriter()
    whole = np.arange(12, dtype="<f4").reshape(4, 3)
    slices = []
    for extents in SLICES[name]:
        part = whole[tuple(slice(a, a + n if n >= 0 else None) for a, n in extents)]
        slices.append((extents, part.shape, part.tobytes(), 0))
    writer.add_slices("w", 1, (4, 3), slices)
    for extents, value in changes.items():
        writer.entries[encode_slice_key(b"w", SLICES[name][int(extents[1:])])] = value
    return writer.write(tmp_path / "c")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("hole", "slices for 9 of its 12 elements only"),
        ("overlap", "slices that overlap, at [1, 0]"),
        ("crossing", "overlap, at [3, 1]"),
        ("apart", "overlap, at [2, 1]"),
    ],
)
def test_slices_that_do_not_make_a_whole(tmp_path: Path, name: str, words: str) -> None:
    bundle = read_bundle(cut(tmp_path, name))
    assert bundle.keys == ("w",)
    assert words in bundle.describe("w").problem
    with pytest.raises(Unreadable, match=r"^w has slices"):
        BundleReader(bundle).read("w")


def test_good_slices(tmp_path: Path) -> None:
    reader = BundleReader(read_bundle(cut(tmp_path, "good")))
    assert reader.read("w").ravel().tolist() == list(range(12))


def test_a_slice_named_twice_is_used_once_and_told(tmp_path: Path) -> None:
    bundle = read_bundle(cut(tmp_path, "doubled"))
    assert "names 1 of its slices twice" in bundle.problems[0]
    assert BundleReader(bundle).read("w").ravel().tolist() == list(range(12))
    assert sum(map(len, BundleReader(bundle).blocks("w"))) == 12


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (entry(2, (2, 3), nbytes=48), "is float32, but its slice [2:4, 0:3] is float64"),
        (entry(1, (3, 2), nbytes=24), "stored with the shape [3, 2]"),
        (entry(1, (2, 3), nbytes=20), "20 bytes in the file where"),
        (entry(1, (2, 3), shard=3, nbytes=24), "data file 3"),
        (entry(1, (2, 3), offset=1000, nbytes=24), "cut off"),
    ],
)  # fmt: skip
def test_a_bad_slice(tmp_path: Path, value: bytes, words: str) -> None:
    bundle = read_bundle(cut(tmp_path, "good", _1=value))
    assert bundle.keys == ("w",)
    assert words in bundle.describe("w").problem


def test_a_flipped_bit_costs_one_tensor_and_both_sums_are_told(tmp_path: Path) -> None:
    writer = good()
    writer.add("other", 1, (6,), GOOD.tobytes())
    prefix = writer.write(tmp_path / "c")
    data = Path(f"{prefix}.data-00000-of-00001")
    data.write_bytes(write.flip(data.read_bytes(), {2: 1}))
    reader = BundleReader(read_bundle(prefix))
    verdict = reader.verify("good")
    assert verdict is not None
    stored, computed = verdict
    assert stored == reader.locate("good").pieces[0].checksum
    assert stored != computed
    assert reader.verify("other") is None


def test_checking_tells_how_far_it_is(tmp_path: Path) -> None:
    writer = BundleWriter()
    writer.add("large", 4, (3_000_001,), bytes(3_000_001))
    ticks: list[int] = []
    reader = BundleReader(read_bundle(writer.write(tmp_path / "c")))
    assert reader.verify("large", ticks.append) is None
    assert sum(ticks) == 3_000_001
    assert len(ticks) == 3


def test_a_missing_shard_costs_its_own_tensors(tmp_path: Path) -> None:
    writer = BundleWriter(num_shards=2)
    writer.add("here", 1, (6,), GOOD.tobytes())
    writer.add("gone", 1, (6,), GOOD.tobytes(), shard=1)
    writer.add("nothing", 1, (0,), b"", shard=1)
    prefix = writer.write(tmp_path / "c")
    os.unlink(f"{prefix}.data-00001-of-00002")
    bundle = read_bundle(prefix)
    reader = BundleReader(bundle)
    assert bundle.describe("gone").problem == "lies in data file 1 of 2, which is missing"
    assert [(s.needed, s.size) for s in bundle.shards()] == [(24, 24), (24, -1)]
    assert reader.read("here").tolist() == GOOD.tolist()
    assert reader.read("nothing").shape == (0,)
    assert list(reader.blocks("nothing")) == []
    assert reader.verify("nothing") is None
    with pytest.raises(Unreadable, match="which is missing"):
        reader.read("gone")


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
    ],
)
def test_data_that_was_never_fetched(tmp_path: Path, content: bytes, words: str) -> None:
    writer = BundleWriter()
    writer.add("w", 1, (1000,), bytes(4000))
    prefix = writer.write(tmp_path / "c")
    Path(f"{prefix}.data-00000-of-00001").write_bytes(content)
    bundle = read_bundle(prefix)
    [problem] = bundle.problems
    assert problem.startswith("c.data-00000-of-00001 is a")
    assert words in problem
    assert "cut off" in bundle.describe("w").problem


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


def test_tensorflow_is_not_given_these(tmp_path: Path, tensorflow: TensorFlowProcess) -> None:
    """Where TensorFlow survives a damaged file, it refuses the same tensor."""
    writer = good()
    writer.add("short", 1, (2, 3), GOOD.tobytes())
    prefix = writer.write(tmp_path / "c")
    os.truncate(f"{prefix}.data-00000-of-00001", 30)
    reader = BundleReader(read_bundle(prefix))
    assert tensorflow.call("tests.makers.bundles:outcome", prefix, "good") == ""
    assert tensorflow.call("tests.makers.bundles:outcome", prefix, "short") != ""
    assert reader.read("good").shape == (2, 3)
    with pytest.raises(Unreadable, match="cut off at byte 30"):
        reader.read("short")
