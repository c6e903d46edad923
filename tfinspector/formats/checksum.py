"""CRC32C as TensorFlow stores it: masked.

Source: `tsl/lib/hash/crc32c.h`. The library is loaded on first use, with hardware instructions.
"""

_DELTA = 0xA282EAD8
_BITS = 0xFFFFFFFF


def crc32c(data: object, value: int = 0) -> int:
    """CRC32C (Castagnoli) of any contiguous buffer, continued from `value`, not masked."""
    from crc32c import crc32c as compute

    return int(compute(data, value))


def mask(crc: int) -> int:
    """The form in files: a CRC of bytes that hold CRCs would otherwise be weak."""
    return ((crc >> 15 | crc << 17) + _DELTA) & _BITS


def unmask(masked: int) -> int:
    """The CRC32C that was masked."""
    rotated = (masked - _DELTA) & _BITS
    return (rotated >> 17 | rotated << 15) & _BITS
