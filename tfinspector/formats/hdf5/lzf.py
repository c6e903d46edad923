"""Undoes LZF, which h5py packs with where it is asked to be fast.

The format is that of LibLZF (`lzf_d.c`): a byte below 32 begins a run of literals; any other has
the length of a repetition in its upper three bits, and with the byte that follows how far back.
"""

from tfinspector.formats.hdf5.file_bytes import Broken

_LITERALS = 32
_LONG = 7


def expand(data: bytes, most: int) -> bytes:
    """The unpacked bytes; raises `Broken` where they are no LZF or would be more than `most`."""
    out = bytearray()
    at = 0
    try:
        while at < len(data):
            control = data[at]
            at += 1
            if control < _LITERALS:
                out += data[at : at + control + 1]
                at += control + 1
            else:
                nbytes = control >> 5
                if nbytes == _LONG:
                    nbytes += data[at]
                    at += 1
                back = ((control & 31) << 8 | data[at]) + 1
                at += 1
                _repeat(out, back, nbytes + 2)
            if len(out) > most:
                raise Broken("a chunk of it unpacks to more than it should")
    except IndexError:
        raise Broken("a chunk of it can't be unpacked: its end is missing") from None
    return bytes(out)


def _repeat(out: bytearray, back: int, nbytes: int) -> None:
    """Appends what begins so far back; it may reach into what is being appended."""
    start = len(out) - back
    if start < 0:
        raise Broken("a chunk of it can't be unpacked: it refers to what is before its beginning")
    piece = bytes(out[start : start + nbytes])
    out += (piece * -(-nbytes // back))[:nbytes]
