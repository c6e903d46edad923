"""Answers requests: one thread listens, the main thread works.

TensorFlow and user code run in the main thread only, where Python expects signals, so that a
cancel can interrupt it: the listener sends this process SIGINT and the handler raises
`Interrupted` if the request that is running is the one to be cancelled. Code that does not return
to the interpreter can't be interrupted so; the engine then kills the process.
"""

import os
import queue
import signal
import sys
import threading
import time
from contextlib import suppress
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Set, Tuple

from .failures import describe
from .leaving import end_if_forked
from .protocol import Frame, ProtocolError
from .streams import Answers, receive

LINGER_S = 2.0
PROGRESS_EVERY_S = 0.05

Payloads = Sequence[bytes]


class Interrupted(KeyboardInterrupt):
    """The running request was cancelled."""


class Context:
    """What a method may use while it answers one request."""

    def __init__(self, answers: Answers, request: int, payloads: Payloads, gone: Set[int]) -> None:
        self.payloads = payloads
        self._gone = gone
        self.attached: List[bytes] = []
        self._answers = answers
        self._request = request
        self._next = 0.0

    def report(self, done: int, total: int, text: str) -> None:
        """Tell how far the work is; more often than 20 times a second is not sent."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + PROGRESS_EVERY_S
            self._answers.send({"id": self._request, "progress": [done, total, text]})
        if self._request in self._gone:
            raise Interrupted

    def attach(self, data: bytes) -> int:
        """Send raw bytes along with the result; the number to refer to them by."""
        self.attached.append(data)
        return len(self.attached) - 1


Method = Callable[[Dict[str, Any], Context], Dict[str, Any]]


class Server:
    """Serves `methods` until the other side hangs up."""

    def __init__(self, requests: int, answers: Answers, methods: Mapping[str, Method]) -> None:
        self._requests = requests
        self._answers = answers
        self._methods = methods
        self._waiting: "queue.Queue[Optional[Frame]]" = queue.Queue()
        self._current: Optional[int] = None
        self._cancelled: Set[int] = set()
        self._done = threading.Event()

    def listen(self) -> None:
        """Begin to take requests. Must be called in the main thread, which `serve` also needs."""
        signal.signal(signal.SIGINT, self._on_interrupt)
        threading.Thread(target=self._listen, name="listener", daemon=True).start()

    def serve(self) -> None:
        """Answer one request after the other."""
        while True:
            frame = self._waiting.get()
            if frame is None:
                self._done.set()
                return
            self._answer(frame)

    def _listen(self) -> None:
        try:
            receive(self._requests, self._take)
        except (OSError, ProtocolError) as error:
            sys.stderr.write("tfinspector's worker: can't read requests: %s\n" % error)
        # Nobody is there any more: stop what runs, and do not outlive it for long.
        self._waiting.put(None)
        current = self._current
        if current is not None:
            self._cancel(current)
        if not self._done.wait(LINGER_S):
            os._exit(0)

    def _take(self, frame: Frame) -> None:
        if "cancel" in frame.header:
            self._cancel(frame.header["cancel"])
        else:
            self._waiting.put(frame)

    def _cancel(self, request: int) -> None:
        self._cancelled.add(request)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    def _on_interrupt(self, *_: Any) -> None:
        if self._current in self._cancelled and not self._answers.sending:
            raise Interrupted

    def _answer(self, frame: Frame) -> None:
        request = frame.header["id"]
        reply, payloads = {}, ()  # type: Tuple[Dict[str, Any], Payloads]
        try:
            try:
                self._current = request
                if request in self._cancelled:
                    raise Interrupted
                reply, payloads = self._run(frame)
            finally:
                self._current = None
        except Interrupted:
            reply, payloads = {"cancelled": True}, ()
        except BaseException as error:  # noqa: BLE001 - user code may raise anything; it is relayed
            reply, payloads = {"error": describe(error)}, ()
        end_if_forked()
        self._cancelled.discard(request)
        self._flush()
        self._answers.send(dict(reply, id=request), payloads)

    def _run(self, frame: Frame) -> Tuple[Dict[str, Any], Payloads]:
        context = Context(self._answers, frame.header["id"], frame.payloads, self._cancelled)
        method = self._methods[frame.header["method"]]
        result = method(frame.header.get("params", {}), context)
        return {"result": result}, context.attached

    @staticmethod
    def _flush() -> None:
        for stream in (sys.stdout, sys.stderr):
            # User code may have closed or replaced it; then there is nothing of ours in it.
            with suppress(OSError, ValueError, AttributeError):
                stream.flush()
