from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.formats import table_writer as write
from tfinspector.contents.findings import Unreadable
from tfinspector.formats.bundles.table import Table, parse_block, read_table
from tfinspector.formats.wire import write_varint

SCALAR = bytes.fromhex(
    "00 00 06  08 01 1a 02 08 01"
    "00 06 0b  73 63 61 6c 61 72  08 01 12 00 28 04 35 d8 fd 7d 89"
    "00 00 00 00  01 00 00 00  00 9e d3 07 20"
    "00 00 00 00  01 00 00 00  00 c0 f2 a1 b0"
    "00 01 02 74 00 25  00 00 00 00  01 00 00 00  00 0c 2f 47 c7"
    "2a 08 37 0e" + "00" * 36 + "57 fb 80 8b 24 75 47 db"
)
"""The index of a float32 3.5 named "scalar", byte for byte as TensorFlow 2.21 writes it."""


def read(data: bytes, check: bool = True) -> Table:
    return read_table(data, check)


def numbered(count: int) -> list[tuple[bytes, bytes]]:
    return [(b"", b"\x08\x01")] + [(b"key/%06d" % i, b"v%d" % i * (i % 7)) for i in range(count)]


def test_worked_example() -> None:
    assert len(SCALAR) == 122
    table = read(SCALAR)
    assert list(table.keys) == [b"", b"scalar"]
    assert list(table.values) == [
        bytes.fromhex("08 01 1a 02 08 01"),
        bytes.fromhex("08 01 12 00 28 04 35 d8 fd 7d 89"),
    ]
    assert table.lost == ()


def test_worked_example_is_written_the_same() -> None:
    pairs = [(b"", write.header()), (b"scalar", write.entry(1, (), 0, 0, 4, 0x897DFDD8))]
    block = write.stored(write.block(pairs))
    index = [(b"t", write_varint(0) + write_varint(len(block) - 5))]
    assert write.finish(block, index) == SCALAR


@pytest.mark.parametrize("compress", [False, True])
@pytest.mark.parametrize("restart_interval", [1, 16])
@pytest.mark.parametrize("per_block", [3, 100, 10_000])
def test_layouts(compress: bool, restart_interval: int, per_block: int) -> None:
    pairs = numbered(500)
    table = read(write.table(pairs, per_block, restart_interval, compress))
    assert list(zip(table.keys, table.values, strict=True)) == pairs
    assert table.lost == ()


def test_long_keys_and_keys_that_share_half_a_character() -> None:
    pairs = sorted([
        (b"", b"\x08\x01"), (b"k" * 200_000, b"long"), ("naïve".encode(), b"1"),
        ("naîve".encode(), b"2"), (b"\0\xff", b"odd"), (b"\xff\xff", b"v" * 1000),
    ])  # fmt: skip
    table = read(write.table(pairs, restart_interval=100))
    assert list(zip(table.keys, table.values, strict=True)) == pairs


def raw_snappy(*elements: str) -> bytes:
    return bytes.fromhex("".join(elements))


@pytest.mark.parametrize(
    ("compressed", "expected"),
    [
        (raw_snappy("05", "10", "6162636465"), b"abcde"),  # literal
        (raw_snappy("0a", "10", "6162636465", "05 05"), b"abcdeabcde"),  # copy with 1-byte offset
        (raw_snappy("0a", "10", "6162636465", "12 05 00"), b"abcdeabcde"),  # 2-byte offset
        (raw_snappy("0a", "10", "6162636465", "13 05 00 00 00"), b"abcdeabcde"),  # 4-byte offset
        (raw_snappy("08", "00", "61", "0d 01"), b"a" * 8),  # the copy overlaps itself
    ],
)
def test_snappy_elements(compressed: bytes, expected: bytes) -> None:
    from tfinspector.formats.bundles.table import Handle, read_block

    raw = write.stored(compressed, 1)
    read_at = lambda offset, nbytes: raw[offset : offset + nbytes]  # noqa: E731
    assert read_block(read_at, Handle(0, len(compressed)), len(raw)) == expected


@pytest.mark.parametrize(
    ("contents", "words"),
    [
        (raw_snappy("0a", "10", "6162636465", "05 09"), "does not decompress"),  # offset too far
        (raw_snappy("ff ff ff ff 0f", "00 61"), "claims to hold 4294967295"),  # a bomb
        (b"", "cut off"),
    ],
)
def test_bad_snappy_costs_its_block_only(contents: bytes, words: str) -> None:
    good = write.stored(write.block([(b"a", b"1")]))
    bad = write.stored(contents, 1)
    index = [
        (b"b", write_varint(0) + write_varint(len(good) - 5)),
        (b"c", write_varint(len(good)) + write_varint(len(contents))),
    ]
    table = read(write.finish(good + bad, index))
    assert list(table.keys) == [b"a"]
    [lost] = table.lost
    assert words in lost.reason


def test_a_damaged_block_tells_the_range_it_loses() -> None:
    pairs = numbered(300)
    data = write.table(pairs, per_block=100)
    at = data.index(b"v150")  # in the second block
    table = read(write.flip(data, {at: 1}))
    [lost] = table.lost
    assert (lost.after, lost.up_to) == ("key/000098", "key/000198\0")
    assert "checksum" in lost.reason
    assert list(table.keys) == [key for key, _ in pairs if not b"key/000098" < key <= b"key/000198"]


def test_damaged_blocks_can_be_taken_all_the_same() -> None:
    data = write.table(numbered(300), per_block=100)
    at = data.index(b"v150")
    table = read(write.flip(data, {at: 1}), check=False)
    assert len(table.keys) == 301
    assert table.values[151] != b"v150" * 3


def test_a_damaged_list_of_blocks_is_the_end() -> None:
    data = write.table(numbered(10))
    at = len(data) - 48 - 8  # within the index block
    with pytest.raises(Unreadable, match=r"list of blocks can't be read.*checksum"):
        read(write.flip(data, {at: 0x40}))


def test_an_unknown_kind_of_block() -> None:
    raw = write.stored(write.block([(b"a", b"1")]), 7)
    table = read(write.finish(raw, [(b"b", write_varint(0) + write_varint(len(raw) - 5))]))
    assert "unknown type 7" in table.lost[0].reason


def test_a_block_listed_twice_is_read_once() -> None:
    raw = write.stored(write.block([(b"a", b"1")]))
    handle = write_varint(0) + write_varint(len(raw) - 5)
    table = read(write.finish(raw, [(b"b%05d" % i, handle) for i in range(100)]))
    assert list(table.keys) == [b"a"]
    assert len(table.lost) == 99
    assert "overlaps" in table.lost[0].reason


@pytest.mark.parametrize(
    ("contents", "words"),
    [
        (b"", "claims 0 restart"),
        (b"\x05\0\0\0", "claims 5 restart"),
        (b"\x01\x01\x00a" + struct.pack("<II", 0, 1), "more than there is"),
        (b"\x00\x01\x09a" + struct.pack("<II", 0, 1), "past its end"),
        (b"\x00" + struct.pack("<II", 0, 1), "past its end"),
        (b"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80" + bytes(8), "ten bytes"),
    ],
)
def test_bad_entries(contents: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        parse_block(contents)


def test_shared_prefixes_can_not_blow_up_memory() -> None:
    long = 300_000
    entry = write_varint(long) + b"\x01\x00z"
    body = b"\x00" + write_varint(long) + b"\x00" + b"a" * long + entry * 100_000
    with pytest.raises(Unreadable, match="more than there is"):
        parse_block(body + struct.pack("<II", 0, 1))


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(SCALAR) - 1), st.integers(1, 255), st.booleans())
def test_any_flipped_byte_is_noticed(at: int, bits: int, check: bool) -> None:
    data = write.flip(SCALAR, {at: bits})
    try:
        table = read(data, check)
    except Unreadable:
        return
    unchecked = range(0x4A, len(SCALAR) - 8)  # the footer has no checksum of its own
    metaindex = range(0x2A, 0x37)
    if check and at not in unchecked and at not in metaindex:
        assert table.lost


@pytest.mark.parametrize("length", range(0, len(SCALAR), 5))
def test_any_cut_is_noticed(length: int) -> None:
    with pytest.raises(Unreadable):
        read(SCALAR[:length])
