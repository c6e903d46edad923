"""HDF5 structure against h5py's reading of the same file."""

from __future__ import annotations

import h5py
import ml_dtypes
import numpy as np
import pytest

from tests.formats.hdf5.written import Bytes, write_everything
from tfinspector.formats.hdf5.datasets import read_dataset
from tfinspector.formats.hdf5.file_bytes import Broken, FileBytes
from tfinspector.formats.hdf5.headers import DATASPACE, DATATYPE, LAYOUT, Message
from tfinspector.formats.hdf5.tree import read_tree
from tfinspector.formats.keras.keras_file import read_keras

WAYS = {
    "earliest": {},
    "user block": {"userblock_size": 1024},
    "ordered": {"track_order": True},
    "1.8": {"libver": "v108"},
    "1.10": {"libver": "v110"},
    "latest": {"libver": "latest"},
    "latest, ordered": {"libver": "latest", "track_order": True},
}


def tree_of(path):
    data = path.read_bytes()
    return read_tree(Bytes(data), 0, len(data))


def plain(value):
    if isinstance(value, np.ndarray):
        return tuple(one.decode() if isinstance(one, bytes) else one for one in value.tolist())
    return value.item() if isinstance(value, np.generic) else value


@pytest.mark.parametrize("way", WAYS)
def test_every_dataset_and_attribute(tmp_path, way):
    path = tmp_path / "all.h5"
    write_everything(path, **WAYS[way])
    tree = tree_of(path)
    assert tree.problems == []
    assert tree.end == path.stat().st_size
    seen = set()
    with h5py.File(path) as file:

        def compare(name, found):
            mine = tree.groups if isinstance(found, h5py.Group) else tree.own_attributes
            for attribute in found.attrs:
                assert mine[name].get(attribute) == plain(found.attrs[attribute])
            if isinstance(found, h5py.Dataset):
                seen.add(name)
                assert tree.datasets[name].shape == (found.shape if found.shape is not None
                                                     else (0,))  # fmt: skip

        file.visititems(compare)
        assert {name: tree.groups[""].get(name) for name in file.attrs} == {
            name: plain(value) for name, value in file.attrs.items()
        }
    assert seen == set(tree.datasets)


@pytest.mark.parametrize("way", WAYS)
def test_every_value(tmp_path, way):
    path = tmp_path / "all.h5"
    write_everything(path, **WAYS[way])
    checkpoint, reader = read_keras(str(path))
    with h5py.File(path) as file:
        for one in checkpoint.variables:
            wanted = file[one.key][()]
            if one.key == "nothing":
                assert reader.read(one.key).size == 0
                continue
            if one.key.endswith("bfloat16"):
                assert one.dtype.name == "bfloat16"
                wanted = wanted.view(reader.read(one.key).dtype)
            if one.dtype.name == "string":
                wanted = [text if isinstance(text, bytes) else text.encode() for text in wanted]
                assert reader.read(one.key).tolist() == wanted
                continue
            assert one.dtype.name == wanted.dtype.newbyteorder("=").name, one
            found = reader.read(one.key)
            assert np.array_equal(found, wanted), one
            assert found.dtype.isnative
            blocks = [block.copy() for block in reader.blocks(one.key, 16)]
            assert all(block.nbytes <= 16 for block in blocks)
            joined = np.concatenate(blocks) if blocks else found.reshape(-1)
            assert sorted(joined.tolist(), key=str) == sorted(wanted.reshape(-1).tolist(), key=str)
            assert reader.verify(one.key) is None


def test_any_stretch_of_any_layout(tmp_path):
    path = tmp_path / "all.h5"
    write_everything(path)
    checkpoint, reader = read_keras(str(path))
    for one in checkpoint.variables:
        if not one.dtype.is_numeric:
            continue
        whole = np.concatenate([block.copy() for block in reader.blocks(one.key)] or [[]])
        buffer = np.empty(48, np.uint8)
        for start, stop in [(0, one.size), (1, 5), (3, one.size - 1), (7, 7)]:
            if not 0 <= start <= stop <= one.size:
                continue
            found = [block.copy() for block in reader.stretch(one.key, start, stop, buffer)]
            assert all(block.nbytes <= 48 for block in found)
            joined = np.concatenate(found) if found else whole[:0]
            assert np.array_equal(joined, whole[start:stop]), one


def test_regions(tmp_path):
    path = tmp_path / "all.h5"
    write_everything(path)
    checkpoint, reader = read_keras(str(path))
    with h5py.File(path) as file:
        for one in checkpoint.variables:
            if len(one.shape) != 2 or one.key == "nothing":
                continue
            whole = reader.read(one.key)
            assert whole.shape == file[one.key].shape
            for region in [(slice(1, 2), slice(0, 9)), (slice(0, 1),), (slice(2, 8), slice(2, 3))]:
                assert np.array_equal(reader.read(one.key, region), whole[region])
    assert reader.read("words", (slice(2, 3),)).tolist() == ["zwei ☃".encode()]
    assert reader.read("packed words", (slice(7, 9),)).tolist() == [b"x" * 7, b"x" * 8]


def test_links_and_values_of_other_files_are_refused(tmp_path):
    secret = tmp_path / "secret.h5"
    with h5py.File(secret, "w") as file:
        file.create_dataset("values", data=np.ones(3, "f4"))
    (tmp_path / "raw").write_bytes(bytes(12))
    path = tmp_path / "sly.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("own", data=np.ones(3, "f4"))
        file["outside"] = h5py.ExternalLink("secret.h5", "values")
        file["soft"] = h5py.SoftLink("/own")
        layout = h5py.VirtualLayout((3,), "f4")
        layout[:] = h5py.VirtualSource(secret, "values", (3,))
        file.create_virtual_dataset("virtual", layout)
        file.create_dataset("external", (3,), "f4", external=[(str(tmp_path / "raw"), 0, 12)])
    checkpoint, _ = read_keras(str(path))
    by_key = {one.key: one for one in checkpoint.variables}
    assert set(by_key) == {"own", "virtual", "external"}
    assert "not opened" in by_key["external"].problem
    assert "not opened" in by_key["virtual"].problem
    assert {problem.split(" is ")[0] for problem in checkpoint.problems} == {"outside", "soft"}


def test_a_shape_that_would_fill_the_memory_is_refused(tmp_path):
    path = tmp_path / "bomb.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("bomb", (1 << 20, 1 << 20), "f4", chunks=(1024, 1024),
                            compression="gzip")  # fmt: skip
        file.create_dataset("late", (1 << 20, 1 << 20), "f4")
    checkpoint, reader = read_keras(str(path))
    from tfinspector.contents.findings import Unreadable

    for key in ("bomb", "late"):
        with pytest.raises(Unreadable, match="only 0 are stored"):
            reader.read(key, (slice(0, 1), slice(0, 1)))
    assert {one.key: bool(one.problem) for one in checkpoint.variables}["late"]


def test_groups_that_hold_each_other(tmp_path):
    path = tmp_path / "ring.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("a/b/x", data=np.ones(2, "f4"))
        file["a/b/up"] = file["a"]
        file["top"] = file["/"]
    checkpoint, _ = read_keras(str(path))
    assert [one.key for one in checkpoint.variables] == ["a/b/x"]
    assert len(checkpoint.problems) == 2


def test_a_checksum_that_does_not_hold(tmp_path):
    path = tmp_path / "sums.h5"
    with h5py.File(path, "w") as file:
        values = np.random.default_rng(0).random(3000).astype("f4")
        file.create_dataset("x", data=values, chunks=(1000,), fletcher32=True)
        offset = file["x"].id.get_chunk_info(1).byte_offset
    _, reader = read_keras(str(path))
    assert reader.verify("x") is None
    data = bytearray(path.read_bytes())
    data[offset + 100] ^= 1
    path.write_bytes(data)
    _, reader = read_keras(str(path))
    stored, computed = reader.verify("x")
    assert stored != computed


def test_an_attribute_names_a_type_that_hdf5_does_not_have(tmp_path):
    path = tmp_path / "eight.h5"
    values = np.arange(4).astype(ml_dtypes.float8_e4m3fn)
    with h5py.File(path, "w") as file:
        file.create_dataset("named", data=values.view("V1")).attrs["dtype"] = "float8_e4m3fn"
        file.create_dataset("bare", data=values.view("V1"))
        file.create_dataset("wrong", data=values.view("V1")).attrs["dtype"] = "float64"
    checkpoint, reader = read_keras(str(path))
    kinds = {one.key: one.dtype.kind for one in checkpoint.variables}
    assert reader.read("named").astype("f4").tolist() == [0, 1, 2, 3]
    assert (kinds["bare"], kinds["wrong"]) == ("unknown", "unknown")


def test_a_scalar_string(tmp_path):
    path = tmp_path / "one.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("word", data="hello", dtype=h5py.string_dtype())
    _, reader = read_keras(str(path))
    assert reader.read("word").shape == ()
    assert reader.read("word").item() == b"hello"


@pytest.mark.parametrize("version", [1, 2])
def test_layouts_of_hdf5_1_4(version):
    """Old layout messages; what they promise is compared with what is there."""
    bytes_of = FileBytes(Bytes(bytes(64)), 0, 64)
    float32 = bytes([0x11, 0x20, 31, 0, 4, 0, 0, 0, 0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0])
    two = bytes([1, 1, 0, 0, 0, 0, 0, 0]) + (2).to_bytes(8, "little")

    def dataset(layout):
        messages = [Message(DATASPACE, False, two), Message(DATATYPE, False, float32)]
        return read_dataset([*messages, Message(LAYOUT, False, layout)], bytes_of)

    def layout(kind, rest):
        return bytes([version, 1, kind, 0, 0, 0, 0, 0]) + rest

    dims, place = (2).to_bytes(4, "little"), (16).to_bytes(8, "little")
    compact = dataset(layout(0, dims + (8).to_bytes(4, "little") + bytes(8)))
    assert (compact.compact, compact.problem) == (bytes(8), "")
    assert dataset(layout(0, dims + (4).to_bytes(4, "little") + bytes(4))).problem == "is cut off"
    run = dataset(layout(1, place + dims))
    assert (run.element.dtype.name, run.address, run.problem) == ("float32", 16, "")
    assert "beyond" in dataset(layout(1, (60).to_bytes(8, "little") + dims)).problem


def test_what_is_no_hdf5_at_all():
    with pytest.raises(Broken, match="does not begin"):
        read_tree(Bytes(b"nothing of the kind" * 50), 0, 900)
