"""`Fingerprint64` of FarmHash, with which TensorFlow seals `variables.index` in `fingerprint.pb`.

Algorithm: `farmhashna::Hash64` of https://github.com/google/farmhash (MIT). TensorFlow:
`tensorflow/cc/saved_model/fingerprinting.cc`, `HashCheckpointIndexFile`. In Python it takes 90 ms
a MiB, and an index of 100,000 variables has about 8 MiB.
"""

import struct

from tfinspector.contents.saved_models import SavedModel
from tfinspector.formats.places.files import open_buffered, status_at

_LARGEST_INDEX = 1 << 26
_MASK = (1 << 64) - 1
_K0, _K1, _K2 = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F
_SEED = 81
_Pair = tuple[int, int]


def index_fingerprint(saved_model: SavedModel) -> int | None:
    """The fingerprint of `variables.index` now; None where it is absent or above 64 MiB."""
    path = f"{saved_model.variables_prefix}.index"
    try:
        if not saved_model.variables_prefix or status_at(path).st_size > _LARGEST_INDEX:
            return None
        with open_buffered(path) as file:
            return fingerprint64(file.read())
    except OSError:  # it is gone: that is told where it is opened
        return None


def fingerprint64(data: bytes) -> int:
    """The 64-bit FarmHash of `data`, as an unsigned integer."""
    length = len(data)
    if length <= 16:
        return _of_16(data)
    if length <= 32:
        return _of_32(data)
    if length <= 64:
        return _of_64(data)
    return _of_more(data)


def _rotated(value: int, bits: int) -> int:
    return ((value >> bits) | (value << (64 - bits))) & _MASK


def _mixed(value: int) -> int:
    return value ^ (value >> 47)


def _word(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 8], "little")


def _joined(one: int, other: int, factor: int) -> int:
    first = _mixed((one ^ other) * factor & _MASK)
    return _mixed((other ^ first) * factor & _MASK) * factor & _MASK


def _of_16(data: bytes) -> int:
    length = len(data)
    if length >= 8:
        factor = (_K2 + length * 2) & _MASK
        first, last = (_word(data, 0) + _K2) & _MASK, _word(data, length - 8)
        one = (_rotated(last, 37) * factor + first) & _MASK
        return _joined(one, (_rotated(first, 25) + last) * factor & _MASK, factor)
    if length >= 4:
        first = int.from_bytes(data[:4], "little")
        last = int.from_bytes(data[-4:], "little")
        return _joined((length + (first << 3)) & _MASK, last, (_K2 + length * 2) & _MASK)
    if length:
        one = data[0] + (data[length >> 1] << 8)
        return _mixed(one * _K2 & _MASK ^ (length + (data[-1] << 2)) * _K0 & _MASK) * _K2 & _MASK
    return _K2


def _of_32(data: bytes) -> int:
    length = len(data)
    factor = (_K2 + length * 2) & _MASK
    a, b = _word(data, 0) * _K1 & _MASK, _word(data, 8)
    c, d = _word(data, length - 8) * factor & _MASK, _word(data, length - 16) * _K2 & _MASK
    one = (_rotated((a + b) & _MASK, 43) + _rotated(c, 30) + d) & _MASK
    return _joined(one, (a + _rotated((b + _K2) & _MASK, 18) + c) & _MASK, factor)


def _of_64(data: bytes) -> int:
    length = len(data)
    factor = (_K2 + length * 2) & _MASK
    a, b = _word(data, 0) * _K2 & _MASK, _word(data, 8)
    c, d = _word(data, length - 8) * factor & _MASK, _word(data, length - 16) * _K2 & _MASK
    y = (_rotated((a + b) & _MASK, 43) + _rotated(c, 30) + d) & _MASK
    z = _joined(y, (a + _rotated((b + _K2) & _MASK, 18) + c) & _MASK, factor)
    e, f = _word(data, 16) * factor & _MASK, _word(data, 24)
    g = (y + _word(data, length - 32)) * factor & _MASK
    h = (z + _word(data, length - 24)) * factor & _MASK
    one = (_rotated((e + f) & _MASK, 43) + _rotated(g, 30) + h) & _MASK
    return _joined(one, (e + _rotated((f + a) & _MASK, 18) + g) & _MASK, factor)


def _of_more(data: bytes) -> int:
    """A state of 56 bytes taken through blocks of 64; the last block overlaps the one before."""
    x, y = (_SEED * _K2 + _word(data, 0)) & _MASK, (_SEED * _K1 + 113) & _MASK
    z = _mixed((y * _K2 + 113) & _MASK) * _K2 & _MASK
    v: _Pair = (0, 0)
    w: _Pair = (0, 0)
    length = len(data)
    for at in range(0, (length - 1) // 64 * 64, 64):
        q = struct.unpack_from("<8Q", data, at)
        x = _rotated((x + y + v[0] + q[1]) & _MASK, 37) * _K1 & _MASK ^ w[1]
        y = (_rotated((y + v[1] + q[6]) & _MASK, 42) * _K1 + v[0] + q[5]) & _MASK
        z = _rotated((z + w[0]) & _MASK, 33) * _K1 & _MASK
        v = _weak(q[:4], v[1] * _K1 & _MASK, (x + w[0]) & _MASK)
        w = _weak(q[4:], (z + w[1]) & _MASK, (y + q[2]) & _MASK)
        z, x = x, z
    factor = (_K1 + ((z & 0xFF) << 1)) & _MASK
    q = struct.unpack_from("<8Q", data, length - 64)
    w = ((w[0] + (length - 1 & 63)) & _MASK, w[1])
    v = ((v[0] + w[0]) & _MASK, v[1])
    w = ((w[0] + v[0]) & _MASK, w[1])
    x = _rotated((x + y + v[0] + q[1]) & _MASK, 37) * factor & _MASK ^ w[1] * 9 & _MASK
    y = (_rotated((y + v[1] + q[6]) & _MASK, 42) * factor + v[0] * 9 + q[5]) & _MASK
    z = _rotated((z + w[0]) & _MASK, 33) * factor & _MASK
    v = _weak(q[:4], v[1] * factor & _MASK, (x + w[0]) & _MASK)
    w = _weak(q[4:], (z + w[1]) & _MASK, (y + q[2]) & _MASK)
    z, x = x, z
    one = (_joined(v[0], w[0], factor) + _mixed(y) * _K0 + z) & _MASK
    return _joined(one, (_joined(v[1], w[1], factor) + x) & _MASK, factor)


def _weak(words: tuple[int, ...], a: int, b: int) -> _Pair:
    """Hash of 32 bytes into the pair (a, b), as `WeakHashLen32WithSeeds`."""
    a = (a + words[0]) & _MASK
    b = _rotated((b + a + words[3]) & _MASK, 21)
    c = (a + words[1] + words[2]) & _MASK
    return (c + words[3]) & _MASK, (b + _rotated(c, 44) + a) & _MASK
