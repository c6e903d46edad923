"""Frames between the engine and the worker: the only file of this room that the engine imports.

One frame is

    4 bytes   MAGIC
    4 bytes   length of the header, unsigned big-endian
    n bytes   header: a JSON object in ASCII; `payloads`, if there, lists the lengths of
    ...       the raw payloads that follow

From the engine: `{"id": 1, "method": "load", "params": {...}}` and `{"cancel": 1}`.
From the worker: `{"event": "hello", ...}` once it runs, `{"event": "ready", "about": {...}}` once
TensorFlow is imported (or is found missing), `{"id": 1, "progress": [done, total, text]}`, and for
each request exactly one of `{"id": 1, "result": {...}}`, `{"id": 1, "error": {...}}`,
`{"id": 1, "cancelled": true}`.

Both sides decode with the same `Decoder`, which never blocks: it is fed what has arrived.
"""

import json
import struct
from typing import Any, Dict, List, NamedTuple, Sequence, Tuple

MAGIC = b"\x93TFI"
PACKAGE = "tfinspector_worker"  # the name this package has over there
MAX_HEADER_NBYTES = 1 << 29
MAX_PAYLOAD_NBYTES = 1 << 36

_PREFIX = struct.Struct(">4sI")


class ProtocolError(Exception):
    """What came is not a frame; `seen` holds the first bytes of it."""

    def __init__(self, reason: str, seen: bytes) -> None:
        super().__init__(reason)
        self.seen = seen


class Frame(NamedTuple):
    """One message: a JSON object and the raw bytes that came with it."""

    header: Dict[str, Any]
    payloads: Tuple[bytes, ...] = ()


def encode(header: Dict[str, Any], payloads: Sequence[bytes] = ()) -> List[bytes]:
    """The frame as pieces to write one after the other (payloads are not copied)."""
    if payloads:
        header = dict(header, payloads=[len(payload) for payload in payloads])
    text = json.dumps(header, separators=(",", ":")).encode("ascii")
    return [_PREFIX.pack(MAGIC, len(text)) + text, *payloads]


class Decoder:
    """Turns arriving bytes into frames.

    Before the first frame anything may come (a login message of a remote shell, a banner of a
    wrapper): it is collected in `noise`. After it only frames may come.
    """

    def __init__(self) -> None:
        self.noise = bytearray()
        self._buffer = bytearray()
        self._synchronised = False
        self._header: Dict[str, Any] = {}
        self._lengths: List[int] = []
        self._in_payloads = False

    def feed(self, data: bytes) -> List[Frame]:
        """The frames that `data` completes. Raises ProtocolError."""
        self._buffer += data
        frames: List[Frame] = []
        while self._advance(frames):
            pass
        return frames

    def _advance(self, frames: List[Frame]) -> bool:
        if self._in_payloads:
            return self._take_payloads(frames)
        if not self._synchronised and not self._skip_noise():
            return False
        return self._take_header()

    def _skip_noise(self) -> bool:
        at = self._buffer.find(MAGIC)
        held = next((n for n in (3, 2, 1) if self._buffer.endswith(MAGIC[:n])), 0)
        cut = at if at >= 0 else len(self._buffer) - held
        self.noise += self._buffer[:cut]
        del self._buffer[:cut]
        self._synchronised = at >= 0
        return self._synchronised

    def _take_header(self) -> bool:
        if not self._buffer:
            return False
        head = bytes(self._buffer[: _PREFIX.size])
        if not MAGIC.startswith(head[: len(MAGIC)]):
            raise ProtocolError("bytes that are no frame", bytes(self._buffer[:200]))
        if len(head) < _PREFIX.size:
            return False
        length = _PREFIX.unpack(head)[1]
        if length > MAX_HEADER_NBYTES:
            raise ProtocolError("a frame that is too long", bytes(self._buffer[:200]))
        end = _PREFIX.size + length
        if len(self._buffer) < end:
            return False
        self._header, self._lengths = self._parse(bytes(self._buffer[_PREFIX.size : end]))
        del self._buffer[:end]
        self._in_payloads = True
        return True

    @staticmethod
    def _parse(text: bytes) -> Tuple[Dict[str, Any], List[int]]:
        try:
            header = json.loads(text)
        except ValueError as error:
            raise ProtocolError("a frame whose header is not JSON", text[:200]) from error
        lengths = header.pop("payloads", []) if isinstance(header, dict) else None
        if not isinstance(lengths, list) or not all(
            isinstance(length, int) and 0 <= length <= MAX_PAYLOAD_NBYTES for length in lengths
        ):
            raise ProtocolError("a frame whose header makes no sense", text[:200])
        return header, lengths

    def _take_payloads(self, frames: List[Frame]) -> bool:
        if len(self._buffer) < sum(self._lengths):
            return False
        payloads = []
        for length in self._lengths:
            payloads.append(bytes(self._buffer[:length]))
            del self._buffer[:length]
        frames.append(Frame(self._header, tuple(payloads)))
        self._in_payloads = False
        return True
