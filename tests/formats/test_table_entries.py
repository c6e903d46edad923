"""All blocks at once say what each block says by itself, or nothing."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.formats import table_writer as write
from tfinspector.contents.findings import Unreadable
from tfinspector.formats.bundles.table import parse_block
from tfinspector.formats.bundles.table_entries import Block, entries_of


def pairs(count: int, seed: int = 0) -> list[tuple[bytes, bytes]]:
    draw = random.Random(seed)
    keys = {
        b"/".join(b"part%d" % draw.randrange(30) for _ in range(draw.randrange(1, 9)))
        + b"k" * draw.choice((0, 0, 200))
        for _ in range(count)
    }
    return [(key, bytes(draw.randrange(200))) for key in sorted(keys)]


def in_memory(blocks: list[bytes]) -> list[Block]:
    return [Block(block, 0, len(block)) for block in blocks]


def one_by_one(blocks: list[bytes]) -> list[tuple[bytes, bytes]]:
    return [pair for block in blocks for pair in zip(*parse_block(block), strict=True)]


@pytest.mark.parametrize("restart_interval", [1, 2, 16, 60])
@pytest.mark.parametrize("per_block", [1, 7, 5000])
def test_blocks_of_any_layout(per_block: int, restart_interval: int) -> None:
    every = pairs(3000)
    blocks = [
        write.block(every[first : first + per_block], restart_interval)
        for first in range(0, len(every), per_block)
    ]
    found = entries_of(in_memory(blocks))
    assert found is not None
    assert list(zip(*found, strict=True)) == every
    assert list(found[0].texts() or ()) == [key.decode() for key, _ in every]


@pytest.mark.parametrize(
    "odd",
    [
        [(b"a" * 3_000_000, b"1"), *((b"b%05d" % i, b"") for i in range(100))],  # too wide together
        [(b"key%05d" % i, b"") for i in range(100)],  # one restart point only
    ],
    ids=["a very long key", "few restarts"],
)
def test_what_takes_a_closer_look_is_left(odd: list[tuple[bytes, bytes]]) -> None:
    assert entries_of(in_memory([write.block(odd, 1000)])) is None


_BLOCK = write.block(pairs(200, 1))


@settings(deadline=None, max_examples=300)
@given(st.lists(st.tuples(st.integers(0, len(_BLOCK) - 1), st.integers(0, 255)), max_size=3))
def test_damage_is_read_as_it_is_entry_by_entry(changes: list[tuple[int, int]]) -> None:
    damaged = bytearray(_BLOCK)
    for at, byte in changes:
        damaged[at] = byte
    found = entries_of(in_memory([bytes(damaged)]))
    if found is None:
        return
    try:
        expected = one_by_one([bytes(damaged)])
    except Unreadable as error:
        raise AssertionError("taken though it is damaged") from error
    assert list(zip(*found, strict=True)) == expected
