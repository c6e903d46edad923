"""Files on other machines, read through fsspec: only the bytes that are asked for.

Small reads share a window of the file, for neighbours are asked for next. Requests that fail for a
passing reason are repeated a few times.
"""

import errno
import io
import os
import stat
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import cache
from typing import Any, Self, TypeVar

from tfinspector.contents.passwords import masked
from tfinspector.formats.places.remote_status import RemoteEntry, RemoteStatus, status_of_info
from tfinspector.formats.places.remote_systems import file_system

Answer = TypeVar("Answer")

WINDOW_NBYTES = 1 << 18  # read at a time where less is asked for: neighbours are asked for next
_MOST_WINDOWS = 32
_ATTEMPTS = 4
_FIRST_PAUSE_S = 0.25  # doubled after each attempt
_LASTING = (FileNotFoundError, PermissionError, IsADirectoryError, NotADirectoryError)
_LASTING_ERRNO = frozenset({errno.ENOENT, errno.EACCES, errno.EPERM, errno.EISDIR, errno.ENOTDIR})


class RemotePlace:
    """One file system of fsspec. Raises `OSError` as the local one does. Thread-safe.

    URLs come without a password; where `root` has one, it is put back into what is asked.
    """

    def __init__(self, root: str, pause: Callable[[float], None] = time.sleep) -> None:
        self._fs = file_system(root)
        self._root = root if masked(root) != root else ""
        self._pause = pause
        self._lock = threading.Lock()
        self._windows: OrderedDict[tuple[str, RemoteStatus, int], bytes] = OrderedDict()

    def status(self, url: str) -> RemoteStatus:
        """Size, kind and time of the file or directory."""
        self._fs.invalidate_cache()
        return status_of_info(self._asked(url, lambda: self._fs.info(self._real(url))))

    def is_directory(self, url: str) -> bool:
        """Whether it is a directory; to a web server, one is a page of links."""
        self._fs.invalidate_cache()
        try:
            info = self._asked(url, lambda: self._fs.info(self._real(url)))
        except FileNotFoundError:
            return False
        return info.get("type") == "directory" or str(info.get("mimetype")).startswith("text/html")

    def entries(self, url: str) -> list[RemoteEntry]:
        """What lies in a directory."""
        self._fs.invalidate_cache()
        found = self._asked(url, lambda: self._fs.ls(self._real(url), detail=True))
        names = [(str(one["name"]).rstrip("/").rpartition("/")[2], one) for one in found]
        base = url.rstrip("/")
        return [self._entry(name, f"{base}/{name}", one) for name, one in names if name]

    def names_below(self, url: str) -> list[str]:
        """The paths of all files below a directory, relative to it, sorted."""
        try:
            found: list[str] = self._asked(url, lambda: self._fs.find(self._real(url)))
        except FileNotFoundError:
            return []
        own = str(self._fs._strip_protocol(self._real(url))).rstrip("/") + "/"
        return sorted(name.removeprefix(own) for name in found if name.startswith(own))

    def _entry(self, name: str, url: str, info: dict[str, Any]) -> RemoteEntry:
        """An entry; a web server's page of links has no sizes, so each is asked for."""
        if info.get("size") is None and info.get("type") != "directory":
            info = self._asked(url, lambda: self._fs.info(self._real(url)))
        return RemoteEntry(name, url, status_of_info(info))

    def read(self, url: str, status: RemoteStatus, offset: int, nbytes: int) -> bytes:
        """The bytes at `offset`, fewer at the end of the file. Small reads share a window."""
        stop = min(offset + nbytes, status.st_size)
        if stop - offset > WINDOW_NBYTES:
            return self._fetch(url, offset, stop)
        parts = []
        while offset < stop:
            start = offset - offset % WINDOW_NBYTES
            window = self._window(url, status, start)
            part = window[offset - start : stop - start]
            if not part:
                break
            parts.append(part)
            offset += len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _window(self, url: str, status: RemoteStatus, start: int) -> bytes:
        name = (url, status, start)
        with self._lock:
            if name in self._windows:
                self._windows.move_to_end(name)
                return self._windows[name]
        window = self._fetch(url, start, min(start + WINDOW_NBYTES, status.st_size))
        with self._lock:
            self._windows[name] = window
            while len(self._windows) > _MOST_WINDOWS:
                self._windows.popitem(last=False)
        return window

    def _fetch(self, url: str, start: int, stop: int) -> bytes:
        real = self._real(url)
        data = bytes(self._asked(url, lambda: self._fs.cat_file(real, start=start, end=stop)))
        if len(data) > stop - start:  # a plain web server that knows no parts and sends the whole
            return data[start:stop]
        return data

    def _real(self, url: str) -> str:
        """The URL with the password that it was given with."""
        if not self._root:
            return url
        _, slash, path = url.partition("://")[2].partition("/")
        return f"{self._root}{slash}{path}"

    def _asked(self, url: str, request: Callable[[], Answer]) -> Answer:
        """The answer to a request, which is repeated if it fails for a reason that may pass."""
        pause = _FIRST_PAUSE_S
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return request()
            except _LASTING as error:
                raise _without_password(error) from None
            except Exception as error:
                if attempt == _ATTEMPTS or _is_lasting(error):
                    raise _as_os_error(url, error, attempt) from error
            self._pause(pause)
            pause *= 2
        raise AssertionError("the last attempt returns or raises")


class RemoteFile(io.RawIOBase):
    """A remote file that reads like `io.FileIO`; `status` is how it was when it was opened."""

    def __init__(self, place: RemotePlace, url: str) -> None:
        self._place = place
        self._url = url
        self._position = 0
        self.status = place.status(url)
        if stat.S_ISDIR(self.status.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), url)

    def __enter__(self) -> Self:
        return self

    def readable(self) -> bool:
        """True."""
        return True

    def seekable(self) -> bool:
        """True."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Moves to a position; reads nothing."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self.status.st_size}
        self._position = start[whence] + offset
        return self._position

    def readall(self) -> bytes:
        """The rest of the file, in one request."""
        data = self._place.read(self._url, self.status, self._position, self.status.st_size)
        self._position += len(data)
        return data

    def tell(self) -> int:
        """The position."""
        return self._position

    def readinto(self, buffer: Any) -> int:
        """Fills the buffer as far as the file goes; how many bytes that were."""
        target = memoryview(buffer).cast("B")
        data = self._place.read(self._url, self.status, self._position, len(target))
        target[: len(data)] = data
        self._position += len(data)
        return len(data)


@cache
def place_of(root: str) -> RemotePlace:
    """The place of all URLs that begin so: a scheme with the host or bucket behind it.

    Raises `Unreadable` as `file_system` does.
    """
    return RemotePlace(root)


def _is_lasting(error: Exception) -> bool:
    """Whether asking again is no use: not there, not allowed, or no such kind of request."""
    status = getattr(error, "status", None) or getattr(error, "code", None)
    if isinstance(status, int):
        return 400 <= status < 500 and status not in (408, 425, 429)
    return isinstance(error, OSError) and error.errno in _LASTING_ERRNO


def _as_os_error(url: str, error: Exception, attempts: int) -> OSError:
    times = f" (asked {attempts} times)" if attempts > 1 else ""
    if isinstance(error, OSError) and error.errno in _LASTING_ERRNO:
        return _without_password(error)
    return OSError(errno.EIO, f"{masked(str(error)) or type(error).__name__}{times}", url)


def _without_password(error: OSError) -> OSError:
    """The error; one like it where its text has the URL with its password."""
    text = str(error)
    return error if masked(text) == text else type(error)(error.errno, masked(text))
