"""Whether text needs no care, one look at all of it: names of variables rarely do."""

import numpy as np

_FIRST, _LAST = ord(" "), ord("~")


def is_plain(text: str) -> bool:
    """Whether the text is printable ASCII. NumPy looks at 20 bytes in the time of one character."""
    if not text.isascii():
        return False
    octets = np.frombuffer(text.encode() or b" ", np.uint8)
    return bool(octets.min() >= _FIRST and octets.max() <= _LAST)
