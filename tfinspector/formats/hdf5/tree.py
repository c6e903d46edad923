"""All groups and datasets of an HDF5 file by path; what is damaged is told, the rest kept."""

from dataclasses import dataclass, field

from tfinspector.formats.hdf5.attributes import Attributes
from tfinspector.formats.hdf5.datasets import Dataset, is_named_type, read_dataset
from tfinspector.formats.hdf5.file_bytes import Broken, FileBytes, Readable
from tfinspector.formats.hdf5.groups import is_group, links_of
from tfinspector.formats.hdf5.headers import read_messages, read_superblock

_MOST_OBJECTS = 2_000_000
_LONGEST_PATH = 4096


@dataclass(slots=True)
class Hdf5Tree:
    """What the file holds. The root is the group ""; paths have no slash in front.

    own_attributes   of datasets
    problems         what of it could not be read, as sentences without the file's name
    end              the size that the file had when it was closed, from its first byte
    """

    bytes_of: FileBytes
    end: int
    groups: dict[str, Attributes] = field(default_factory=dict)
    datasets: dict[str, Dataset] = field(default_factory=dict)
    own_attributes: dict[str, Attributes] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def read_tree(file: Readable, offset: int, nbytes: int) -> Hdf5Tree:
    """The tree of the HDF5 file of `nbytes` bytes that begins at `offset` of `file`.

    Raises `Broken` if not even its root can be read.
    """
    block = read_superblock(file, offset, nbytes)
    bytes_of = block.bytes_of
    tree = Hdf5Tree(bytes_of, block.end)
    queue = [("", block.root)]
    seen: dict[int, str] = {}
    while queue:
        path, address = queue.pop()
        try:
            messages = read_messages(bytes_of, address)
            if is_named_type(messages):
                continue
            if not is_group(messages):
                tree.datasets[path] = read_dataset(messages, bytes_of)
                tree.own_attributes[path] = Attributes(messages, bytes_of)
                continue
            if address in seen:  # a second name of a group, perhaps of one around it
                tree.problems.append(f"{path} is {seen[address] or 'the root'} once more")
                continue
            seen[address] = path
            tree.groups[path] = Attributes(messages, bytes_of)
            below = []
            for link in links_of(messages, bytes_of):
                name = f"{path}/{link.name}" if path else link.name
                if link.refused:
                    tree.problems.append(f"{name or 'it'} is {link.refused}: not followed")
                elif len(name) <= _LONGEST_PATH:
                    below.append((name, link.address))
            queue += reversed(below)
        except Broken as error:
            if not path:
                raise
            tree.problems.append(f"{path} can't be read: {error}")
        if len(seen) + len(tree.datasets) > _MOST_OBJECTS:
            raise Broken("it would hold millions of objects")
    return tree
