r"""The text file `checkpoint` in a run's directory: which snapshots there are, which is the last.

It is the text form of `CheckpointState` (`tensorflow/python/training/checkpoint_state.proto`):
model_checkpoint_path, all_model_checkpoint_paths (oldest first), all_model_checkpoint_timestamps
(seconds since the epoch, parallel), last_preserved_timestamp. Read by hand after protobuf's text
format: strings in either quote, next to one another they join, C escapes with octal bytes
("\303\247" is "ç"), `#` comments, lists in brackets, unknown fields of any shape.
"""

import os
import re
from typing import NamedTuple

from tfinspector.contents.checkpoints import StateFile
from tfinspector.formats.places.files import open_file

STATE_FILE_NAME = "checkpoint"
_MOST_NBYTES = 16 << 20
_TOKEN = re.compile(
    rb"""(?P<space>\s+|\#[^\n]*)
    |(?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<word>[A-Za-z_][\w./]*)
    |(?P<number>[-+]?(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)[fF]?)
    |(?P<mark>[:{}\[\]<>,;-])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(
    rb"\\(x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{1,3}|.)", re.DOTALL
)
_SIMPLE = {
    b"n": b"\n",
    b"t": b"\t",
    b"r": b"\r",
    b"a": b"\a",
    b"b": b"\b",
    b"f": b"\f",
    b"v": b"\v",
}


class _Token(NamedTuple):
    kind: str
    value: bytes
    at: int


class _Bad(ValueError):
    """The text is no text format; the message says where."""


def read_state_file(path: str) -> StateFile:
    """What the state file at `path` says. Never raises: see `StateFile.problem`."""
    try:
        with open_file(path) as file:
            data = file.read(_MOST_NBYTES + 1)
    except OSError as error:
        return StateFile(path, "", (), (), f"can't be read: {error.strerror or error}")
    if len(data) > _MOST_NBYTES:
        return StateFile(path, "", (), (), f"is no state file: more than {_MOST_NBYTES >> 20} MiB")
    return parse_state_file(path, data)


def parse_state_file(path: str, data: bytes) -> StateFile:
    """The state that `data` writes; what stands before an error is kept."""
    fields: dict[str, list[bytes]] = {}
    problem = ""
    try:
        _parse(_tokens(data), fields)
    except _Bad as error:
        problem = str(error)
    paths = tuple([_text(value) for value in fields.get("all_model_checkpoint_paths", [])])
    latest = [_text(value) for value in fields.get("model_checkpoint_path", [])]
    stamps = [_number(value) for value in fields.get("all_model_checkpoint_timestamps", [])]
    if not problem and not latest and not paths:
        problem = "names no checkpoint"
    return StateFile(
        path,
        latest[-1] if latest else "",
        paths,
        tuple([stamp for stamp in stamps if stamp is not None]),
        problem,
    )


def resolve(state_path: str, written: str) -> str:
    """The prefix that a path in the state file means: relative ones to the file's directory."""
    return os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(state_path)), written))


def looks_like_state_file(start: bytes) -> bool:
    """Whether a file that begins with `start` is a state file, whatever it is called."""
    return re.match(rb"(?:\s|#[^\n]*\n)*(all_)?model_checkpoint_paths?\s*:", start) is not None


def _tokens(data: bytes) -> list[_Token]:
    tokens: list[_Token] = []
    position = 0
    if data.startswith(b"\xef\xbb\xbf"):
        position = 3
    while position < len(data):
        match = _TOKEN.match(data, position)
        if match is None:
            raise _Bad(_where(data, position))
        if match.lastgroup != "space":
            tokens.append(_Token(match.lastgroup or "", match[0], position))
        position = match.end()
    return tokens


def _parse(tokens: list[_Token], fields: dict[str, list[bytes]]) -> None:
    """Collect the values of the top level's fields; unknown messages are stepped over."""
    position = 0
    depth = 0
    name = ""
    while position < len(tokens):
        kind, value, at = tokens[position]
        position += 1
        if value in (b"{", b"<"):
            depth += 1
            name = ""
        elif value in (b"}", b">"):
            depth -= 1
            name = ""
            if depth < 0:
                raise _Bad(f"is broken at byte {at}: a message ends that did not begin")
        elif depth:
            continue
        elif kind == "string":
            whole = _unescape(value[1:-1])
            while position < len(tokens) and tokens[position].kind == "string":
                whole += _unescape(tokens[position].value[1:-1])
                position += 1
            _keep(fields, name, whole, at)
        elif kind == "word":
            ahead = tokens[position].value if position < len(tokens) else b""
            if ahead in (b":", b"{", b"<"):
                name = value.decode()
            else:
                _keep(fields, name, value, at)
        elif kind == "number":
            _keep(fields, name, value, at)
    if depth:
        raise _Bad("breaks off inside a message")


def _keep(fields: dict[str, list[bytes]], name: str, value: bytes, at: int) -> None:
    if not name:
        raise _Bad(f"is broken at byte {at}: a value without a name")
    fields.setdefault(name, []).append(value)


def _unescape(raw: bytes) -> bytes:
    if b"\\" not in raw:
        return raw
    return _ESCAPE.sub(_one_escape, raw)


def _one_escape(match: "re.Match[bytes]") -> bytes:
    code = match[1]
    if code[:1] in b"01234567":
        return bytes([int(code, 8) & 0xFF])
    if code[:1] == b"x" and len(code) > 1:
        return bytes([int(code[1:], 16)])
    if code[:1] in b"uU" and len(code) > 1:
        point = int(code[1:], 16)
        return chr(point).encode("utf-8", "replace") if point <= 0x10FFFF else b"?"
    return _SIMPLE.get(code, code)


def _text(value: bytes) -> str:
    return value.decode("utf-8", "surrogateescape")


def _number(value: bytes) -> float | None:
    try:
        return float(value.rstrip(b"fF") if not value.startswith((b"0x", b"0X")) else value)
    except ValueError:
        return None


def _where(data: bytes, position: int) -> str:
    line = data.count(b"\n", 0, position) + 1
    return f"is no text that TensorFlow could read: line {line} is not understood"
