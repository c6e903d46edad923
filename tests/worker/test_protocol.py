"""Frames: whatever way the bytes are cut, and whatever comes that is none."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfinspector.worker.protocol import (
    MAGIC,
    MAX_HEADER_NBYTES,
    Decoder,
    Frame,
    ProtocolError,
    encode,
)

HEADERS = st.dictionaries(
    st.text(), st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists)
).map(lambda header: {k: v for k, v in header.items() if k != "payloads"})
FRAMES = st.lists(st.builds(Frame, HEADERS, st.lists(st.binary()).map(tuple)), max_size=5)


def raw(frames: list[Frame]) -> bytes:
    return b"".join(b"".join(encode(*frame)) for frame in frames)


@given(FRAMES, st.lists(st.integers(1, 50)))
def test_frames_survive_any_cut(frames: list[Frame], cuts: list[int]) -> None:
    data, decoder, found = raw(frames), Decoder(), []
    for cut in cuts:
        found += decoder.feed(data[:cut])
        data = data[cut:]
    found += decoder.feed(data)
    assert found == frames
    assert not decoder.noise


def _may_begin(noise: bytes) -> bool:
    return any(noise.endswith(MAGIC[:count]) for count in (1, 2, 3))


@given(st.binary().filter(lambda noise: MAGIC not in noise and not _may_begin(noise)))
def test_what_comes_before_the_first_frame_is_noise(noise: bytes) -> None:
    decoder, frame = Decoder(), Frame({"a": 1})
    found = []
    for byte in noise:
        assert decoder.feed(bytes([byte])) == []
    assert decoder.noise == noise  # nothing is held back that can't be a frame's beginning
    for byte in raw([frame]):
        found += decoder.feed(bytes([byte]))
    assert found == [frame]
    assert decoder.noise == noise


@given(st.binary())
def test_garbage_is_noise_or_an_error_and_nothing_else(data: bytes) -> None:
    for start in (b"", raw([Frame({})])):
        with contextlib.suppress(ProtocolError):
            Decoder().feed(start + data)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"hello", "no frame"),
        (MAGIC + (MAX_HEADER_NBYTES + 1).to_bytes(4, "big"), "too long"),
        (MAGIC + b"\0\0\0\5hello", "not JSON"),
        (MAGIC + b"\0\0\0\2[]", "makes no sense"),
        (MAGIC + b"\0\0\0\x11" + b'{"payloads":[-1]}', "makes no sense"),
        (MAGIC + b"\0\0\0\x10" + b'{"payloads":"a"}', "makes no sense"),
    ],
)
def test_after_the_first_frame_only_frames_may_come(data: bytes, words: str) -> None:
    decoder = Decoder()
    decoder.feed(raw([Frame({})]))
    with pytest.raises(ProtocolError, match=words) as caught:
        decoder.feed(data)
    assert caught.value.seen


def test_payloads_are_not_copied_before_they_are_written() -> None:
    payload = bytes(1000)
    assert encode({}, [payload])[1] is payload
