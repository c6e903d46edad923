"""The superblock, and object headers: the list of messages that describes a group or a dataset.

HDF5 File Format Specification, II.A (superblocks 0 to 3) and IV.A.1 (object headers 1 and 2).
"""

from typing import NamedTuple

from tfinspector.formats.hdf5.file_bytes import Broken, Fields, FileBytes, Readable

SIGNATURE = b"\x89HDF\r\n\x1a\n"
DATASPACE, LINK_INFO, DATATYPE, FILL_VALUE, LINK = 1, 2, 3, 5, 6
EXTERNAL_FILES, LAYOUT, FILTERS, ATTRIBUTE, SYMBOL_TABLE, ATTRIBUTE_INFO = 7, 8, 11, 12, 17, 21
_CONTINUATION = 16
_SHARED = 2  # flag of a message whose content lies elsewhere
_WIDTHS = (2, 4, 8)
_ELSEWHERE = 2  # kind of place of a shared message: another object header
_DEEPEST = 4
_MOST_MESSAGES = 100_000
_MOST_HEADER_NBYTES = 64 << 20


class Message(NamedTuple):
    """One message of an object header: its type, whether it is shared, its content."""

    type: int
    shared: bool
    data: bytes


class Superblock(NamedTuple):
    """What the file begins with.

    root      address of the root group's object header
    end       the size that the file had when it was closed, with its user block
    """

    bytes_of: FileBytes
    root: int
    end: int


def find_signature(start: bytes) -> int:
    """Where the file begins: at 0, or behind a user block of 512, 1024, ...; -1 if nowhere."""
    at = 0
    while at < len(start):
        if start.startswith(SIGNATURE, at):
            return at
        at = at * 2 or 512
    return -1


def read_superblock(file: Readable, offset: int, nbytes: int) -> Superblock:
    """Reads the superblock of the HDF5 file of `nbytes` bytes at `offset` of `file`."""
    at = find_signature(file.read(offset, min(nbytes, 4096)))
    if at < 0:
        raise Broken("it does not begin like an HDF5 file")
    bytes_of = FileBytes(file, offset + at, nbytes - at)
    start = bytes_of.at(0, min(256, bytes_of.nbytes))
    fields = Fields(start, bytes_of, len(SIGNATURE))
    version = fields.byte()
    if version <= 1:
        fields.skip(4)
        _take_widths(bytes_of, fields.byte(), fields.byte())
        fields.skip(13 if version else 9)  # how groups are laid out
        fields.offset()  # the base address: a user block, found above
        fields.offset()
        end = fields.offset()
        fields.offset()
        fields.offset()  # the root's name
        root = fields.offset()
    elif version <= 3:
        _take_widths(bytes_of, fields.byte(), fields.byte())
        fields.skip(1)
        fields.offset()
        fields.offset()
        end = fields.offset()
        root = fields.offset()
    else:
        raise Broken(f"its superblock has version {version}, which nobody knows yet")
    if root is None:
        raise Broken("it has no root group")
    return Superblock(bytes_of, root, end or 0)


def _take_widths(bytes_of: FileBytes, offsets: int, lengths: int) -> None:
    if offsets not in _WIDTHS or lengths not in _WIDTHS:
        raise Broken(f"its addresses would have {offsets} bytes and its sizes {lengths}")
    bytes_of.offset_nbytes, bytes_of.length_nbytes = offsets, lengths


def read_messages(bytes_of: FileBytes, address: int) -> list[Message]:
    """The messages of the object header at an address."""
    start = bytes_of.at(address, min(16, bytes_of.nbytes - address))
    if start.startswith(b"OHDR"):
        return _read_second_version(bytes_of, address)
    if start[:1] != b"\x01":
        raise Broken(f"there is no object at byte {address:,}, where one should lie")
    fields = Fields(start, bytes_of, 8)
    size = fields.integer(4)
    return _collect(bytes_of, [(address + 16, size)], second=False, ordered=False)


def _read_second_version(bytes_of: FileBytes, address: int) -> list[Message]:
    fields = Fields(bytes_of.at(address, min(64, bytes_of.nbytes - address)), bytes_of, 4)
    version, flags = fields.byte(), fields.byte()
    if version != 2:
        raise Broken(f"an object header in it has version {version}")
    fields.skip(16 if flags & 0x20 else 0)
    fields.skip(4 if flags & 0x10 else 0)
    size = fields.integer(1 << (flags & 3))
    return _collect(bytes_of, [(address + fields.position, size)], True, bool(flags & 4))


def _collect(
    bytes_of: FileBytes, blocks: list[tuple[int, int]], second: bool, ordered: bool
) -> list[Message]:
    """The messages of the first block and of those that it is continued in."""
    messages: list[Message] = []
    seen: set[int] = set()
    total = 0
    while blocks:
        address, size = blocks.pop()
        total += size
        if address in seen or total > _MOST_HEADER_NBYTES or len(messages) > _MOST_MESSAGES:
            raise Broken("an object header in it has no end")
        seen.add(address)
        fields = Fields(bytes_of.at(address, size), bytes_of)
        head = (4 if not ordered else 6) if second else 8
        while fields.position + head <= size:
            message = _one_message(fields, second, ordered)
            if message.type != _CONTINUATION:
                messages.append(message)
                continue
            place = Fields(message.data, bytes_of)
            more, length = place.offset(), place.length()
            if more is not None:
                blocks.append((more + 4, length - 8) if second else (more, length))
    return messages


def _one_message(fields: Fields, second: bool, ordered: bool) -> Message:
    if second:
        type_, size, flags = fields.byte(), fields.integer(2), fields.byte()
        fields.skip(2 if ordered else 0)
    else:
        type_, size, flags = fields.integer(2), fields.integer(2), fields.byte()
        fields.skip(3)
    return Message(type_, bool(flags & _SHARED), fields.raw(size))


def resolved(message: Message, bytes_of: FileBytes, depth: int = 0) -> Message:
    """The message itself, or the one of its type at the object that a shared one leads to.

    A type with a name of its own ("committed") is kept so. Specification, IV.A.1 ("shared
    message"). Raises `Broken`.
    """
    if not message.shared:
        return message
    fields = Fields(message.data, bytes_of)
    version, kind = fields.byte(), fields.byte()
    fields.skip(6 if version == 1 else 0)
    if version >= 3 and kind != _ELSEWHERE:
        raise Broken("types are kept in a table for the whole file, which is not read")
    address = fields.offset()
    if address is not None and depth < _DEEPEST:
        for other in read_messages(bytes_of, address):
            if other.type == message.type:
                return resolved(other, bytes_of, depth + 1)
    raise Broken("the type of a dataset in it is not where it should be")
