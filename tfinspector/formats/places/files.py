"""What `os` and `open` do for local paths, also for URLs (`gs://bucket/run`, `https://...`).

A local path costs one comparison more than `os` alone.
"""

import io
import os
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tfinspector.formats.places.remote import RemoteFile, RemotePlace
    from tfinspector.formats.places.remote_status import RemoteEntry, RemoteStatus

    Status = os.stat_result | RemoteStatus
    Entry = os.DirEntry[str] | RemoteEntry
    OpenFile = io.FileIO | RemoteFile

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")


def is_remote(path: str) -> bool:
    """Whether a path is a URL of another place than this machine."""
    return "://" in path and _SCHEME.match(path) is not None


def absolute(path: str) -> str:
    """The absolute path; a URL is one, but for a separator at its end."""
    return path.rstrip("/") if is_remote(path) else os.path.abspath(path)


def status_at(path: str) -> "Status":
    """Size, kind and time. Raises `OSError`."""
    return _place(path).status(path) if is_remote(path) else os.stat(path)


def is_file(path: str) -> bool:
    """Whether a file is there. What keeps a URL from being asked raises `OSError`."""
    if not is_remote(path):
        return os.path.isfile(path)
    import stat

    try:
        return stat.S_ISREG(_place(path).status(path).st_mode)
    except FileNotFoundError:
        return False


def is_there(path: str) -> bool:
    """Whether anything is there, also a link that leads nowhere. May raise `OSError` as above."""
    if not is_remote(path):
        return os.path.lexists(path)
    try:
        _place(path).status(path)
    except FileNotFoundError:
        return False
    return True


def is_directory(path: str) -> bool:
    """Whether a directory is there. May raise `OSError` as above."""
    if not is_remote(path):
        return os.path.isdir(path)
    return _place(path).is_directory(path)


def names_in(directory: str) -> list[str]:
    """The names in a directory. Raises `OSError`."""
    if is_remote(directory):
        return [entry.name for entry in _place(directory).entries(directory)]
    return os.listdir(directory)


def entries_of(directory: str) -> "AbstractContextManager[Iterator[Entry]]":
    """The entries of a directory, with size and time. Raises `OSError`."""
    if is_remote(directory):
        return nullcontext(iter(_place(directory).entries(directory)))
    return os.scandir(directory)


def names_below(directory: str) -> list[str]:
    """The paths of all files below a directory, relative to it, sorted; [] if there is none."""
    if is_remote(directory):
        return _place(directory).names_below(directory)
    return sorted(
        os.path.relpath(os.path.join(place, name), directory)
        for place, _, names in os.walk(directory)
        for name in names
    )


def open_file(path: str) -> "OpenFile":
    """The file, to be read without a buffer. Raises `OSError`."""
    if not is_remote(path):
        return io.FileIO(path)
    from tfinspector.formats.places.remote import RemoteFile

    return RemoteFile(_place(path), path)


def open_buffered(path: str) -> io.BufferedReader:
    """The file, to be read in small pieces, as `open(path, "rb")`. Raises `OSError`."""
    return io.BufferedReader(open_file(path))


@contextmanager
def open_for_parts(path: str) -> "Iterator[tuple[Callable[[int, int], bytes], Status]]":
    """`read(offset, nbytes)` of the file, fewer bytes at its end, and its status.

    Raises `OSError`, also from reading.
    """
    if is_remote(path):
        place = _place(path)
        status = place.status(path)
        yield lambda offset, nbytes: place.read(path, status, offset, nbytes), status
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        yield lambda offset, nbytes: os.pread(descriptor, nbytes, offset), os.fstat(descriptor)
    finally:
        os.close(descriptor)


def status_of(file: "OpenFile") -> "Status":
    """How an open file is now; a remote one, how it was when it was opened."""
    return os.fstat(file.fileno()) if isinstance(file, io.FileIO) else file.status


def _place(url: str) -> "RemotePlace":
    # Imported here: nothing local needs fsspec.
    from tfinspector.formats.places.passwords import real_root, root_of
    from tfinspector.formats.places.remote import place_of

    return place_of(real_root(root_of(url)))
