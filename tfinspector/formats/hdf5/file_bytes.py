"""The bytes of an HDF5 file while its structure is read: bounds checked, page by page."""

from struct import Struct, error
from typing import Protocol

_PAGE_NBYTES = 1 << 16
_MOST_PAGES = 256  # 16 MiB; structure is visited nearly in order, so few are needed twice
_INTEGERS = {2: Struct("<H"), 4: Struct("<I"), 8: Struct("<Q")}


class Broken(Exception):
    """The structure of the file does not hold; the text completes "NAME is damaged: ..."."""


class Readable(Protocol):
    """Something that gives the bytes at an offset; raises `Unreadable`."""

    def read(self, offset: int, nbytes: int) -> bytes:
        """Exactly these bytes."""
        ...


class FileBytes:
    """Bytes by address. `base` is where address 0 lies in `file`, `nbytes` how many follow it.

    `heaps` are the collections of texts that were read last, by address: many names share one.
    """

    def __init__(self, file: Readable, base: int, nbytes: int) -> None:
        self.file = file
        self.base = base
        self.nbytes = nbytes
        self.offset_nbytes = 8
        self.length_nbytes = 8
        self._pages: dict[int, bytes] = {}
        self.heaps: dict[int, dict[int, bytes]] = {}

    def at(self, address: int, nbytes: int) -> bytes:
        """The bytes at an address; raises `Broken` beyond the end of the file."""
        end = address + nbytes
        if address < 0 or nbytes < 0 or end > self.nbytes:
            raise Broken(f"a part of it should lie at byte {address:,}, beyond its end")
        page = address // _PAGE_NBYTES
        if end > (page + 1) * _PAGE_NBYTES:
            return self.file.read(self.base + address, nbytes)
        start = address - page * _PAGE_NBYTES
        return self._page(page)[start : start + nbytes]

    def _page(self, number: int) -> bytes:
        page = self._pages.get(number)
        if page is None:
            if len(self._pages) >= _MOST_PAGES:
                self._pages.clear()
            start = number * _PAGE_NBYTES
            page = self.file.read(self.base + start, min(_PAGE_NBYTES, self.nbytes - start))
            self._pages[number] = page
        return page


class Fields:
    """Reads the fields of one structure in order; raises `Broken` where it is too short."""

    def __init__(self, data: bytes, bytes_of: FileBytes, position: int = 0) -> None:
        self.data = data
        self.position = position
        self._bytes_of = bytes_of

    def byte(self) -> int:
        """One unsigned byte."""
        self.position += 1
        if self.position > len(self.data):
            raise Broken("a header in it is cut off")
        return self.data[self.position - 1]

    def integer(self, nbytes: int) -> int:
        """An unsigned little-endian integer."""
        start = self.position
        self.position += nbytes
        try:
            value: int = _INTEGERS[nbytes].unpack_from(self.data, start)[0]
        except (KeyError, error):
            if self.position > len(self.data):
                raise Broken("a header in it is cut off") from None
            value = int.from_bytes(self.data[start : self.position], "little")
        return value

    def offset(self) -> int | None:
        """An address in the file; None for the undefined one."""
        nbytes = self._bytes_of.offset_nbytes
        value = self.integer(nbytes)
        return None if value == (1 << 8 * nbytes) - 1 else value

    def length(self) -> int:
        """A size in bytes or elements."""
        return self.integer(self._bytes_of.length_nbytes)

    def raw(self, nbytes: int) -> bytes:
        """So many bytes as they are."""
        start = self.position
        self.position += nbytes
        if nbytes < 0 or self.position > len(self.data):
            raise Broken("a header in it is cut off")
        return self.data[start : self.position]

    def rest(self) -> bytes:
        """All bytes that follow."""
        return self.raw(max(len(self.data) - self.position, 0))

    def part(self, nbytes: int) -> "Fields":
        """The fields of the next so many bytes."""
        return Fields(self.raw(nbytes), self._bytes_of)

    def skip(self, nbytes: int) -> None:
        """Leave out so many bytes."""
        self.position += nbytes

    def name(self) -> bytes:
        """A text that ends with a zero."""
        end = self.data.find(b"\0", self.position)
        if end < 0:
            raise Broken("a name in it has no end")
        return self.raw(end + 1 - self.position)[:-1]
