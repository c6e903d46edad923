"""Bundles that TensorFlow wrote, read by both and compared bit for bit."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.tensorflow_process import TensorFlowProcess
from tfinspector.contents.dtypes import DTypeKind
from tfinspector.contents.findings import Unreadable
from tfinspector.formats.bundles.bundle import Bundle, BundleReader, read_bundle

Made = Callable[[str], Path]
Referee = Callable[[Path | str], dict[str, tuple[str, tuple[int, ...], Any]]]

TENSORFLOW_NAMES = {"half": "float16"}


def compare(bundle: Bundle, verdict: dict[str, tuple[str, tuple[int, ...], Any]]) -> int:
    """Every tensor equals the referee's; gives the number of values that could be compared."""
    assert sorted(bundle.keys) == sorted(verdict)
    reader, compared = BundleReader(bundle), 0
    for key, (dtype_name, shape, data) in verdict.items():
        dtype, our_shape, nbytes, problem = bundle.describe(key)
        assert (key, problem) == (key, "")
        assert (key, dtype.name) == (key, TENSORFLOW_NAMES.get(dtype_name, dtype_name))
        assert (key, our_shape) == (key, shape)
        assert (key, reader.verify(key)) == (key, None)
        ours = reader.read(key)
        assert ours.shape == shape
        if dtype.is_numeric:
            assert nbytes == ours.nbytes
            assert ours.flags.aligned
            flat = [block.copy() for block in reader.blocks(key, 16)]
            assert sum(map(len, flat)) == ours.size
            if not reader.locate(key).is_partitioned and ours.size:
                assert np.concatenate(flat).tobytes() == ours.tobytes()
        if data is not None:
            compared += 1
            mine = ours.ravel().tolist() if dtype.kind is DTypeKind.STRING else ours.tobytes()
            assert (key, mine) == (key, data)
    return compared


def test_every_dtype(made: Made, referee: Referee) -> None:
    prefix = made("bundles.all_dtypes") / "model.ckpt-5"
    bundle = read_bundle(str(prefix))
    assert len(bundle.keys) == 25 * 3 + 5
    assert compare(bundle, referee(prefix)) == len(bundle.keys)
    assert any(bundle.locate(key).pieces[0].offset % 2 for key in bundle.keys)
    assert (bundle.producer, bundle.min_consumer, bundle.big_endian) == (1, 0, False)


def test_strings(made: Made, referee: Referee) -> None:
    prefix = made("bundles.strings") / "strings"
    bundle = read_bundle(str(prefix))
    assert compare(bundle, referee(prefix)) == len(bundle.keys)
    assert BundleReader(bundle).read("matrix")[0, 1] == b"\0\xff"


def test_a_region_of_strings(made: Made) -> None:
    reader = BundleReader(read_bundle(str(made("bundles.strings") / "strings")))
    whole = reader.read("vocabulary")
    for region in (slice(10, 20), slice(4990, 5000), slice(7, 8), slice(5, 5), slice(0, 5000)):
        assert reader.read("vocabulary", (region,)).tolist() == whole[region].tolist()
    column = (slice(0, 2), slice(1, 2))
    assert reader.read("matrix", column).tolist() == reader.read("matrix")[column].tolist()


def test_variants(made: Made) -> None:
    bundle = read_bundle(str(made("bundles.variants") / "variants"))
    reader = BundleReader(bundle)
    elements = {key: reader.read(key) for key in bundle.keys}
    items = elements["list"].item()
    assert items.type_name == "tensorflow::TensorList"
    assert [(dtype.name, shape) for dtype, shape in items.tensors] == [("float32", (2,))] * 3
    assert elements["some"].item().type_name == "tensorflow::data::Optional"
    inner = [(dtype.name, shape) for dtype, shape in elements["some"].item().tensors]
    assert inner == [("int32", (1, 3)), ("string", ())]
    assert elements["none"].item().tensors == ()
    assert elements["vector"].shape == (4,)
    assert elements["vector"][2] == items
    assert reader.read("vector", (slice(1, 3),)).tolist() == elements["vector"][1:3].tolist()
    assert [reader.verify(key) for key in bundle.keys] == [None] * 4


def test_the_state_of_an_iterator(made: Made) -> None:
    bundle = read_bundle(str(made("bundles.iterator") / "iterator"))
    variants = [k for k in bundle.keys if bundle.describe(k).dtype.kind is DTypeKind.VARIANT]
    assert variants
    for key in variants:
        reader = BundleReader(bundle)
        assert all(element.type_name for element in reader.read(key).ravel())
        assert reader.verify(key) is None


def test_max_shard_size_policy(made: Made, referee: Referee) -> None:
    prefix = made("bundles.cut_up") / "cut"
    bundle = read_bundle(str(prefix))
    reader = BundleReader(bundle)
    big = next(key for key in bundle.keys if key.startswith("big/"))
    pieces = reader.locate(big).pieces
    assert len(pieces) > 3
    assert len({piece.shard for piece in pieces}) > 3
    assert len({axis for piece in pieces for axis, at in enumerate(piece.start) if at}) == 2
    assert compare(bundle, referee(prefix)) >= 4
    expected = np.random.default_rng(1).normal(size=(200, 300)).astype("float32")
    np.testing.assert_array_equal(reader.read(big), expected)
    region = (slice(90, 160), slice(1, 250))
    np.testing.assert_array_equal(reader.read(big, region), expected[region])


def test_slices_that_tensorflow_can_not_put_together(made: Made, referee: Referee) -> None:
    prefix = made("bundles.sliced") / "sliced"
    bundle = read_bundle(str(prefix))
    verdict = referee(prefix)
    assert compare(bundle, verdict) < len(bundle.keys) == 6
    reader = BundleReader(bundle)
    for key in bundle.keys:
        whole = reader.read(key)
        name = key.split("/")[0]
        if name == "string":
            assert whole.ravel().tolist() == [b"s%d" % i for i in range(42)]
        else:
            np.testing.assert_array_equal(whole, (np.arange(42).reshape(7, 6) % 5).astype(name))
        part = (slice(2, 5), slice(4, 6))
        assert reader.read(key, part).tolist() == whole[part].tolist()
        assert bundle.describe(key).nbytes == sum(p.nbytes for p in reader.locate(key).pieces)


def test_shards_and_a_prefix_with_dots(made: Made, referee: Referee) -> None:
    prefix = made("bundles.shards") / "merged.v1.2"
    bundle = read_bundle(str(prefix))
    assert compare(bundle, referee(prefix)) == 6
    assert [(shard.needed, shard.size) for shard in bundle.shards()] == [
        (400, 400), (0, 0), (1200, 1200),
    ]  # fmt: skip
    assert {bundle.locate(f"w{n}").pieces[0].shard for n in range(3)} == {0, 1, 2}


def test_an_index_of_several_blocks(made: Made) -> None:
    bundle = read_bundle(str(made("bundles.many") / "many"))
    assert len(bundle.keys) == 20_000
    assert list(bundle.keys) == sorted(bundle.keys, key=str.encode)
    key = "modèle/couche_12345/noyau"
    assert BundleReader(bundle).read(key).tolist() == [12345.0]


def test_an_ordinary_checkpoint(made: Made, referee: Referee) -> None:
    prefix = made("bundles.object_based") / "ckpt-1"
    bundle = read_bundle(str(prefix))
    assert compare(bundle, referee(prefix)) == len(bundle.keys)
    assert "_CHECKPOINTABLE_OBJECT_GRAPH" in bundle


def test_files_of_others(corpus: Path, referee: Referee) -> None:
    prefixes = [str(path)[: -len(".index")] for path in corpus.rglob("*.index")]
    assert prefixes
    for prefix in prefixes:
        assert compare(read_bundle(prefix), referee(prefix)) > 0


def test_an_unknown_key_gets_a_suggestion(made: Made) -> None:
    bundle = read_bundle(str(made("bundles.all_dtypes") / "model.ckpt-5"))
    with pytest.raises(Unreadable, match="nothing under the key 'bfloat16/matrx'") as caught:
        BundleReader(bundle).read("bfloat16/matrx")
    assert caught.value.finding.fix is not None
    assert "bfloat16/matrix" in caught.value.finding.fix.text


def test_reading_needs_no_tensorflow(made: Made) -> None:
    reader = BundleReader(read_bundle(str(made("bundles.all_dtypes") / "model.ckpt-5")))
    reader.read("bfloat16/matrix")
    assert "tensorflow" not in sys.modules


def test_one_reader_serves_many_threads(made: Made) -> None:
    from concurrent.futures import ThreadPoolExecutor

    bundle = read_bundle(str(made("bundles.cut_up") / "cut"))
    reader = BundleReader(bundle)
    key = next(key for key in bundle.keys if key.startswith("cube/"))
    expected = reader.read(key).tobytes()
    with ThreadPoolExecutor(4) as pool:
        for answer in pool.map(lambda _: reader.read(key).tobytes(), range(20)):
            assert answer == expected


def test_hand_made_files_are_what_tensorflow_reads(
    tmp_path: Path, tensorflow: TensorFlowProcess, referee: Referee
) -> None:
    """The writer of these tests is itself held against the referee."""
    from tests.formats.table_writer import BundleWriter, string_tensor

    writer = BundleWriter(num_shards=2, alignment=64)
    writer.add("a/float", 1, (2, 3), np.arange(6, dtype="<f4").tobytes())
    writer.add("b/int", 9, (), np.array(-5, "<i8").tobytes(), shard=1)
    data, checksum = string_tensor([b"one", b"", b"\0" * 130])
    writer.add("c/string", 7, (3,), data, checksum=checksum)
    left, right = np.zeros((4, 1), "f4"), np.ones((4, 2), "f4")
    writer.add_slices("d/cut", 1, (4, 3), [
        (((0, -1), (1, 2)), (4, 2), right.tobytes(), 1),
        (((0, -1), (0, 1)), (4, 1), left.tobytes(), 0),
    ])  # fmt: skip
    prefix = writer.write(tmp_path / "hand", per_block=2, compress=True)
    assert compare(read_bundle(prefix), referee(prefix)) == 4
    assert tensorflow.call("tests.makers.bundles:outcome", prefix, "d/cut") == ""
