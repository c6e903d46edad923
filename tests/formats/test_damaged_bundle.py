"""Bundles that are wrong somewhere: never an exception but `Unreadable`, never a wrong value."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from tests.formats import table_writer as write
from tests.formats.table_writer import BundleWriter, entry
from tests.tensorflow_process import TensorFlowProcess
from tfinspector.contents.findings import Unreadable
from tfinspector.formats.bundles.bundle import BundleReader, read_bundle
from tfinspector.formats.bundles.ordered_code import encode_slice_key

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
