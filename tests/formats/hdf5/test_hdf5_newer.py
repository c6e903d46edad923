"""What only newer versions of the HDF5 library write, against h5py's reading of it."""

from __future__ import annotations

import h5py
import numpy as np
import pytest

from tests.formats.hdf5.written import Bytes
from tfinspector.contents.findings import Unreadable
from tfinspector.formats.hdf5.tree import read_tree
from tfinspector.formats.keras.keras_file import read_keras

GROWING = {
    "array that grows": (None,),
    "array of one size": (6000,),
    "tree": (None, None),
}


def tree_of(path):
    data = path.read_bytes()
    return read_tree(Bytes(data), 0, len(data))


@pytest.mark.parametrize("packing", [{}, {"compression": "gzip"}], ids=["plain", "packed"])
@pytest.mark.parametrize("count", [1, 4, 7, 200, 3000])
@pytest.mark.parametrize("most", GROWING.values(), ids=GROWING)
def test_many_chunks(tmp_path, most, count, packing):
    """Each size of list: elements in its own block, data blocks, blocks of pointers, pages."""
    path = tmp_path / "many.h5"
    values = np.arange(count * 2, dtype="i4")[:-1].reshape(-1, *[1] * (len(most) - 1))
    chunks = (2, *[1] * (len(most) - 1))
    with h5py.File(path, "w", libver="latest") as file:
        file.create_dataset("x", data=values, chunks=chunks, maxshape=most, **packing)
    _, reader = read_keras(str(path))
    assert np.array_equal(reader.read("x"), values)
    assert reader.verify("x") is None


@pytest.mark.parametrize("most", [(9000, None), (None, 9000), (9000, 40), (None, None)])
def test_chunks_here_and_there(tmp_path, most):
    """Pages and blocks that were never written hold the fill value; axes are told apart."""
    path = tmp_path / "sparse.h5"
    with h5py.File(path, "w", libver="latest") as file:
        data = file.create_dataset("x", (9000, 40), "f4", chunks=(2, 8), maxshape=most, fillvalue=5)
        data[3:5, 7:9] = 1
        data[4400:4402, 30:] = 2
        data[8999, 39] = 3
        wanted = data[...]
    _, reader = read_keras(str(path))
    assert np.array_equal(reader.read("x"), wanted)
    part = (slice(4399, 4403), slice(20, 40))
    assert np.array_equal(reader.read("x", part), wanted[part])


def test_lists_so_long_that_they_have_pages(tmp_path):
    """Of which only those are there that something was written to."""
    path = tmp_path / "long.h5"
    places = [3, 900, 131_000, 200_000, 399_999]
    with h5py.File(path, "w", libver="latest") as file:
        for name, most in (("grows", None), ("fixed", 400_000)):
            data = file.create_dataset(name, (400_000,), "u1", chunks=(1,), maxshape=(most,))
            for place in places:
                data[place] = place % 250 + 1
    _, reader = read_keras(str(path))
    for name in ("grows", "fixed"):
        values = reader.read(name)
        assert np.flatnonzero(values).tolist() == places
        assert values[places].tolist() == [place % 250 + 1 for place in places]


def test_chunks_that_lie_in_order(tmp_path):
    """Written ahead, without a list: places are counted for the largest shape."""
    path = tmp_path / "ahead.h5"
    with h5py.File(path, "w", libver="latest") as file:
        early = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        early.set_chunk((2, 3))
        early.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
        space = h5py.h5s.create_simple((5, 7), (9, 20))
        h5py.h5d.create(file.id, b"x", h5py.h5t.NATIVE_INT32, space, early)
        file["x"][...] = wanted = np.arange(35).reshape(5, 7)
    _, reader = read_keras(str(path))
    assert np.array_equal(reader.read("x"), wanted)


@pytest.mark.parametrize("count", [1, 8, 9, 60, 7000])
def test_groups_with_many_names(tmp_path, count):
    """From links in the group itself to a heap with tables of tables, and long names too."""
    path = tmp_path / "names.h5"
    with h5py.File(path, "w", libver="latest") as file:
        target = file.create_dataset("x", data=np.float32(1))
        for number in range(count):
            file[f"group/{'long ' * (number % 40)}{number}"] = target
        names = sorted(file["group"])
    tree = tree_of(path)
    assert tree.problems == []
    assert sorted(name for name in tree.datasets if name != "x") == [
        f"group/{one}" for one in names
    ]


def test_attributes_by_the_hundred_and_long_ones(tmp_path):
    """Those in the header, in a heap, and by themselves: Keras's own limit is not HDF5's."""
    path = tmp_path / "attributes.h5"
    with h5py.File(path, "w", libver="latest") as file:
        for number in range(300):
            file.attrs[f"a{number}"] = f"text {number}"
        file.attrs["long"] = "x" * 1_000_000
        file.attrs["many"] = [f"layer_{number}" for number in range(20_000)]
        file.attrs["fixed"] = np.array([b"y" * 9000] * 20)
        file.create_group("few").attrs["one"] = 1
    tree = tree_of(path)
    root = tree.groups[""]
    assert [root.get(f"a{number}") for number in range(300)] == [
        f"text {number}" for number in range(300)
    ]
    assert root.text("long") == "x" * 1_000_000
    assert root.texts("many") == [f"layer_{number}" for number in range(20_000)]
    assert root.texts("fixed") == ["y" * 9000] * 20
    assert tree.groups["few"].get("one") == 1


def test_types_with_names_of_their_own(tmp_path):
    path = tmp_path / "types.h5"
    with h5py.File(path, "w") as file:
        file["type"] = np.dtype("f4")
        file.create_dataset("x", data=np.arange(3), dtype=file["type"])
        file["x"].attrs.create("scale", 2.5, dtype=file["type"])
    tree = tree_of(path)
    assert tree.problems == []
    assert list(tree.datasets) == ["x"]
    assert tree.datasets["x"].element.dtype.name == "float32"
    assert tree.own_attributes["x"].get("scale") == 2.5


@pytest.mark.parametrize("kind", ["S7", h5py.string_dtype("ascii"), h5py.string_dtype("utf-8", 9)])
@pytest.mark.parametrize("value", ["alone", ["one", "of", "three"], []])
@pytest.mark.parametrize("library", ["earliest", "latest"])
def test_texts_of_every_kind(tmp_path, kind, value, library):
    path = tmp_path / "texts.h5"
    with h5py.File(path, "w", libver=library) as file:
        file.attrs.create("text", value, dtype=kind)
    found = tree_of(path).groups[""]
    assert found.texts("text") == ([value] if isinstance(value, str) else value)


def test_edges_may_be_stored_unpacked(tmp_path):
    """h5py can't ask the library for it, so the flag is set afterwards."""
    path = tmp_path / "edges.h5"
    wanted = np.arange(42, dtype="f4").reshape(6, 7)
    with h5py.File(path, "w", libver="latest") as file:
        data = file.create_dataset("x", data=wanted, chunks=(4, 4), compression="gzip")
        for at in ((0, 4), (4, 0), (4, 4)):
            part = np.zeros((4, 4), "f4")
            inside = wanted[at[0] : at[0] + 4, at[1] : at[1] + 4]
            part[: inside.shape[0], : inside.shape[1]] = inside
            data.id.write_direct_chunk(at, part.tobytes())
    raw = path.read_bytes()
    layout = bytes([4, 2, 0, 3])  # version, chunked, flags, axes
    assert raw.count(layout) == 1
    path.write_bytes(raw.replace(layout, bytes([4, 2, 1, 3])))
    _, reader = read_keras(str(path))
    assert np.array_equal(reader.read("x"), wanted)


def test_texts_that_would_fill_the_memory(tmp_path):
    """More of them declared than are stored, and elements larger than anybody writes."""
    path = tmp_path / "texts.h5"
    with h5py.File(path, "w", libver="latest") as file:
        file.create_dataset("many", (1 << 24,), "S16", chunks=(1 << 10,))
        file.create_dataset("large", (2,), f"S{1 << 27}", chunks=(1,))
    _, reader = read_keras(str(path))
    for key in ("many", "large"):
        with pytest.raises(Unreadable, match=r"only 0 are stored|134,217,728 bytes each"):
            reader.read(key)
