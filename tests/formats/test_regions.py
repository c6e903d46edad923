"""Reading parts of tensors: the right elements, and few other bytes."""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.formats.table_writer import BundleWriter, entry, string_tensor
from tfinspector.contents.findings import Unreadable
from tfinspector.contents.tensors import Region
from tfinspector.formats.bundles.bundle import BundleReader, read_bundle
from tfinspector.formats.bundles.data_file import DataFile


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of bytes of every read that reaches a file."""
    counted: list[int] = []
    original = DataFile.read_into

    def read_into(self: DataFile, target: NDArray[Any], offset: int) -> None:
        counted.append(target.nbytes)
        original(self, target, offset)

    monkeypatch.setattr(DataFile, "read_into", read_into)
    return counted


def reader_of(directory: Path, array: NDArray[Any], code: int, odd: int = 1) -> BundleReader:
    writer = BundleWriter()
    writer.put(bytes(odd))
    writer.add("w", code, array.shape, array.tobytes())
    return BundleReader(read_bundle(writer.write(directory / "c")))


SHAPES = st.lists(st.integers(1, 6), max_size=4).map(tuple)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_any_region_is_what_numpy_gives(tmp_path: Path, data: st.DataObject) -> None:
    shape = data.draw(SHAPES)
    array = np.arange(np.prod(shape, dtype=int), dtype="<i4").reshape(shape)
    bounds = [sorted(data.draw(st.tuples(*[st.integers(0, n)] * 2))) for n in shape]
    region = tuple(slice(low, high) for low, high in bounds)
    part = reader_of(tmp_path, array, 3).read("w", region)
    np.testing.assert_array_equal(part, array[region])
    assert part.flags.aligned
    assert part.flags.writeable


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_any_region_of_far_apart_rows(tmp_path: Path, data: st.DataObject) -> None:
    """Rows of 12 KiB, so that gaps are worth jumping over."""
    array = np.arange(4 * 3 * 3000, dtype="<i4").reshape(4, 3, 3000)
    bounds = [sorted(data.draw(st.tuples(*[st.integers(0, n)] * 2))) for n in array.shape]
    region = tuple(slice(low, high) for low, high in bounds)
    part = reader_of(tmp_path, array, 3).read("w", region)
    np.testing.assert_array_equal(part, array[region])


def huge(directory: Path, shape: tuple[int, ...]) -> BundleReader:
    """A sparse file: a tensor far larger than memory that takes no room on the disk."""
    nbytes = int(np.prod(shape, dtype=object)) * 4
    writer = BundleWriter()
    writer.entries[b"w"] = entry(1, shape, nbytes=nbytes)
    prefix = writer.write(directory / "huge")
    os.truncate(f"{prefix}.data-00000-of-00001", nbytes)
    return BundleReader(read_bundle(prefix))


@pytest.mark.parametrize(
    ("region", "at_most_reads", "at_most_bytes"),
    [
        ((slice(7, 8), slice(0, 1 << 20)), 1, 4 << 20),  # one row, whole
        ((slice(0, 100), slice(5, 9)), 100, 100 * 16),  # scattered: one by one
        ((slice(1000, 1001), slice(10, 11)), 1, 4),
        ((slice(0, 0), slice(0, 1 << 20)), 0, 0),
    ],
)
def test_a_region_of_a_huge_tensor(
    tmp_path: Path, reads: list[int], region: Region, at_most_reads: int, at_most_bytes: int
) -> None:
    reader = huge(tmp_path, (1 << 18, 1 << 20))  # 1 TiB
    assert reader.read("w", region).shape == tuple(part.stop - part.start for part in region)
    assert len(reads) <= at_most_reads
    assert sum(reads) <= at_most_bytes


def test_large_gaps_are_jumped_over(tmp_path: Path, reads: list[int]) -> None:
    reader = huge(tmp_path, (1 << 14, 1 << 14))  # rows of 64 KiB
    assert reader.read("w", (slice(0, 100), slice(5, 9))).shape == (100, 4)
    assert reads == [16] * 100


def test_strings_between_the_wanted_ones_are_not_read(tmp_path: Path, reads: list[int]) -> None:
    writer = BundleWriter()
    data, checksum = string_tensor([b"one", b"x" * 50_000, b"two", b"y" * 50_000])
    writer.add("w", 7, (2, 2), data, checksum=checksum)
    reader = BundleReader(read_bundle(writer.write(tmp_path / "c")))
    assert reader.read("w", (slice(None), slice(0, 1))).tolist() == [[b"one"], [b"two"]]
    assert sum(reads) < 50


def test_small_gaps_are_read_over(tmp_path: Path, reads: list[int]) -> None:
    """A column of narrow rows: one read, in chunks when it is long."""
    reader = huge(tmp_path, (1 << 16, 256))
    assert reader.read("w", (slice(0, 1000), slice(3, 4))).shape == (1000, 1)
    assert len(reads) == 1
    reads.clear()
    assert reader.read("w", (slice(0, 1 << 16), slice(3, 4))).shape == (1 << 16, 1)
    assert max(reads) <= 4 << 20
    assert len(reads) == 16


def test_only_pieces_that_meet_the_region_are_read(tmp_path: Path, reads: list[int]) -> None:
    writer = BundleWriter(num_shards=2)
    whole = np.arange(4 * 6, dtype="<f4").reshape(4, 6)
    writer.add_slices("w", 1, (4, 6), [
        (((0, -1), (start, 2)), (4, 2), whole[:, start : start + 2].tobytes(), start // 4)
        for start in (4, 0, 2)
    ])  # fmt: skip
    prefix = writer.write(tmp_path / "c")
    os.unlink(f"{prefix}.data-00001-of-00002")
    Path(f"{prefix}.data-00001-of-00002").write_bytes(bytes(32))
    reader = BundleReader(read_bundle(prefix))
    region = (slice(1, 3), slice(1, 3))
    np.testing.assert_array_equal(reader.read("w", region), whole[region])
    assert len(reads) == 2
    assert sum(reads) <= 2 * 16


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        ((slice(None), slice(2, None)), (slice(None), slice(2, None))),
        ((slice(1, 2),), (slice(1, 2),)),
        ((slice(-2, None), slice(0, 99)), (slice(-2, None), slice(0, 99))),
        ((slice(3, 1),), (slice(3, 1),)),
        ((), ()),
    ],
)
def test_regions_are_as_patient_as_numpy(
    tmp_path: Path, region: Region, expected: tuple[slice, ...]
) -> None:
    array = np.arange(20, dtype="<f8").reshape(4, 5)
    reader = reader_of(tmp_path, array, 2)
    np.testing.assert_array_equal(reader.read("w", region), array[expected])


def test_a_region_with_too_many_axes(tmp_path: Path) -> None:
    reader = reader_of(tmp_path, np.arange(3, dtype="<f8"), 2)
    with pytest.raises(Unreadable, match="w has 1 axes; the region names 2"):
        reader.read("w", (slice(0, 1), slice(0, 1)))


def test_a_tensor_of_more_axes_than_numpy_has(tmp_path: Path) -> None:
    writer = BundleWriter()
    writer.add("w", 1, (1,) * 100, bytes(4))
    reader = BundleReader(read_bundle(writer.write(tmp_path / "c")))
    with pytest.raises(Unreadable, match="as one array"):
        reader.read("w")
    assert [block.tolist() for block in reader.blocks("w")] == [[0.0]]


@pytest.mark.parametrize("block_nbytes", [1, 8, 24, 100, 1 << 20])
def test_blocks_are_bounded_and_complete(tmp_path: Path, block_nbytes: int) -> None:
    array = np.arange(50, dtype="<f8")
    reader = reader_of(tmp_path, array, 2)
    blocks = [block.copy() for block in reader.blocks("w", block_nbytes)]
    assert max(block.nbytes for block in blocks) <= max(block_nbytes, 8)
    assert np.concatenate(blocks).tolist() == array.tolist()


def test_blocks_share_one_aligned_buffer(tmp_path: Path) -> None:
    reader = reader_of(tmp_path, np.arange(3000, dtype="<f4"), 1)
    places = {(block.ctypes.data, block.flags.aligned) for block in reader.blocks("w", 4096)}
    assert len(places) == 1
    assert all(aligned for _, aligned in places)


@pytest.mark.parametrize(("start", "stop"), [(0, 50), (7, 8), (3, 41), (20, 20), (49, 50)])
@pytest.mark.parametrize("room", [8, 30, 4096])
def test_any_stretch_is_read_into_the_buffer_of_who_asks(
    tmp_path: Path, reads: list[int], start: int, stop: int, room: int
) -> None:
    array = np.arange(50, dtype="<f8")
    buffer = np.zeros(room, np.uint8)
    blocks = []
    for block in reader_of(tmp_path, array, 2).stretch("w", start, stop, buffer):
        assert np.shares_memory(block, buffer)
        blocks.append(block.copy())
    assert np.concatenate([np.empty(0), *blocks]).tolist() == array[start:stop].tolist()
    assert sum(reads) == 8 * (stop - start)


def test_stretches_of_a_tensor_in_slices_are_its_blocks(made: Callable[[str], Path]) -> None:
    reader = BundleReader(read_bundle(str(made("bundles.cut_up") / "cut")))
    key = "big/.ATTRIBUTES/VARIABLE_VALUE"
    assert reader.locate(key).is_partitioned
    whole = np.concatenate([block.copy() for block in reader.blocks(key)])
    cuts = [0, 1, len(whole) // 3, len(whole) - 1, len(whole)]
    buffer = np.empty(16, np.uint8)
    parts = [
        block.copy()
        for start, stop in pairwise(cuts)
        for block in reader.stretch(key, start, stop, buffer)
    ]
    assert np.concatenate(parts).tobytes() == whole.tobytes()


def test_blocks_of_text_are_refused(tmp_path: Path) -> None:
    writer = BundleWriter()
    writer.add("w", 7, (1,), b"\x01abcdx")
    reader = BundleReader(read_bundle(writer.write(tmp_path / "c")))
    with pytest.raises(Unreadable, match="w holds string values, which are no numbers"):
        next(reader.blocks("w"))


class TestChanges:
    """Files that change after the checkpoint was opened."""

    @pytest.fixture
    def reader(self, tmp_path: Path) -> BundleReader:
        return reader_of(tmp_path, np.arange(1000, dtype="<f4"), 1)

    @pytest.fixture
    def data(self, reader: BundleReader) -> Path:
        return Path(reader.locate("w").pieces[0].file)

    def test_gone(self, reader: BundleReader, data: Path) -> None:
        data.unlink()
        with pytest.raises(Unreadable, match="is not there") as caught:
            reader.read("w")
        assert caught.value.finding.id == "F06"

    def test_cut_off(self, reader: BundleReader, data: Path) -> None:
        os.truncate(data, 100)
        with pytest.raises(Unreadable, match="is cut off: it has 100 bytes"):
            reader.read("w")

    def test_cut_off_between_two_blocks(self, reader: BundleReader, data: Path) -> None:
        blocks = reader.blocks("w", 400)
        assert next(blocks).tolist() == list(range(100))
        os.truncate(data, 500)
        with pytest.raises(Unreadable, match="is cut off"):
            list(blocks)

    def test_replaced_by_another_of_the_same_size(self, reader: BundleReader, data: Path) -> None:
        status = data.stat()
        other = data.with_name("other")
        other.write_bytes(data.read_bytes())
        os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
        os.replace(other, data)
        for use in (reader.read, reader.verify, lambda key: list(reader.blocks(key))):
            with pytest.raises(Unreadable, match="was changed after") as caught:
                use("w")
            assert "Reload" in caught.value.finding.fix.text  # type: ignore[union-attr]

    def test_a_directory_in_its_place(self, reader: BundleReader, data: Path) -> None:
        data.unlink()
        data.mkdir()
        with pytest.raises(Unreadable, match="can't be read"):
            reader.read("w")
