"""Small valid checkpoints with bytes changed: only `Unreadable` comes out, soon and small."""

from __future__ import annotations

import os
import random
import resource
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.formats import table_writer as write
from tests.formats.table_writer import BundleWriter, string_tensor, variant_tensor
from tfinspector.contents.findings import Unreadable
from tfinspector.formats.bundles.bundle import BundleReader, read_bundle
from tfinspector.formats.bundles.entries import decode_entry, decode_header
from tfinspector.formats.bundles.survey import survey

MEMORY = 1 << 30  # what the process may take beyond what it has: far less than a wild allocation


@pytest.fixture(autouse=True)
def _no_huge_allocation() -> object:
    """Makes every wild allocation fail, so that it can't hide in an unlucky machine's swap."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


def small() -> BundleWriter:
    """One of everything: numbers, strings, variants, slices, two shards."""
    writer = BundleWriter(num_shards=2)
    writer.add("a/plain", 1, (2, 3), np.arange(6, dtype="<f4").tobytes())
    writer.add("b/scalar", 9, (), bytes(8), shard=1)
    data, checksum = string_tensor([b"one", b"", b"three" * 30])
    writer.add("c/text", 7, (3,), data, checksum=checksum)
    data, checksum = variant_tensor([b"\x0a\x03One\x1a\x04\x08\x01\x12\x00"] * 2)
    writer.add("d/variant", 21, (2,), data, checksum=checksum)
    halves = [(((0, 2), (0, -1)), (2, 2), bytes(8), 0), (((2, 1), (0, -1)), (1, 2), bytes(4), 1)]
    writer.add_slices("e/cut", 19, (3, 2), halves)
    return writer


def use_all(prefix: str, check: bool) -> int:
    """Does everything that can be done with a checkpoint; the number of tensors that were read."""
    try:
        bundle = read_bundle(prefix, check)
    except Unreadable:
        return 0
    bundle.shards()
    reader, good = BundleReader(bundle), 0
    for key in bundle.keys:
        problem = bundle.describe(key).problem
        reader.locate(key)
        uses = [reader.read, reader.verify, lambda key: list(reader.blocks(key))]
        for use in uses:
            try:
                use(key)
                good += 1
                assert not problem
            except Unreadable as error:
                assert error.finding.fix is not None  # noqa: PT017
                assert len(error.finding.title) < 2000  # noqa: PT017
    return good


def test_the_unchanged_one_is_read(tmp_path: Path) -> None:
    assert use_all(small().write(tmp_path / "c"), True) == 13


def test_a_changed_index(tmp_path: Path) -> None:
    """Without looking at checksums, so that every change gets through to the decoders."""
    writer = small()
    prefix = writer.write(tmp_path / "c")
    path = Path(f"{prefix}.index")
    data = path.read_bytes()
    chance = random.Random(7)
    read = set()
    for at in range(len(data)):
        for bits in (1 << chance.randrange(8), 0xFF):
            path.write_bytes(write.flip(data, {at: bits}))
            read.add(use_all(prefix, check=False))
    assert len(read) > 3  # some changes cost little, some everything


def test_a_cut_off_index(tmp_path: Path) -> None:
    prefix = small().write(tmp_path / "c")
    path = Path(f"{prefix}.index")
    data = path.read_bytes()
    for length in range(len(data)):
        path.write_bytes(data[:length])
        assert use_all(prefix, check=True) == 0


def test_changed_data(tmp_path: Path) -> None:
    prefix = small().write(tmp_path / "c")
    path = Path(f"{prefix}.data-00000-of-00002")
    data = path.read_bytes()
    chance = random.Random(8)
    for at in range(len(data)):
        path.write_bytes(write.flip(data, {at: 1 << chance.randrange(8)}))
        assert use_all(prefix, check=True) >= 9


def test_cut_off_data(tmp_path: Path) -> None:
    prefix = small().write(tmp_path / "c")
    path = Path(f"{prefix}.data-00000-of-00002")
    data = path.read_bytes()
    counts = []
    for length in range(len(data) + 1):
        path.write_bytes(data[:length])
        counts.append(use_all(prefix, check=True))
    assert counts == sorted(counts)
    assert counts[-1] == 13


def test_more_strings_than_memory_holds(tmp_path: Path) -> None:
    """A sparse file, so that the bytes for them are really there."""
    count = 1 << 33
    writer = BundleWriter()
    writer.entries[b"s"] = write.entry(7, (count,), nbytes=count + 4)
    prefix = writer.write(tmp_path / "c")
    os.truncate(f"{prefix}.data-00000-of-00001", count + 4)
    reader = BundleReader(read_bundle(prefix))
    with pytest.raises(Unreadable, match="does not fit into memory"):
        reader.read("s")
    with pytest.raises(Unreadable, match="do not fit into memory"):
        reader.read("s", (slice(0, 3),))
    with pytest.raises(Unreadable, match="do not fit into memory"):
        reader.verify("s")


@settings(
    max_examples=200, deadline=2000, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_entries_with_wild_numbers(tmp_path: Path, data: st.DataObject) -> None:
    """Well-formed messages whose numbers make no sense."""
    number = st.sampled_from(
        [0, 1, 2, 3, 7, 24, 100, 1 << 31, 1 << 33, (1 << 62) + 1, (1 << 63) - 1, -1, -(1 << 63)]
    )
    extents = st.lists(st.tuples(number, number), max_size=3)
    entries = st.builds(
        write.entry,
        st.sampled_from([0, 1, 7, 10, 14, 20, 21, 77, 101, -1]),
        st.lists(number, max_size=3),
        number,
        number,
        number,
        st.integers(0, 9),
        st.lists(extents, max_size=3) | st.just([]),
    )
    writer = small()
    for name in data.draw(st.lists(st.sampled_from(["a/plain", "e/cut", "f", "g"]), max_size=4)):
        writer.entries[name.encode()] = data.draw(entries)
    assert use_all(writer.write(tmp_path / "c"), True) >= 3


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_entries_of_any_bytes(value: bytes) -> None:
    entry = decode_entry(value)
    [description] = survey([value]).descriptions
    assert description.problem == entry.problem
    assert (description.dtype, description.shape) == (entry.dtype, entry.shape)


@settings(deadline=None)
@given(st.lists(st.binary(max_size=30), max_size=5), st.integers(0, 5))
def test_odd_entries_do_not_disturb_their_neighbours(odd: list[bytes], place: int) -> None:
    plain = write.entry(1, (3,), 1, 300, 12, 7)
    values = [*odd[:place], plain, *odd[place:]]
    surveyed = survey(values)
    at = min(place, len(odd))
    assert surveyed.descriptions[at][1:] == ((3,), 12, "")
    assert (surveyed.shard[at], surveyed.end[at], surveyed.nbytes[at]) == (1, 312, 12)


@settings(deadline=None)
@given(st.binary(max_size=40))
def test_headers_of_any_bytes(value: bytes) -> None:
    try:
        header = decode_header(value)
    except Unreadable:
        return
    assert header.num_shards > 0 or header.problems
