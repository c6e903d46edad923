"""Byte orders, strings and variants, made by hand where TensorFlow does not write them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest

from tests.formats import table_writer as write
from tests.formats.table_writer import BundleWriter, message, string_tensor, variant_tensor
from tests.tensorflow_process import TensorFlowProcess
from tfinspector.contents.findings import Unreadable
from tfinspector.formats.bundles.bundle import BundleReader, read_bundle

BIG_ENDIAN: list[tuple[int, Any]] = [
    (1, np.array([1.5, -2.0, 1e-30], "f4")),
    (2, np.array([1.5, -2.0, 1e-300], "f8")),
    (3, np.array([1, -2, 1 << 30], "i4")),
    (4, np.array([1, 2, 255], "u1")),
    (5, np.array([1, -2, 300], "i2")),
    (6, np.array([1, -2, 127], "i1")),
    (8, np.array([1 + 2j, -3 - 4j], "c8")),
    (9, np.array([1, -2, 1 << 60], "i8")),
    (10, np.array([True, False, True])),
    (14, np.array([1.5, -2.0, 1e-30], ml_dtypes.bfloat16)),
    (17, np.array([1, 2, 60000], "u2")),
    (18, np.array([1 + 2j, -3 - 4j], "c16")),
    (19, np.array([1.5, -2.0, 6e-5], "f2")),
    (22, np.array([1, 2, 1 << 31], "u4")),
    (23, np.array([1, 2, 1 << 63], "u8")),
    (25, np.array([1.5, -2.0], ml_dtypes.float8_e4m3fn)),
]


def swapped(array: Any) -> bytes:
    """The bytes as a big-endian machine would write them."""
    if array.dtype == ml_dtypes.bfloat16:
        return bytes(array.view("u2").byteswap().tobytes())
    return bytes(array.byteswap().tobytes())


def big_endian_bundle(directory: Path) -> str:
    writer = BundleWriter(big_endian=True)
    for code, array in BIG_ENDIAN:
        writer.add(f"type{code:02d}", code, array.shape, swapped(array))
    data, checksum = string_tensor([b"one", b"", b"x" * 300], "big")
    writer.add("strings", 7, (3,), data, checksum=checksum)
    whole = np.arange(12, dtype=">i4").reshape(4, 3)
    writer.add_slices("cut", 3, (4, 3), [
        (((0, 2), (0, -1)), (2, 3), whole[:2].tobytes(), 0),
        (((2, 2), (0, -1)), (2, 3), whole[2:].tobytes(), 0),
    ])  # fmt: skip
    return writer.write(directory / "big")


def test_big_endian(tmp_path: Path) -> None:
    bundle = read_bundle(big_endian_bundle(tmp_path))
    assert bundle.big_endian
    reader = BundleReader(bundle)
    for code, array in BIG_ENDIAN:
        key = f"type{code:02d}"
        ours = reader.read(key)
        assert (key, ours.dtype.isnative, ours.tobytes()) == (key, True, array.tobytes())
        assert reader.read(key, (slice(1, 2),)).tobytes() == array[1:2].tobytes()
        blocks = [block.copy() for block in reader.blocks(key, 1)]
        assert np.concatenate(blocks).tobytes() == array.tobytes()
    assert reader.read("strings").tolist() == [b"one", b"", b"x" * 300]
    assert reader.read("cut").ravel().tolist() == list(range(12))
    assert [reader.verify(key) for key in bundle.keys] == [None] * len(bundle.keys)


def test_big_endian_is_what_tensorflow_reads(tmp_path: Path, tensorflow: TensorFlowProcess) -> None:
    prefix = big_endian_bundle(tmp_path)
    verdict = tensorflow.call("tests.tensorflow_process:read_checkpoint", prefix)
    reader = BundleReader(read_bundle(prefix))
    compared = [key for key, (_, _, data) in verdict.items() if data is not None]
    assert len(compared) >= 15
    for key in compared:
        ours = reader.read(key)
        mine = ours.ravel().tolist() if key == "strings" else ours.tobytes()
        assert (key, mine) == (key, verdict[key][2])


def test_booleans_are_true_unless_zero(tmp_path: Path) -> None:
    writer = BundleWriter()
    writer.add("w", 10, (4,), bytes([0, 1, 2, 255]))
    reader = BundleReader(read_bundle(writer.write(tmp_path / "c")))
    assert reader.read("w").tolist() == [False, True, True, True]
    assert reader.read("w").view("u1").tolist() == [0, 1, 1, 1]
    [block] = reader.blocks("w")
    assert block.view("u1").tolist() == [0, 1, 1, 1]


@pytest.mark.parametrize("alignment", [1, 64])
def test_padding_between_tensors(tmp_path: Path, alignment: int) -> None:
    writer = BundleWriter(alignment=alignment)
    for number in range(3):
        writer.add(f"w{number}", 1, (number + 1,), np.full(number + 1, number, "<f4").tobytes())
    reader = BundleReader(read_bundle(writer.write(tmp_path / "c")))
    assert [reader.read(f"w{n}").tolist() for n in range(3)] == [[0], [1, 1], [2, 2, 2]]


def strings_bundle(directory: Path, data: bytes, count: int, checksum: int) -> BundleReader:
    writer = BundleWriter()
    writer.put(b"before")
    writer.add("s", 7, (count,), data, checksum=checksum)
    writer.put(b"after" * 1000)
    return BundleReader(read_bundle(writer.write(directory / "c")))


def test_empty_string_tensor_is_a_checksum_of_nothing(tmp_path: Path) -> None:
    data, checksum = string_tensor([])
    assert data.hex() == "d8ea82a2"
    reader = strings_bundle(tmp_path, data, 0, checksum)
    assert reader.read("s").shape == (0,)
    assert reader.verify("s") is None


def test_lengths_over_several_blocks(tmp_path: Path) -> None:
    """The block of 1 MiB ends within the length of the first string that is not empty."""
    strings = [b""] * ((1 << 20) - 1) + [b"x" * 200, b"y" * 3]
    data, checksum = string_tensor(strings)
    reader = strings_bundle(tmp_path, data, len(strings), checksum)
    assert reader.read("s", (slice(-3, None),)).tolist() == strings[-3:]
    assert reader.verify("s") is None


def test_a_flipped_bit_in_a_string(tmp_path: Path) -> None:
    data, checksum = string_tensor([b"abc", b"defg"])
    reader = strings_bundle(tmp_path, write.flip(data, {len(data) - 1: 1}), 2, checksum)
    assert reader.read("s").tolist() == [b"abc", b"deff"]
    verdict = reader.verify("s")
    assert verdict is not None
    assert verdict[0] == checksum


def test_a_flipped_bit_in_the_checksum_of_the_lengths(tmp_path: Path) -> None:
    data, checksum = string_tensor([b"abc", b"defg"])
    reader = strings_bundle(tmp_path, write.flip(data, {2: 1}), 2, checksum)
    with pytest.raises(Unreadable, match="checksum of its strings' lengths does not hold"):
        reader.read("s")
    verdict = reader.verify("s")
    assert verdict is not None
    assert verdict[0] == verdict[1] ^ 1


@pytest.mark.parametrize(
    ("data", "count", "words"),
    [
        (b"\x03\x04" + bytes(4) + b"abcdef", 2, "do not add up"),
        (b"\x03\x02" + bytes(4) + b"abcdef", 2, "do not add up"),
        (b"\x03\x7f" + bytes(4) + b"abcdef", 2, "longer than the whole tensor"),
        (b"\xff" * 9 + b"\x01" + bytes(4), 1, "longer than the whole tensor"),
        (b"\x80" * 12 + bytes(8), 2, "longer than ten bytes"),
        (b"\x80\x80" + b"\x80" * 4, 1, "cut off"),
    ],
)
def test_lengths_that_can_not_be(tmp_path: Path, data: bytes, count: int, words: str) -> None:
    reader = strings_bundle(tmp_path, data, count, 0)
    with pytest.raises(Unreadable, match=words):
        reader.read("s")
    with pytest.raises(Unreadable, match=words):
        reader.verify("s")


def variant_message(name: bytes, *shapes: tuple[int, ...]) -> bytes:
    tensors = (
        message(3, write.number(1, 1) + message(2, write.shape_message(shape))) for shape in shapes
    )
    return message(1, name) + message(2, b"\x01\xff") + b"".join(tensors)


def variants_bundle(directory: Path, data: bytes, count: int, checksum: int = 0) -> BundleReader:
    writer = BundleWriter()
    writer.put(b"before")
    writer.add("v", 21, (count,), data, checksum=checksum)
    writer.put(b"after" * 10)
    return BundleReader(read_bundle(writer.write(directory / "c")))


def test_variants_by_hand(tmp_path: Path) -> None:
    data, checksum = variant_tensor([variant_message(b"One", (2, 3), ()), variant_message(b"Two")])
    reader = variants_bundle(tmp_path, data, 2, checksum)
    one, two = reader.read("v")
    assert (one.type_name, two.type_name) == ("One", "Two")
    assert one.metadata == b"\x01\xff"
    assert [shape for _, shape in one.tensors] == [(2, 3), ()]
    assert reader.verify("v") is None


def test_a_variant_of_unknown_rank(tmp_path: Path) -> None:
    content = message(1, b"T") + message(3, write.number(1, 1) + message(2, b"\x18\x01"))
    data, checksum = variant_tensor([content])
    [element] = variants_bundle(tmp_path, data, 1, checksum).read("v")
    assert element.tensors[0][1] is None


@pytest.mark.parametrize("at", [3, -1])
def test_a_flipped_bit_in_a_variant(tmp_path: Path, at: int) -> None:
    data, checksum = variant_tensor([variant_message(b"One"), variant_message(b"Two")])
    reader = variants_bundle(tmp_path, write.flip(data, {at % len(data): 1}), 2, checksum)
    verdict = reader.verify("v")
    assert verdict is not None
    assert verdict[0] != verdict[1]


@pytest.mark.parametrize(
    ("data", "count", "words"),
    [
        (b"\x20" + bytes(9), 1, "element 0 runs past the end"),
        (b"\x00" + bytes(4) + b"\x7f" + bytes(4), 2, "element 1 runs past the end"),
        (b"\x00" + bytes(9), 1, "5 bytes are left over"),
        (b"\x80" * 10, 2, "longer than ten bytes"),
    ],
)
def test_variants_that_can_not_be(tmp_path: Path, data: bytes, count: int, words: str) -> None:
    reader = variants_bundle(tmp_path, data, count)
    with pytest.raises(Unreadable, match=words):
        reader.read("v")


def test_a_variant_that_is_no_message(tmp_path: Path) -> None:
    data, checksum = variant_tensor([b"\x0f\xff\xff"])
    with pytest.raises(Unreadable, match="v can't be decoded: byte 0 is not a tag"):
        variants_bundle(tmp_path, data, 1, checksum).read("v")
