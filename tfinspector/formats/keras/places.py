"""Where an HDF5 file lies: a file of its own, or a member of a zip archive."""

from typing import NamedTuple

from tfinspector.formats import faults
from tfinspector.formats.bundles.bundle_index import Stamp
from tfinspector.formats.bundles.data_file import DataFile
from tfinspector.formats.keras.inflating import Inflated, InflatedFile
from tfinspector.formats.places.files import status_at


class Place(NamedTuple):
    """`nbytes` bytes that begin at `offset` of the file `path`, packed if `inflated` is given.

    `stamp` tells whether the file is still the one that was opened. Of a packed member, offsets
    are those in its unpacked bytes.
    """

    path: str
    offset: int
    nbytes: int
    stamp: Stamp
    inflated: Inflated | None = None

    def open(self) -> DataFile:
        """The bytes, for the time of one call. Reading raises `Unreadable`."""
        if self.inflated is not None:
            return InflatedFile(self.path, self.stamp, self.inflated)
        return DataFile(self.path, self.stamp)


def place_of_file(path: str) -> Place:
    """A file that is HDF5 as a whole; raises `Unreadable`."""
    stamp = stamp_of(path)
    return Place(path, 0, stamp.nbytes, stamp)


def stamp_of(path: str) -> Stamp:
    """How the file is now; raises `Unreadable` if it is not there."""
    try:
        status = status_at(path)
    except OSError as error:
        raise faults.cannot_open(path, error) from error
    return Stamp(status.st_size, status.st_mtime_ns)
