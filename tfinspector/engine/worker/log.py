"""What the worker prints: shown within bounds, and its last words kept.

A user's code may print without end. Of each chapter (one start, one request) the first
`SHOWN_NBYTES` are shown as they come; after that only a tail is kept, and shown when the chapter
ends together with how much was left out.
"""

import re
import threading
from collections.abc import Callable

from tfinspector.worker.protocol import PACKAGE

SHOWN_NBYTES = 256 << 10
TAIL_NBYTES = 16 << 10
LINE_NBYTES = 4 << 10

# What `faulthandler` adds that tells nobody anything: the worker's frames, all C modules there are.
_OURS = re.compile(rf'  File "({PACKAGE}/|<string>)|Extension modules: ')


class WorkerLog:
    """Takes raw bytes from one thread; `last_words` may be asked by any."""

    def __init__(self, on_line: Callable[[str], None] | None) -> None:
        self._on_line = on_line
        self._lock = threading.Lock()
        self._tail = bytearray()
        self._line = bytearray()
        self._shown = 0
        self._left_out = bytearray()
        self._left_out_nbytes = 0

    def feed(self, data: bytes) -> None:
        """Take what arrived; complete lines are shown."""
        with self._lock:
            self._tail += data
            del self._tail[:-TAIL_NBYTES]
        room = max(0, SHOWN_NBYTES - self._shown)
        self._shown += len(data[:room])
        self._show(data[:room])
        self._leave_out(data[room:])

    def end_chapter(self) -> None:
        """Show what is still held back, and begin with full bounds again."""
        if self._left_out_nbytes:
            hidden = self._left_out_nbytes - len(self._left_out)
            self._show(b"\n" if self._line else b"")
            self._show(f"... {hidden:,} bytes of output left out ...\n".encode() if hidden else b"")
            self._show(bytes(self._left_out))
        if self._line:
            self._show(b"\n")
        self._shown = self._left_out_nbytes = 0
        self._left_out.clear()

    def last_words(self, lines: int = 60) -> str:
        """The last lines that were printed, whether shown or not; without our own frames."""
        with self._lock:
            text = self._tail.decode("utf-8", "replace")
        kept = "\n".join(line for line in text.splitlines() if not _OURS.match(line))
        return "\n".join(kept.rstrip().splitlines()[-lines:])

    def forget(self) -> None:
        """Last words are those of what comes from here on."""
        with self._lock:
            self._tail.clear()

    def _leave_out(self, data: bytes) -> None:
        self._left_out_nbytes += len(data)
        self._left_out += data
        del self._left_out[:-TAIL_NBYTES]

    def _show(self, data: bytes) -> None:
        *lines, rest = (bytes(self._line) + data).split(b"\n")
        while len(rest) > LINE_NBYTES:
            lines.append(rest[:LINE_NBYTES])
            rest = rest[LINE_NBYTES:]
        self._line = bytearray(rest)
        if self._on_line is not None:
            for line in lines:
                self._on_line(line.decode("utf-8", "replace").rstrip("\r"))
