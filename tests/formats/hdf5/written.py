"""HDF5 files with everything h5py can write, small ones; and the bytes of a file to read from."""

from __future__ import annotations

from pathlib import Path

import h5py
import ml_dtypes
import numpy as np

TYPES = ["f2", "f4", "f8", ">f4", ">f8", "i1", "u1", "i2", ">i4", "i4", "u8", ">i8", "?", "c8",
         ">c16", "c16"]  # fmt: skip
PACKINGS = {
    "plain chunks": {"chunks": (3, 4)},
    "gzip": {"chunks": (3, 4), "compression": "gzip"},
    "shuffled gzip": {"chunks": (4, 3), "compression": "gzip", "shuffle": True},
    "checksummed": {"chunks": (5, 2), "fletcher32": True},
    "all": {"chunks": (2, 5), "compression": "gzip", "shuffle": True, "fletcher32": True},
    "one chunk": {"chunks": (10, 11), "compression": "gzip"},
    "one plain chunk": {"chunks": (10, 11)},
    "lzf": {"chunks": (3, 4), "compression": "lzf"},
    "shuffled lzf": {"chunks": (10, 11), "compression": "lzf", "shuffle": True, "fletcher32": True},
    "grows": {"chunks": (3, 4), "maxshape": (None, 30)},
    "grows across": {"chunks": (3, 4), "maxshape": (30, None), "compression": "gzip"},
    "grows both ways": {"chunks": (3, 4), "maxshape": (None, None)},
    "grows both ways, packed": {"chunks": (3, 4), "maxshape": (None, None), "compression": "gzip"},
    "may grow": {"chunks": (3, 4), "maxshape": (20, 30), "shuffle": True},
}


class Bytes:
    """Bytes in memory as a file."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def read(self, offset: int, nbytes: int) -> bytes:
        return self.data[offset : offset + nbytes]


def write_everything(path: Path, **options: object) -> None:
    """Datasets of every kind, in groups, with attributes."""
    random = np.random.default_rng(4)
    with h5py.File(path, "w", **options) as file:
        for name in TYPES:
            values = (random.random((3, 4)) * 90).astype(name)
            file.create_dataset(f"types/{name.strip('>')}{'_big' * (name[0] == '>')}", data=values)
        half = np.arange(6).astype(ml_dtypes.bfloat16).reshape(2, 3)
        file.create_dataset("types/bfloat16", data=half.view("V2"))
        file.create_dataset("scalar", data=np.float32(2.5))
        file.create_dataset("empty", shape=(0, 3), dtype="f4")
        file.create_dataset("nothing", dtype="f4", data=h5py.Empty("f4"))
        file.create_dataset("never written", shape=(4, 2), dtype="f4", fillvalue=7)
        file.create_dataset("words", data=["one", "", "zwei ☃"], dtype=h5py.string_dtype())
        file.create_dataset("fixed", data=np.array([b"ab", b"c"], "S3"))
        file.create_dataset("packed words", data=[b"x" * n for n in range(9)], chunks=(4,),
                            dtype=h5py.string_dtype(), compression="gzip")  # fmt: skip
        values = random.random((10, 11)).astype("f4")
        for name, packing in PACKINGS.items():
            file.create_dataset(f"chunks/{name}", data=values, **packing)
        hole = file.create_dataset(
            "chunks/hole", shape=(10, 11), dtype="f4", chunks=(5, 5), fillvalue=3
        )
        hole[6:, 6:] = 1
        file.attrs["text"] = "ä text"
        file.attrs["texts"] = ["a", "bb"]
        file.attrs["bytes"] = np.array([b"abc", b"d"])
        file.attrs["number"] = 5
        file.attrs["numbers"] = np.arange(3.0)
        file["types"].attrs["yes"] = True
        deep = file.create_group("a/b/c/d")
        for number in range(300):
            deep.create_dataset(f"n{number}", data=np.full(2, number, "i4"))


def write_newer(path: Path) -> None:
    """A small file of what only newer versions of the HDF5 library write."""
    with h5py.File(path, "w", libver="latest") as file:
        for number in range(40):
            file[f"group/name {number}"] = np.float32(number)
            file["group"].attrs[f"attribute {number}"] = f"text {number}"
        file.attrs["long"] = "x" * 70_000
        for name, most in {"grows": (None, 3), "fixed": (3000, 3), "tree": (None, None)}.items():
            kept = {"data": np.arange(300).reshape(100, 3), "chunks": (1, 3), "maxshape": most}
            file.create_dataset(name, **kept)
            file.create_dataset(f"packed {name}", **kept, compression="gzip")
        file.create_dataset("lzf", data=np.arange(300), chunks=(60,), compression="lzf")
