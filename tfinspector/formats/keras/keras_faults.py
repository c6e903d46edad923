"""Why a path that looks like a Keras file can't be opened as one."""

import os

from tfinspector.contents.findings import Fix, Unreadable
from tfinspector.formats.faults import unreadable
from tfinspector.formats.keras.archive import Archive

_COPY = "Copy or download it again; if the copy is the same, save the model anew."
_MOST_NAMED = 8


def empty(path: str) -> Unreadable:
    """A file of no bytes."""
    name = os.path.basename(path)
    title = f"{name} is empty: the copy or the save was not finished"
    return unreadable("F07", title, path, _COPY, evidence={"size": 0})


def no_keras_file(path: str, start: bytes) -> Unreadable:
    """Neither a zip archive nor HDF5 nor JSON."""
    return unreadable(
        "F12",
        f"{os.path.basename(path)} is no Keras file: it begins like no file that Keras writes",
        path,
        _COPY,
        "A .keras file begins with PK, an .h5 file with \\x89HDF.",
        {"first_bytes": start[:16].hex(" ")},
    )


def damaged_archive(path: str, archive: Archive) -> Unreadable:
    """A zip archive of which nothing can be found."""
    return unreadable(
        "F07",
        f"{os.path.basename(path)} is damaged: {archive.problem or 'the archive is empty'}",
        path,
        _COPY,
        "Keras says `File not found: ... Please ensure the file is an accessible .keras zip file`.",
        {"size": archive.stamp.nbytes},
    )


def other_archive(path: str, names: list[str]) -> Unreadable:
    """A zip archive that holds other things than a Keras model."""
    return unreadable(
        "F12",
        f"{os.path.basename(path)} is a zip archive without a Keras model in it",
        path,
        "Unpack it, and open what is in it.",
        evidence={"names": sorted(names)[:_MOST_NAMED]},
    )


def broken_hdf5(path: str, nbytes: int, reason: str, inside: str = "") -> Unreadable:
    """An HDF5 file whose very beginning can't be read."""
    name = os.path.basename(path)
    what = f"{inside} in {name}" if inside else name
    return unreadable(
        "F07",
        f"{what} is damaged: {reason}",
        path,
        _COPY,
        "h5py says `OSError: Unable to synchronously open file`.",
        {"size": nbytes},
    )


def nothing_in_it(path: str) -> Unreadable:
    """An HDF5 file without a single dataset, and not one of Keras's either."""
    return unreadable(
        "F12",
        f"{os.path.basename(path)} is an HDF5 file that holds nothing",
        path,
        Fix("Choose the file that the weights were saved into."),
    )


def no_weight_map(path: str, problem: str) -> Unreadable:
    """A JSON file that is no index of sharded weights."""
    return unreadable(
        "F12",
        f"{os.path.basename(path)} is no index of sharded Keras weights: {problem}",
        path,
        "Choose the .weights.json file, or one of the .weights.h5 files.",
    )


def no_shards(path: str, names: list[str]) -> Unreadable:
    """Sharded weights of which only the index is there."""
    return unreadable(
        "F06",
        f"None of the {len(names)} files that {os.path.basename(path)} names is there",
        path,
        f"Copy {', '.join(names[:3])} beside it.",
        evidence={"missing": names[:_MOST_NAMED]},
    )
