"""V1 checkpoints against TensorFlow's own reading, and made by hand where it can't write them."""

from __future__ import annotations

import contextlib
import random
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.formats.table_writer import message, number, table
from tests.tensorflow_process import TensorFlowProcess
from tfinspector.contents.findings import Unreadable
from tfinspector.engine.checking import check
from tfinspector.engine.opening import open_source
from tfinspector.formats.bundles.ordered_code import encode_slice_key
from tfinspector.formats.v1.v1_checkpoint import read_v1
from tfinspector.formats.wire import write_varint

Made = Callable[[str], Path]


def _restored(tensorflow: TensorFlowProcess, prefix: Path, pattern: str) -> dict[str, Any]:
    """TensorFlow's values of all variables of a checkpoint that this program lists."""
    variables = read_v1(str(prefix))[0].variables
    values = tensorflow.call(
        "tests.makers.v1_checkpoints:values_of",
        pattern,
        [each.key for each in variables],
        [list(each.shape) for each in variables],
        [each.dtype.name for each in variables],
    )
    return dict(zip([each.key for each in variables], values, strict=True))


@pytest.mark.parametrize(
    ("name", "prefix", "pattern"),
    [
        ("all_dtypes", "model.ckpt", ""),
        ("partitioned", "part", ""),
        ("sharded", "m1-5", "-?????-of-00002"),
        ("large", "large", ""),
    ],
)
def test_values_are_those_that_tensorflow_restores(
    made: Made, tensorflow: TensorFlowProcess, name: str, prefix: str, pattern: str
) -> None:
    path = made(f"v1_checkpoints.{name}") / prefix
    restored = _restored(tensorflow, path, f"{path}{pattern}")
    checkpoint, reader = read_v1(str(path))
    assert len(checkpoint.variables) == len(restored) > 2
    for variable in checkpoint.variables:
        value = reader.read(variable.key)
        assert value.shape == variable.shape
        assert reader.verify(variable.key) is None
        if not variable.dtype.is_numeric:
            assert value.ravel().tolist() == restored[variable.key]
            continue
        assert value.tobytes() == restored[variable.key], variable
        blocks = [block.copy() for block in reader.blocks(variable.key, 64)]
        together = np.concatenate(blocks) if blocks else np.empty(0, value.dtype)
        if len(reader.tensor(variable.key).pieces) == 1:
            assert together.tobytes() == restored[variable.key]
        else:
            assert sorted(together.tolist()) == sorted(value.ravel().tolist())


def test_every_type_was_written(made: Made) -> None:
    checkpoint, reader = read_v1(str(made("v1_checkpoints.all_dtypes") / "model.ckpt"))
    truth = np.load(made("v1_checkpoints.all_dtypes") / "truth.npz", allow_pickle=True)
    assert {each.dtype.name for each in checkpoint.variables} == {
        "float32", "float64", "float16", "complex64", "complex128", "bool", "string",
        "int8", "int16", "int32", "int64", "uint8", "uint16",
    }  # fmt: skip
    for variable in checkpoint.variables:
        expected = truth[variable.key.replace("/", "|")]
        assert reader.read(variable.key).tolist() == expected.tolist()


def test_regions_read_what_slicing_gives(made: Made) -> None:
    for name, key in (("partitioned", "int32_1"), ("partitioned", "float16_0"), ("large", "big")):
        prefix = {"partitioned": "part", "large": "large"}[name]
        _, reader = read_v1(str(made(f"v1_checkpoints.{name}") / prefix))
        whole = reader.read(key)
        for region in ((slice(2, 5), slice(1, 6)), (slice(6, 7),), (slice(0, 7), slice(4, 5))):
            np.testing.assert_array_equal(reader.read(key, region), whole[region])


def test_a_shard_stands_for_its_checkpoint(made: Made) -> None:
    directory = made("v1_checkpoints.sharded")
    by_shard = open_source(str(directory / "m1-5-00001-of-00002"))
    assert by_shard.source.path == str(directory / "m1-5")
    assert [one.id for one in by_shard.source.findings] == ["F11"]
    assert [each.name for each in by_shard.source.variables] == ["first", "second", "table"]


def test_a_missing_shard_is_told(made: Made, tmp_path: Path) -> None:
    there = made("v1_checkpoints.sharded") / "m1-5-00000-of-00002"
    (tmp_path / there.name).write_bytes(there.read_bytes())
    source = open_source(str(tmp_path / "m1-5")).source
    assert [each.name for each in source.variables] == ["first", "table"]
    assert "slices for 12 of its 24 elements" in source.variables[1].problem
    assert any("1 of its 2 files are missing" in each.title for each in source.findings)


def test_a_run_is_listed_though_its_paths_are_dead(made: Made, tmp_path: Path) -> None:
    for file in made("v1_checkpoints.run").iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    opened = open_source(str(tmp_path))
    assert [(one.step, one.path.rpartition("/")[2]) for one in opened.source.snapshots] == [
        (10, "model-10"), (20, "model-20"), (100, "model-100"),
    ]  # fmt: skip
    values = [opened.reader(one.path).read("w")[0, 0] for one in opened.source.snapshots]
    assert values == [1.0, 2.0, 3.0]
    assert not opened.is_stale()
    assert [one.id for one in opened.source.findings] == ["F05", "F03"]


def test_a_changed_bit_is_found(made: Made, tmp_path: Path) -> None:
    data = bytearray((made("v1_checkpoints.large") / "large").read_bytes())
    whole = tmp_path / "large"
    whole.write_bytes(data)
    assert check(open_source(str(whole))).bad == ()
    data[len(data) // 2] ^= 4
    whole.write_bytes(data)
    report = check(open_source(str(whole)))
    assert [one.name for one in report.bad] in (["big"], ["big_int"])
    assert "F08" in [one.id for one in report.findings]


def test_a_second_check_reads_again(made: Made, tmp_path: Path) -> None:
    path = tmp_path / "model.ckpt"
    path.write_bytes((made("v1_checkpoints.all_dtypes") / "model.ckpt").read_bytes())
    opened = open_source(str(path))
    first, second = check(opened), check(opened)
    assert first.nbytes == second.nbytes > 0


def test_a_cut_file_is_told(made: Made, tmp_path: Path) -> None:
    path = tmp_path / "model.ckpt"
    path.write_bytes((made("v1_checkpoints.all_dtypes") / "model.ckpt").read_bytes()[:-60])
    with pytest.raises(Unreadable) as caught:
        read_v1(str(path))
    assert caught.value.finding.id == "F07"


@pytest.mark.parametrize(
    ("name", "prefix"), [("all_dtypes", "model.ckpt"), ("sharded", "m1-5"), ("partitioned", "part")]
)
def test_the_fix_converts_it(
    made: Made, tensorflow: TensorFlowProcess, tmp_path: Path, name: str, prefix: str
) -> None:
    for file in made(f"v1_checkpoints.{name}").iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    old = open_source(str(tmp_path / prefix))
    fix = old.source.findings[0].fix
    assert fix is not None
    tensorflow.call("builtins:exec", fix.code, {})
    new = open_source(str(tmp_path / f"{prefix}-v2"))
    assert [v[:2] for v in new.source.variables] == [v[:2] for v in old.source.variables]
    for variable in new.source.variables:
        ours, theirs = old.reader().read(variable.key), new.reader().read(variable.key)
        assert ours.dtype == theirs.dtype
        assert ours.tolist() == theirs.tolist()


# ---- by hand


def _meta(name: bytes, code: int, shape: tuple[int, ...], slices: list[Any]) -> bytes:
    dims = b"".join(message(2, number(1, size)) for size in shape)
    parts = b"".join(message(4, _extents(one)) for one in slices)
    return message(1, message(1, name) + message(2, dims) + number(3, code) + parts)


def _extents(extents: Any) -> bytes:
    return b"".join(
        message(1, b"" if length < 0 else number(1, start) + number(2, length))
        for start, length in extents
    )


def _saved(name: bytes, extents: Any, tensor: bytes) -> tuple[bytes, bytes]:
    data = message(1, name) + message(2, _extents(extents)) + message(3, tensor)
    return encode_slice_key(name, extents), message(2, data)


def _write(path: Path, metas: bytes, saved: list[tuple[bytes, bytes]], **options: Any) -> str:
    versions = message(2, number(1, 1))
    path.write_bytes(table([(b"", message(1, metas + versions)), *sorted(saved)], **options))
    return str(path)


@pytest.mark.parametrize("per_block", [1, 100])
def test_compressed_blocks_are_read(tmp_path: Path, per_block: int) -> None:
    values = np.arange(600, dtype="f4").reshape(20, 30)
    whole = ((0, -1), (0, -1))
    path = _write(
        tmp_path / "old",
        _meta(b"a", 1, (20, 30), [whole]) + _meta(b"b", 9, (4,), [((0, -1),)]),
        [
            _saved(b"a", whole, message(5, values.tobytes())),
            _saved(b"b", ((0, -1),), message(10, b"".join(map(write_varint, (1, 300, 0, 5))))),
        ],
        compress=True,
        per_block=per_block,
    )
    checkpoint, reader = read_v1(path)
    assert checkpoint.producer == 1
    np.testing.assert_array_equal(reader.read("a"), values)
    assert reader.read("a", (slice(3, 4), slice(2, 5))).tolist() == [[92, 93, 94]]
    assert reader.read("b").tolist() == [1, 300, 0, 5]
    assert reader.verify("a") is None
    assert reader.locate("b").nbytes > 0


def test_values_that_are_not_packed_are_read(tmp_path: Path) -> None:
    floats = b"".join(b"\x2d" + struct.pack("<f", value) for value in (1.5, -2.0))
    numbers = b"".join(b"\x38" + write_varint(value) for value in (7, 2**64 - 3))
    path = _write(
        tmp_path / "loose",
        _meta(b"f", 1, (2,), [((0, -1),)]) + _meta(b"i", 3, (2,), [((0, -1),)]),
        [_saved(b"f", ((0, -1),), floats), _saved(b"i", ((0, -1),), numbers)],
    )
    _, reader = read_v1(path)
    assert reader.read("f").tolist() == [1.5, -2.0]
    assert reader.read("i").tolist() == [7, -3]


@pytest.mark.parametrize(
    ("tensor", "says"),
    [
        (message(5, bytes(12)), "has 3 values in the file for its 4 elements"),
        (message(5, bytes(20)), "has more values in the file than its 4 elements"),
        (message(5, bytes(15)), "no whole number of elements"),
        (b"\x2a\xff\x01", "needs"),
    ],
)
def test_wrong_values_are_told(tmp_path: Path, tensor: bytes, says: str) -> None:
    path = _write(
        tmp_path / "x", _meta(b"a", 1, (4,), [((0, -1),)]), [_saved(b"a", ((0, -1),), tensor)]
    )
    _, reader = read_v1(path)
    with pytest.raises(Unreadable, match=says):
        reader.read("a")
    with pytest.raises(Unreadable, match=says):
        list(reader.blocks("a"))
    with pytest.raises(Unreadable, match=says):
        reader.verify("a")


def test_missing_overlapping_and_odd_slices_are_rows_with_a_problem(tmp_path: Path) -> None:
    half, other, third = ((0, 2),), ((2, 2),), ((1, 2),)
    path = _write(
        tmp_path / "x",
        _meta(b"hole", 1, (4,), [half])
        + _meta(b"lost", 1, (4,), [half, other])
        + _meta(b"over", 1, (3,), [half, third])
        + _meta(b"negative", 1, (-4,), [half])
        + _meta(b"unknown", 77, (2,), [half]),
        [
            _saved(b"hole", half, message(5, bytes(8))),
            _saved(b"lost", half, message(5, bytes(8))),
            _saved(b"over", half, message(5, bytes(8))),
            _saved(b"over", third, message(5, bytes(8))),
        ],
    )
    problems = {each.key: each.problem for each in read_v1(path)[0].variables}
    assert "slices for 2 of its 4 elements" in problems["hole"]
    assert "misses its slice [2:4]" in problems["lost"]
    assert "overlap" in problems["over"]
    assert "no tensor can have" in problems["negative"]
    assert "dtype 77" in problems["unknown"]


def test_damage_anywhere_is_told_or_harmless(made: Made, tmp_path: Path) -> None:
    """Flipped bytes and cuts: nothing but `Unreadable` comes out, and nothing takes long."""
    whole = (made("v1_checkpoints.partitioned") / "part").read_bytes()
    dice = random.Random(5)
    path = tmp_path / "part"
    for attempt in range(300):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 3)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        path.write_bytes(data[: dice.randrange(len(data))] if attempt % 10 == 0 else data)
        try:
            checkpoint, reader = read_v1(str(path))
        except Unreadable:
            continue
        for variable in checkpoint.variables:
            with contextlib.suppress(Unreadable):
                reader.verify(variable.key)
            with contextlib.suppress(Unreadable):
                reader.read(variable.key)
            with contextlib.suppress(Unreadable):
                list(reader.blocks(variable.key))
