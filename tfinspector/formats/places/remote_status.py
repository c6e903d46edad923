"""What the places of fsspec tell of a file or a directory, each in its own words."""

import stat
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple


class RemoteStatus(NamedTuple):
    """What `os.stat` tells of a local file; the time is 0 where the place does not tell it."""

    st_size: int
    st_mode: int
    st_mtime_ns: int = 0
    st_ino: int = 0

    @property
    def st_mtime(self) -> float:
        """Seconds since the epoch."""
        return self.st_mtime_ns / 1e9


class RemoteEntry(NamedTuple):
    """What `os.scandir` yields for a local directory."""

    name: str
    path: str
    status: RemoteStatus

    def stat(self) -> RemoteStatus:
        """Its size and time."""
        return self.status

    def is_dir(self) -> bool:
        """Whether it is a directory."""
        return stat.S_ISDIR(self.status.st_mode)

    def is_file(self) -> bool:
        """Whether it is a file."""
        return stat.S_ISREG(self.status.st_mode)


def status_of_info(info: dict[str, Any]) -> RemoteStatus:
    """Size, kind and time out of what `info` or `ls` of fsspec gave."""
    mode = stat.S_IFDIR if info.get("type") == "directory" else stat.S_IFREG
    return RemoteStatus(int(info.get("size") or 0), mode, _time_of(info))


def _time_of(info: dict[str, Any]) -> int:
    """Nanoseconds since the epoch, by the name that each implementation has for it; else 0."""
    for name in ("mtime", "LastModified", "Last-Modified", "updated", "last_modified", "created"):
        value = info.get(name)
        if isinstance(value, int | float):
            return int(value * 1e9)
        if isinstance(value, str):
            value = _moment_of(value)
        if isinstance(value, datetime):
            return int(value.timestamp() * 1e9)
    return 0


def _moment_of(text: str) -> datetime | None:
    """A date as most places write it, or as web servers do; None for any other text."""
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            return parse(text)
        except ValueError:
            continue
    return None
