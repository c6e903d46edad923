"""Tables as the program writes them are read back, by our reader and with all their blocks."""

from __future__ import annotations

from io import BytesIO

import pytest

from tfinspector.contents.dtypes import DTYPE_BY_NAME
from tfinspector.formats.bundles.table import read_table
from tfinspector.formats.bundles.table_writing import write_table
from tfinspector.formats.bundles.writing import Part, TensorFile
from tfinspector.formats.wire import Malformed


@pytest.mark.parametrize("count", [0, 1, 16, 17, 30_000])
def test_what_is_written_is_read(count: int) -> None:
    pairs = [(f"layer/{n:08}/kernel".encode(), bytes([n % 251]) * (n % 40)) for n in range(count)]
    data = write_table(pairs)
    table = read_table(data)
    assert list(zip(table.keys, table.values, strict=True)) == pairs
    assert table.lost == ()


def test_a_damaged_block_of_many_costs_its_own_keys_only() -> None:
    pairs = [(f"layer/{n:08}/kernel".encode(), bytes(32)) for n in range(30_000)]
    data = bytearray(write_table(pairs))
    data[100] ^= 1
    table = read_table(bytes(data))
    assert len(table.lost) == 1
    kept = list(table.keys)
    assert kept == [key for key, _ in pairs[-len(kept) :]]
    assert len(kept) > 10_000


def test_a_tensor_that_ends_early_leaves_nothing() -> None:
    file = BytesIO()
    tensors = TensorFile(file)
    kind = DTYPE_BY_NAME["float32"]
    tensors.add("a", kind, (2,), [Part.plain(b"12345678")])
    before = tensors.index()
    with pytest.raises(Malformed, match="4 bytes were read"):
        tensors.add("b", kind, (2,), [Part.plain(b"1234")])
    with pytest.raises(Malformed, match="taken by another"):
        tensors.add("a", kind, (2,), [Part.plain(b"12345678")])
    assert file.getvalue() == b"12345678"
    assert tensors.index() == before
