"""The heap that newer HDF5 versions keep many names or attributes in ("fractal heap").

HDF5 File Format Specification, III.G. Its objects lie in blocks that double in size, found
through tables of blocks; what does not fit into one lies by itself.
"""

from tfinspector.formats.hdf5.file_bytes import Broken, Fields, FileBytes
from tfinspector.formats.hdf5.tree2 import records_of

_MANAGED, _HUGE, _TINY = 0, 1, 2
_HUGE_BY_NUMBER = 1  # kind of record
_SHORT_ID = 17
_DEEPEST = 64


class Heap:
    """One heap, by the address of its header. Raises `Broken`."""

    def __init__(self, bytes_of: FileBytes, address: int) -> None:
        self._bytes_of = bytes_of
        o, n = bytes_of.offset_nbytes, bytes_of.length_nbytes
        fields = Fields(bytes_of.at(address, 22 + 3 * o + 12 * n), bytes_of)
        if fields.raw(4) != b"FRHP":
            raise Broken(f"there is no heap at byte {address:,}, where one should lie")
        fields.skip(1)
        self._id_nbytes = fields.integer(2)
        if fields.integer(2):
            raise Broken("names or attributes in it are packed, which Keras never does")
        fields.skip(1)
        largest = fields.integer(4)
        fields.skip(n)
        self._huge = fields.offset()
        self._numbered: dict[int, tuple[int, int]] | None = None
        fields.skip(o + 9 * n)
        self._width = fields.integer(2)
        self._first_nbytes, largest_block = fields.length(), fields.length()
        heap_bits = fields.integer(2)
        fields.skip(2)
        self._root, self._rows = fields.offset(), fields.integer(2)
        if not self._width or not self._first_nbytes or largest_block < self._first_nbytes:
            raise Broken("a heap in it has blocks of no size")
        self._direct_rows = (largest_block // self._first_nbytes).bit_length() + 1
        self._at_nbytes = (heap_bits + 7) // 8
        self._size_nbytes = min(
            (largest_block.bit_length() + 6) // 8, (max(largest, 1).bit_length() - 1) // 8 + 1
        )

    def get(self, name: bytes) -> bytes:
        """The object of this identifier, of as many bytes as the heap gives each."""
        fields = Fields(name, self._bytes_of)
        head = fields.byte()
        kind = head >> 4 & 3
        if kind == _MANAGED:
            at, nbytes = fields.integer(self._at_nbytes), fields.integer(self._size_nbytes)
            return self._bytes_of.at(self._address_of(at), nbytes)
        if kind == _HUGE:
            return self._bytes_of.at(*self._huge_object(fields))
        if kind == _TINY and self._id_nbytes <= _SHORT_ID:
            return fields.raw((head & 15) + 1)
        raise Broken("a name or an attribute in it is kept in a way that nobody knows")

    def _huge_object(self, fields: Fields) -> tuple[int, int]:
        """Address and size of what lies by itself: the identifier has them, or a number only."""
        o, n = self._bytes_of.offset_nbytes, self._bytes_of.length_nbytes
        if o + n <= self._id_nbytes - 1:
            address, nbytes = fields.offset(), fields.length()
            return address or 0, nbytes
        found = self._by_number().get(fields.integer(min(n, self._id_nbytes - 1)))
        if found is None:
            raise Broken("a long attribute in it is not where it should be")
        return found

    def _by_number(self) -> dict[int, tuple[int, int]]:
        if self._numbered is None:
            self._numbered = {}
            if self._huge is not None:
                for record in records_of(self._bytes_of, self._huge, _HUGE_BY_NUMBER):
                    place = record.offset() or 0, record.length()
                    self._numbered[record.length()] = place
        return self._numbered

    def _address_of(self, at: int) -> int:
        """The address in the file of a place in the heap, down the tables of blocks."""
        table, rows, base = self._root, self._rows, 0
        if not rows:
            return (table or 0) + at
        first = self._width * self._first_nbytes
        for _ in range(_DEEPEST):
            within = at - base
            row = (within // first).bit_length()
            start = first << row - 1 if row else 0
            nbytes = self._first_nbytes << max(row - 1, 0)
            column = (within - start) // nbytes
            if table is None or row >= rows:
                break
            entry = self._entry(table, row * self._width + column)
            base += start + column * nbytes
            if row < self._direct_rows:
                if entry is None:
                    break
                return entry + at - base
            table, rows = entry, (nbytes // first).bit_length()
        raise Broken("a name or an attribute in it is not where it should be")

    def _entry(self, table: int, place: int) -> int | None:
        o = self._bytes_of.offset_nbytes
        if self._bytes_of.at(table, 4) != b"FHIB":
            raise Broken(f"there is no table at byte {table:,}, where one of a heap should lie")
        start = table + 5 + o + self._at_nbytes + place * o
        return Fields(self._bytes_of.at(start, o), self._bytes_of).offset()
