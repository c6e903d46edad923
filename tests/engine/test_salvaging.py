"""What is intact of a damaged checkpoint becomes a new one, which TensorFlow reads the same."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.engine.test_checking import flip
from tests.formats import table_writer as write
from tests.formats.table_writer import BundleWriter
from tests.tensorflow_process import TensorFlowProcess
from tfinspector.contents.findings import Cancelled, Unreadable
from tfinspector.contents.salvaging import Salvaged, how_to_restore, salvaged_words
from tfinspector.engine.checking import check
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.opening import open_source
from tfinspector.engine.salvaging import GRAPH, salvage

Made = Callable[[str], Path]
Referee = Callable[[Path | str], dict[str, Any]]


def salvaged(path: Path | str, out: Path) -> Salvaged:
    """Salvage, and hold what was written against our own reader and checksums."""
    opened = open_source(str(path))
    done = salvage(opened, str(out))
    again = open_source(done.prefix)
    report = check(again)
    assert report.findings == ()
    assert report.bad == ()
    checkpoint = again.checkpoint()
    assert {one.key for one in checkpoint.variables} == {
        one.key for one in opened.checkpoint().variables if one.name in done.kept
    }
    lost = {one.name for one in done.lost}
    assert not lost & set(done.kept)
    assert sorted(os.listdir(out.parent)) == [
        f"{out.name}.data-00000-of-00001",
        f"{out.name}.index",
    ]
    return done


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out" / "new"


def copied(source: Path, tmp_path: Path) -> Path:
    shutil.copytree(source, tmp_path / "copy")
    return tmp_path / "copy"


def same_in_tensorflow(old: Path | str, new: str, referee: Referee) -> dict[str, Any]:
    """All tensors of the new checkpoint are those of the old one, bit for bit.

    Where TensorFlow can't put slices of a type together, our reader tells what they are.
    """
    theirs, ours = referee(old), referee(new)
    reader = open_source(str(old)).reader()
    for key, (dtype, shape, value) in ours.items():
        if key == "_CHECKPOINTABLE_OBJECT_GRAPH":
            continue
        assert (dtype, shape) == theirs[key][:2], key
        expected = theirs[key][2]
        if expected is None and value is not None:
            read = reader.read(key).reshape(-1)
            expected = read.tolist() if read.dtype == object else read.tobytes()
        assert value == expected, key
    return ours


@pytest.mark.parametrize(
    "place",
    [
        "bundles.all_dtypes", "bundles.strings", "bundles.variants", "bundles.sliced",
        "bundles.shards", "bundles.cut_up", "checkpoints.name_based",
        "checkpoints.tables_and_iterators", "runs.shards",
    ],
)  # fmt: skip
def test_a_sound_checkpoint_is_copied_bit_for_bit(
    place: str, made: Made, out: Path, referee: Referee
) -> None:
    for index in sorted(made(place).rglob("*.index")):
        if "_temp" in str(index):
            continue
        prefix = str(index).removesuffix(".index")
        done = salvaged(prefix, out)
        assert done.lost == ()
        same_in_tensorflow(prefix, done.prefix, referee)
        for each in out.parent.iterdir():
            each.unlink()


def test_all_but_the_flipped_tensor_is_restored(
    made: Made, tmp_path: Path, out: Path, referee: Referee, tensorflow: TensorFlowProcess
) -> None:
    prefix = copied(made("salvaging.parts"), tmp_path) / "all"
    flip(prefix, "b")
    done = salvaged(prefix, out)
    assert [one.name for one in done.lost] == ["b"]
    assert "has the checksum" in done.lost[0].why
    same_in_tensorflow(made("salvaging.parts") / "all", done.prefix, referee)
    restored = tensorflow.call("tests.makers.salvaging:restored", done.prefix)
    said = restored.pop("assert")
    assert restored == {"a": [5.0, 6.0], "b": 0.0, "c": [15.0], "same": 5, "table": 2}
    assert "shape=(300, 40)" in said, "what is lost is named"
    assert said.count("tf.Variable") == 1, "and nothing else"
    assert "the rest" in how_to_restore(done)
    assert salvaged_words(done).endswith("lost: 1.")


def test_a_keras_model_is_restored_but_for_the_lost_kernel(
    made: Made, tmp_path: Path, out: Path, tensorflow: TensorFlowProcess
) -> None:
    prefix = copied(made("checkpoints.keras_sequential"), tmp_path) / "ckpt-5"
    flip(prefix, "dense_1/kernel")
    done = salvaged(prefix, out)
    assert [one.name for one in done.lost] == ["dense_1/kernel"]
    restored = tensorflow.call("tests.makers.salvaging:keras_restored", done.prefix)
    whole = tensorflow.call(
        "tests.makers.salvaging:keras_restored",
        str(made("checkpoints.keras_sequential") / "ckpt-5"),
    )
    differs = [
        place
        for place, (mine, theirs) in enumerate(zip(restored["after"], whole["after"], strict=True))
        if mine != theirs
    ]
    assert [restored["paths"][place].endswith("/kernel") for place in differs] == [True]
    assert restored["kept"][differs[0]], "it has the values of a new model"
    assert whole["assert"] == ""
    assert "shape=(3, 2)" in restored["assert"]


def test_half_a_table_is_no_table(
    made: Made, tmp_path: Path, out: Path, tensorflow: TensorFlowProcess
) -> None:
    prefix = copied(made("salvaging.parts"), tmp_path) / "all"
    names = [v.name for v in open_source(str(prefix)).checkpoint().variables]
    [keys] = [name for name in names if "table" in name and "keys" in name]
    flip(prefix, keys)
    done = salvaged(prefix, out)
    assert [one.name for one in done.lost] == [keys]
    restored = tensorflow.call("tests.makers.salvaging:restored", done.prefix)
    assert restored["a"] == [5.0, 6.0]
    assert restored["table"] == 0
    assert "MutableHashTable" in restored["assert"]


def test_the_tensors_before_a_cut_are_saved(
    made: Made, tmp_path: Path, out: Path, referee: Referee
) -> None:
    prefix = copied(made("bundles.all_dtypes"), tmp_path)
    [index] = prefix.glob("*.index")
    name = str(index).removesuffix(".index")
    [data] = prefix.glob("*.data-*")
    os.truncate(data, data.stat().st_size // 2)
    done = salvaged(name, out)
    assert done.kept
    assert done.lost
    assert all("cut off" in one.why for one in done.lost)
    [whole] = made("bundles.all_dtypes").glob("*.index")
    assert same_in_tensorflow(str(whole).removesuffix(".index"), done.prefix, referee)


def test_what_lies_in_the_other_shards_is_saved(
    made: Made, tmp_path: Path, out: Path, referee: Referee
) -> None:
    directory = copied(made("runs.shards"), tmp_path)
    data = sorted(directory.glob("many.data-*"))
    data[1].unlink()
    done = salvaged(directory / "many", out)
    assert done.lost
    assert all("missing" in one.why for one in done.lost)
    assert same_in_tensorflow(made("runs.shards") / "many", done.prefix, referee)


def test_a_lost_block_of_the_index_is_told_by_the_graph(
    made: Made, tmp_path: Path, out: Path, tensorflow: TensorFlowProcess
) -> None:
    """The graph knows what the index had: it is lost, named, and not asked for."""
    prefix = made("salvaging.parts") / "all"
    opened = open_source(str(prefix))
    writer = BundleWriter()
    with open(f"{prefix}.data-00000-of-00001", "rb") as file:
        writer.data[0] = bytearray(file.read())
    reader = opened.reader()
    for key in ["_CHECKPOINTABLE_OBJECT_GRAPH", *(v.key for v in opened.checkpoint().variables)]:
        tensor = reader.locate(key)
        [piece] = tensor.pieces
        writer.entries[key.encode()] = write.entry(
            tensor.dtype.code, tensor.shape, 0, piece.offset, piece.nbytes, piece.checksum or 0
        )
    (tmp_path / "in").mkdir()
    broken = Path(writer.write(tmp_path / "in" / "c", per_block=2))
    data = Path(f"{broken}.index").read_bytes()
    at = data.index(b"b/.ATTRIBUTES")
    Path(f"{broken}.index").write_bytes(write.flip(data, {at + 2: 4}))
    assert open_source(str(broken)).checkpoint().lost_blocks
    done = salvaged(broken, out)
    assert "b" in {one.name for one in done.lost}
    restored = tensorflow.call("tests.makers.salvaging:restored", done.prefix)
    assert restored["b"] == 0.0
    assert (restored["c"], restored["table"]) == ([15.0], 2)
    assert "shape=(300, 40)" in restored["assert"]


def test_without_its_graph_the_values_are_saved_by_name(
    made: Made, tmp_path: Path, out: Path, referee: Referee
) -> None:
    prefix = copied(made("salvaging.parts"), tmp_path) / "all"
    opened = open_source(str(prefix))
    [piece] = opened.reader().locate("_CHECKPOINTABLE_OBJECT_GRAPH").pieces
    with open(piece.file, "r+b") as file:
        file.seek(piece.offset)
        file.write(b"\xff" * piece.nbytes)
    done = salvaged(prefix, out)
    assert [one.name for one in done.lost] == [GRAPH]
    assert not done.has_graph
    assert "by name" in how_to_restore(done)
    assert "_CHECKPOINTABLE_OBJECT_GRAPH" not in referee(done.prefix)


def test_a_big_endian_file_becomes_a_little_endian_one(out: Path, referee: Referee) -> None:
    writer = BundleWriter(big_endian=True)
    values = {
        "f4": (1, np.arange(6, dtype=">f4").reshape(2, 3)),
        "c8": (8, np.array([1 + 2j, 3 - 4j], ">c8")),
        "i1": (6, np.array([-1, 2], ">i1")),
        "bf": (14, np.array([0x3F80, 0x4000], ">u2")),
    }
    for key, (code, value) in values.items():
        writer.add(key, code, value.shape, value.tobytes())
    strings, checksum = write.string_tensor([b"one", b"", b"three"], "big")
    writer.add("s", 7, (3,), strings, checksum=checksum)
    variant, checksum = write.variant_tensor([b"\x0a\x01x"])
    writer.add("v", 21, (), variant, checksum=checksum)
    directory = out.parent.parent / "in"
    directory.mkdir()
    done = salvaged(writer.write(directory / "c"), out)
    assert [one.name for one in done.lost] == ["v"]
    read = referee(done.prefix)
    for key, (_, value) in values.items():
        assert read[key][2] == value.astype(value.dtype.newbyteorder("<")).tobytes()
    assert read["s"][2] == [b"one", b"", b"three"]


@pytest.mark.parametrize("place", ["v1_checkpoints.all_dtypes", "v1_checkpoints.partitioned"])
def test_a_v1_checkpoint_becomes_a_v2_one(
    place: str, made: Made, out: Path, referee: Referee
) -> None:
    """TensorFlow reads what our reader reads, of types too that it can't read in the old one."""
    for path in sorted(each for each in made(place).iterdir() if not each.name.startswith("check")):
        if path.suffix in (".meta", ".json", ".npz"):
            continue
        done = salvaged(path, out)
        old, theirs = open_source(str(path)), referee(done.prefix)
        assert set(theirs) == {old.find(name).key for name in done.kept}
        for name in done.kept:
            mine = np.asarray(old.reader().read(old.find(name).key))
            held = theirs[old.find(name).key][2]
            assert held == (mine.reshape(-1).tolist() if mine.dtype == object else mine.tobytes())
        for each in out.parent.iterdir():
            each.unlink()


def test_a_keras_file_becomes_a_checkpoint_by_name(made: Made, out: Path, referee: Referee) -> None:
    [path] = sorted(made("keras_files.every_kind").glob("*.weights.h5"))[:1]
    done = salvaged(path, out)
    opened = open_source(str(path))
    read = referee(done.prefix)
    for variable in opened.checkpoint().variables:
        assert read[variable.key][2] == opened.reader().read(variable.key).tobytes()


def test_nothing_is_written_over(made: Made, out: Path) -> None:
    opened = open_source(str(made("salvaging.parts") / "all"))
    beside = out.parent / "new.data-00000-of-00007"
    beside.write_bytes(b"mine")
    with pytest.raises(Unreadable, match="is there already"):
        salvage(opened, str(out))
    with pytest.raises(Unreadable, match="is there already"):
        salvage(opened, str(made("salvaging.parts") / "all"))
    with pytest.raises(Unreadable, match="there is no directory"):
        salvage(opened, str(out.parent / "absent" / "new"))
    assert os.listdir(out.parent) == [beside.name]


def test_where_nothing_is_left_nothing_is_written(made: Made, tmp_path: Path, out: Path) -> None:
    prefix = copied(made("salvaging.parts"), tmp_path) / "all"
    os.truncate(f"{prefix}.data-00000-of-00001", 0)
    with pytest.raises(Unreadable, match="Nothing of all can be saved"):
        salvage(open_source(str(prefix)), str(out))
    assert os.listdir(out.parent) == []


def test_a_cancelled_one_leaves_nothing(made: Made, out: Path) -> None:
    opened = open_source(str(made("salvaging.parts") / "all"))
    told = []

    def on_progress(progress: Any) -> None:
        told.append(progress)
        if progress.done > progress.total // 2:
            ticket.cancel()

    ticket = Ticket(on_progress)
    with pytest.raises(Cancelled):
        salvage(opened, str(out), ticket)
    assert told
    assert os.listdir(out.parent) == []
