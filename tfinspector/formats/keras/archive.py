"""A `.keras` archive: its members, where their bytes lie, and whether they are what was written.

Every member is expected to be stored without compression, as Keras writes it; one that somebody
packed anew with compression is read all the same. Names that lead out of the archive are refused.
"""

import os
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import IO, NamedTuple

from tfinspector.formats import faults
from tfinspector.formats.bundles.bundle_index import Stamp
from tfinspector.formats.keras.inflating import Inflated
from tfinspector.formats.keras.places import Place, stamp_of
from tfinspector.formats.places.files import is_remote, open_buffered

WEIGHTS = "model.weights.h5"
_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_ENCRYPTED = 1
_MOST_TEXT_NBYTES = 256 << 20
_BLOCK_NBYTES = 1 << 20
_LIST_NBYTES = 1 << 17  # the end of an archive with its comment, and a list of usual length
_ZIP_ERRORS = (
    zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error, EOFError,
    RuntimeError, OverflowError, IndexError, KeyError, UnicodeError, zlib.error, MemoryError,
)  # fmt: skip


class Member(NamedTuple):
    """One member of the archive; `crc32` is the checksum it was written with."""

    name: str
    place: Place
    crc32: int
    compressed: bool


class Archive(NamedTuple):
    """The members by name. `problem` is a sentence where the archive as a whole is damaged.

    `needed` is the size the file would have to have.
    """

    path: str
    stamp: Stamp
    members: dict[str, Member]
    problem: str = ""
    needed: int = 0


def read_archive(path: str) -> Archive:
    """The members of a zip file, also of one that is cut off. Raises `Unreadable`."""
    stamp = stamp_of(path)
    if is_remote(path):
        _reach_end(path)
    try:
        with open_buffered(path) as file, zipfile.ZipFile(file) as opened:
            members = {
                info.filename: _member(path, stamp, info.filename, _entry(file, info))
                for info in opened.infolist()
                if not info.is_dir()
            }
    except _ZIP_ERRORS as error:
        _raise_if_lost(path, error)
        return _salvage(path, stamp, str(error))
    return Archive(path, stamp, members, needed=stamp.nbytes)


def _reach_end(path: str) -> None:
    """Reads the list of members once, for `zipfile` takes a lost connection for a damaged file."""
    try:
        with open_buffered(path) as file:
            file.seek(-min(_LIST_NBYTES, file.seek(0, os.SEEK_END)), os.SEEK_END)
            file.read()
    except OSError as error:
        raise faults.cannot_open(path, error) from error


def _raise_if_lost(path: str, error: Exception) -> None:
    """Says so where it was not the file that failed, but the way to it."""
    if isinstance(error, OSError) and is_remote(path):
        raise faults.cannot_open(path, error) from error


class _Entry(NamedTuple):
    start: int
    packed: int
    nbytes: int
    method: int
    flags: int
    crc32: int


def _entry(file: "IO[bytes]", info: zipfile.ZipInfo) -> _Entry:
    """Where the bytes of a member begin: behind its own header, whose length only it tells."""
    file.seek(info.header_offset)
    head = file.read(_LOCAL_HEADER.size)
    fields = _LOCAL_HEADER.unpack(head)
    if fields[0] != b"PK\x03\x04":
        raise zipfile.BadZipFile(f"{info.filename} is not where the archive says")
    start = info.header_offset + _LOCAL_HEADER.size + fields[-2] + fields[-1]
    return _Entry(
        start, info.compress_size, info.file_size, info.compress_type, info.flag_bits, info.CRC
    )


def _member(path: str, stamp: Stamp, name: str, entry: _Entry) -> Member:
    if name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/"):
        raise faults.unreadable(
            "K08", f"{os.path.basename(path)} holds a file called {name!r}, which leads out of it",
            path, "Do not unpack it. Ask whoever made it for one that Keras wrote.",
        )  # fmt: skip
    if entry.flags & _ENCRYPTED:
        raise zipfile.BadZipFile(f"{name} is encrypted")
    if entry.method == zipfile.ZIP_STORED:
        place = Place(path, entry.start, entry.nbytes, stamp)
        return Member(name, place, entry.crc32, False)
    if entry.method != zipfile.ZIP_DEFLATED:
        raise zipfile.BadZipFile(f"{name} is packed by method {entry.method}, which Keras never is")
    packed = Inflated(entry.start, entry.packed, entry.nbytes)
    return Member(name, Place(path, 0, entry.nbytes, stamp, packed), entry.crc32, True)


def _salvage(path: str, stamp: Stamp, reason: str) -> Archive:
    """The members that can be found without the list at the archive's end, which is lost."""
    members: dict[str, Member] = {}
    needed = stamp.nbytes
    try:
        with open_buffered(path) as file:
            at = 0
            while True:
                file.seek(at)
                head = file.read(_LOCAL_HEADER.size)
                if len(head) < _LOCAL_HEADER.size or not head.startswith(b"PK\x03\x04"):
                    break
                fields = _LOCAL_HEADER.unpack(head)
                name = file.read(fields[-2]).decode("utf-8", "replace")
                extra = file.read(fields[-1])
                packed, nbytes = _sizes(fields[7], fields[8], extra)
                start = at + _LOCAL_HEADER.size + fields[-2] + fields[-1]
                entry = _Entry(start, packed, nbytes, fields[3], fields[2], fields[6])
                members[name] = _member(path, stamp, name, entry)
                at = start + packed
                needed = max(needed, at)
    except _ZIP_ERRORS as error:
        _raise_if_lost(path, error)  # else what was found until here is what is left
    if needed > stamp.nbytes:
        reason = f"it has {stamp.nbytes:,} bytes, at least {needed:,} are needed"
    return Archive(path, stamp, members, reason, needed)


def _sizes(packed: int, nbytes: int, extra: bytes) -> tuple[int, int]:
    """The sizes of a member, from its zip64 field where they are too large for the header."""
    if packed != 0xFFFFFFFF and nbytes != 0xFFFFFFFF:
        return packed, nbytes
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        if kind == 1 and size >= 16:
            nbytes, packed = struct.unpack_from("<QQ", extra, at + 4)
        at += 4 + size
    return packed, nbytes


def read_text(member: Member) -> str:
    """A small member as text; raises `Unreadable`."""
    place = member.place
    if place.nbytes > _MOST_TEXT_NBYTES:
        raise faults.damaged_index(place.path, place.nbytes, f"{member.name} would be huge")
    with place.open() as file:
        return file.read(place.offset, place.nbytes).decode("utf-8", "replace")


def verify_member(
    member: Member, tick: Callable[[int], None] | None = None
) -> tuple[int, int] | None:
    """None if the member's CRC-32 holds, else (stored, computed). Raises `Unreadable`."""
    computed = 0
    place = member.place
    with place.open() as file:
        for start in range(0, place.nbytes, _BLOCK_NBYTES):
            block = file.read(place.offset + start, min(_BLOCK_NBYTES, place.nbytes - start))
            computed = zlib.crc32(block, computed)
            if tick:
                tick(len(block))
    return None if computed == member.crc32 else (member.crc32, computed)
