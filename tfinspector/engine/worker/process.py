"""One life of the worker's process: its pipes, its end. Knows frames, not what they mean.

All of it is done by one thread, which never blocks on one pipe while another has something to say:
a worker that prints without end, reads nothing, hangs or leaves a child behind that holds a pipe
open can't stop it. POSIX only (`selectors` over pipes, process groups).
"""

import contextlib
import os
import selectors
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from tfinspector.contents.reports import EndReason
from tfinspector.engine.worker.log import WorkerLog
from tfinspector.worker.protocol import Decoder, Frame, ProtocolError, encode

READ_NBYTES = 1 << 16
DRAIN_READS = 64
UNREAPABLE_AFTER_S = 5.0
FOREVER = float("inf")
POLL_S = 0.2  # where the system can't tell of a process's end through a descriptor


class WorkerProcess:
    """A running worker. Methods may be called from any thread; the callbacks come from its own.

    `on_frame` is called for each frame, `on_end` exactly once, last of all, when the process is
    reaped and every descriptor is closed. Raises OSError if the command can't be executed.
    """

    def __init__(
        self,
        words: Sequence[str],
        log: WorkerLog,
        on_frame: Callable[["WorkerProcess", Frame], None],
        on_end: Callable[["WorkerProcess"], None],
    ) -> None:
        self.reason = EndReason.ITSELF
        self.status: int | None = None
        self.garbage = b""
        self._log = log
        self._on_frame = on_frame
        self._on_end = on_end
        self._decoder = Decoder()
        self._lock = threading.Lock()
        self._outgoing: deque[memoryview] = deque()
        self._input_ends = False
        self._limits: dict[EndReason, float] = {}
        self._killed_at = FOREVER
        self._process = subprocess.Popen(
            list(words), bufsize=0, start_new_session=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        self._wake_read, self._wake_write = os.pipe()
        self._pid_descriptor = _pid_descriptor(self._process.pid)
        self._thread = threading.Thread(target=self._run, name="worker-io", daemon=True)

    def begin(self) -> None:
        """Start the thread. Apart from making the object, so that its owner can hold it first."""
        self._thread.start()

    @property
    def pid(self) -> int:
        """Process id of the command (of ssh, say, where the worker is elsewhere)."""
        return self._process.pid

    def send(self, header: dict[str, Any], payloads: Sequence[bytes] = ()) -> None:
        """Queue a frame; it is dropped if the process is gone."""
        self.send_raw(encode(header, payloads))

    def send_raw(self, pieces: Sequence[bytes]) -> None:
        """Queue bytes."""
        with self._lock:
            self._outgoing.extend(memoryview(piece) for piece in pieces if piece)
        self._wake()

    def end_within(self, seconds: float, reason: EndReason) -> None:
        """Kill it for this reason in so many seconds, unless that is called off."""
        with self._lock:
            at = time.monotonic() + seconds
            self._limits[reason] = min(at, self._limits.get(reason, at))
        self._wake()

    def let_live(self, reason: EndReason) -> None:
        """Call `end_within` for this reason off."""
        with self._lock:
            self._limits.pop(reason, None)

    def hang_up(self) -> None:
        """Close its standard input once everything is sent: the polite request to leave."""
        with self._lock:
            self.reason = EndReason.ASKED
            self._input_ends = True
        self._wake()

    def join(self, seconds: float | None = None) -> None:
        """Wait until all is over. Does nothing in the process's own thread (a callback)."""
        if threading.current_thread() is not self._thread and self._thread.ident is not None:
            self._thread.join(seconds)

    def _wake(self) -> None:
        with self._lock:
            if self._wake_write >= 0:
                with contextlib.suppress(BlockingIOError):
                    os.write(self._wake_write, b"!")

    def _run(self) -> None:
        with selectors.DefaultSelector() as selector:
            try:
                self._pump(selector)
            except ProtocolError as error:
                self.reason, self.garbage = EndReason.GARBAGE, error.seen
            except BaseException:  # a callback of ours failed; it must not look like the worker's
                self.reason = EndReason.BROKEN
                raise
            finally:
                self._finish()
                self._on_end(self)

    def _pump(self, selector: selectors.BaseSelector) -> None:
        """Move bytes until the process has ended."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        for pipe in (process.stdin, process.stdout, process.stderr, self._wake_read):
            os.set_blocking(pipe if isinstance(pipe, int) else pipe.fileno(), False)
        os.set_blocking(self._wake_write, False)
        selector.register(process.stdout, selectors.EVENT_READ, self._read_frames)
        selector.register(process.stderr, selectors.EVENT_READ, self._read_log)
        selector.register(self._wake_read, selectors.EVENT_READ, self._slept)
        if self._pid_descriptor >= 0:
            selector.register(self._pid_descriptor, selectors.EVENT_READ, lambda: True)
        while True:
            self._watch_input(selector)
            events = selector.select(self._patience())
            if any(key.fileobj == self._pid_descriptor for key, _ in events) or (
                self._pid_descriptor < 0 and process.poll() is not None
            ):
                self._last_reads()
                return
            for key, _ in events:
                if not key.data():
                    selector.unregister(key.fileobj)
                    if key.fileobj is process.stdout:  # it will not say any more: it has to go
                        self.end_within(1.0, EndReason.SILENT)
            if self._is_overdue():
                return

    def _patience(self) -> float | None:
        with self._lock:
            limit = min(*self._limits.values(), self._killed_at + UNREAPABLE_AFTER_S, FOREVER)
        wait = max(0.0, limit - time.monotonic())
        if self._pid_descriptor < 0:
            wait = min(wait, POLL_S)
        return None if wait == FOREVER else wait

    def _is_overdue(self) -> bool:
        """Kill when it is time to; True if even that had no effect."""
        now = time.monotonic()
        with self._lock:
            due = sorted((at, reason) for reason, at in self._limits.items() if at <= now)
            if due:
                self._limits.clear()
                self.reason = due[0][1]
                self._killed_at = min(self._killed_at, now)
        if due:
            self._kill()
        return now > self._killed_at + UNREAPABLE_AFTER_S

    def _kill(self) -> None:
        """Kill the process and whatever it started in its session."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _watch_input(self, selector: selectors.BaseSelector) -> None:
        """Wait for room in its standard input only while there is something to write."""
        stdin = self._process.stdin
        assert stdin
        if stdin.closed:
            return
        with self._lock:
            wanted, ends = bool(self._outgoing), self._input_ends
        watched = stdin in selector.get_map()
        if wanted and not watched:
            selector.register(stdin, selectors.EVENT_WRITE, self._write)
        elif not wanted and watched:
            selector.unregister(stdin)
        if ends and not wanted:
            stdin.close()

    def _write(self) -> bool:
        assert self._process.stdin
        with self._lock:
            piece = self._outgoing[0]
            try:
                written = os.write(self._process.stdin.fileno(), piece[:READ_NBYTES])
            except BlockingIOError:
                written = 0
            except OSError:  # it closed its input; its end will tell why
                self._outgoing.clear()
                return True
            self._outgoing[0] = piece[written:]
            if not self._outgoing[0]:
                self._outgoing.popleft()
        return True

    def _slept(self) -> bool:
        os.read(self._wake_read, READ_NBYTES)
        return True

    def _read_log(self) -> bool:
        assert self._process.stderr
        data = _read(self._process.stderr.fileno())
        self._log.feed(data or b"")
        return data != b""

    def _read_frames(self) -> bool:
        """What was printed before a frame was sent is in the log before the frame is handled."""
        assert self._process.stdout
        data = _read(self._process.stdout.fileno())
        self._drain_log()
        frames = self._decoder.feed(data or b"")
        self._hear_noise()
        for frame in frames:
            self._on_frame(self, frame)
        return data != b""

    def _hear_noise(self) -> None:
        self._log.feed(bytes(self._decoder.noise))
        self._decoder.noise.clear()

    def _drain_log(self) -> None:
        assert self._process.stderr
        for _ in range(DRAIN_READS):
            data = _read(self._process.stderr.fileno())
            if not data:
                return
            self._log.feed(data)

    def _last_reads(self) -> None:
        """A last answer may have been sent just before the end."""
        for _ in range(DRAIN_READS):
            if not self._read_frames():
                break
        self._drain_log()

    def _finish(self) -> None:
        """Reap, close, and leave nothing behind."""
        self._kill()  # before reaping: until then the number can't belong to anybody else
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.status = self._process.wait(UNREAPABLE_AFTER_S)
        self._drain_log()
        with self._lock:
            for descriptor in (self._wake_read, self._wake_write, self._pid_descriptor):
                if descriptor >= 0:
                    os.close(descriptor)
            self._wake_write = -1
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()


def _read(descriptor: int) -> bytes | None:
    """What is there; b"" at the end of the file, None if there is nothing now."""
    try:
        return os.read(descriptor, READ_NBYTES)
    except BlockingIOError:
        return None


def _pid_descriptor(pid: int) -> int:
    """A descriptor that becomes readable when the process ends; -1 where there is no such thing."""
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):
        return -1
