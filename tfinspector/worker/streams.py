"""Keeps the protocol apart from everything else that reads or writes in this process.

After `take_over()` the frames go over private copies of descriptors 0 and 1. Descriptor 0 is the
null device, so that user code that asks for input gets an end of file instead of our requests.
Descriptor 1 goes where 2 goes, the log, so that no print, no C++ library and no child process
can write into a frame. A child that user code forks gets copies of the private ones: in it they
lead nowhere (see `leaving`).
"""

import os
import sys
import threading
from typing import Any, Callable, Dict, List, Sequence, Tuple

from .leaving import mute_in_children
from .protocol import Decoder, Frame, encode


def take_over() -> Tuple[int, int]:
    """Descriptors for requests and answers; 0 and 1 are redirected. Call once, first of all."""
    requests, answers = os.dup(0), os.dup(1)  # not inherited by programs that are started
    mute_in_children(requests, answers)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - stays open
    return requests, answers


class Answers:
    """Writes frames; whole ones, whichever thread they come from."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lock = threading.Lock()
        self.sending = False  # an interrupt must wait: half a frame would be the end of us

    def send(self, header: Dict[str, Any], payloads: Sequence[bytes] = ()) -> None:
        """Write one frame. Raises OSError when the other side is gone."""
        pieces: List[bytes] = encode(header, payloads)
        self.sending = True
        try:
            with self._lock:
                for piece in pieces:
                    view = memoryview(piece).cast("B")
                    while view:
                        view = view[os.write(self._descriptor, view[: 1 << 20]) :]
        finally:
            self.sending = False


def receive(descriptor: int, take: Callable[[Frame], None]) -> None:
    """Hand every frame that arrives to `take`; returns when the other side closes."""
    decoder = Decoder()
    while True:
        data = os.read(descriptor, 1 << 16)
        if not data:
            return
        for frame in decoder.feed(data):
            take(frame)
