"""How numbers, sizes, shapes and times are written on screen (`look.md`).

One place, so that a figure reads the same in the tree, in the inspector and in a finding. What
is copied or exported keeps full precision: `exact`.
"""

import math
from collections.abc import Sequence
from datetime import datetime

MINUS = "−"
THIN_SPACE = " "

_DIGITS = 4
_LEAST_PLAIN, _GREATEST_PLAIN = 1e-3, 1e4
_GREATEST_WHOLE = 1e6
_MINUTE, _HOUR, _DAY, _MONTH = 60, 3600, 86_400, 30 * 86_400


def four(value: float) -> str:
    """Four significant digits: "0.01234", "1234", "1.234e-07"; "NaN", "∞", "−∞".

    Whole numbers up to six digits, such as steps and token ids, are written in full.
    """
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    if value == 0:
        return "0"
    if value == int(value) and abs(value) < _GREATEST_WHOLE:
        return f"{int(value)}".replace("-", MINUS)
    rounded = float(f"{value:.{_DIGITS - 1}e}")
    size = abs(rounded)
    if _LEAST_PLAIN <= size < _GREATEST_PLAIN:
        decimals = max(0, _DIGITS - 1 - math.floor(math.log10(size)))
        text = f"{rounded:.{decimals}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    else:
        mantissa, exponent = f"{value:.{_DIGITS - 1}e}".split("e")
        mantissa = mantissa.rstrip("0").rstrip(".")
        text = f"{mantissa}e{int(exponent):+03d}"
    return text.replace("-", MINUS, 1) if text.startswith("-") else text


def exact(value: float) -> str:
    """The shortest text that reads back as the same number, for copies, exports and hover."""
    if isinstance(value, int):
        return str(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return repr(float(value))


def percent(part: int, whole: int) -> str:
    """`part` of `whole` in percent, without the sign: "0", "12.5", "<0.01", ">99.99"."""
    if whole == 0 or part == 0:
        return "0"
    if part == whole:
        return "100"
    value = 100 * part / whole
    if value < 0.01:
        return "<0.01"
    if value > 99.99:
        return ">99.99"
    return f"{value:.2f}".rstrip("0").rstrip(".")


def whole(count: int) -> str:
    """A count, exactly: "1,234,567"."""
    return f"{count:,}".replace("-", MINUS)


def count(number: int) -> str:
    """A count as a person says it: "1,234", "1.23 M", "7.5 B". Below 1,000,000 it is exact."""
    for size, unit in ((10**12, "T"), (10**9, "B"), (10**6, "M")):
        if abs(number) >= size:
            return f"{number / size:.3g} {unit}"
    return whole(number)


def counted(number: int, one: str, many: str = "") -> str:
    """ "1 key", "3 keys"; `many` where more than an s is added: "1 key is", "3 keys are"."""
    return f"{whole(number)} {one if number == 1 else many or one + 's'}"


def count_of(number: int, one: str) -> str:
    """ "1 value", "8.4 M values": a count as a person says it, of what."""
    return f"{count(number)} {one if number == 1 else one + 's'}"


def size(nbytes: int) -> str:
    """Bytes in decimal units: "512 B", "12.4 MB"."""
    if nbytes < 1000:
        return f"{nbytes} B"
    value = float(nbytes)
    for unit in ("kB", "MB", "GB", "TB", "PB"):
        value /= 1000
        if value < 999.5 or unit == "PB":
            break
    return f"{value:.3g} {unit}"


def shape(axes: Sequence[int | None] | None) -> str:
    """ "64 x 3 x 3", "scalar", "? x 4", "unknown rank"."""
    if axes is None:
        return "unknown rank"
    if not axes:
        return "scalar"
    return " x ".join("?" if axis is None else str(axis) for axis in axes)


def moment(seconds: float) -> str:
    """A time exactly, in the local zone: "2026-03-04 15:06:07"."""
    return datetime.fromtimestamp(seconds).strftime("%Y-%m-%d %H:%M:%S")


def ago(seconds: float, now: float) -> str:
    """A time as a person says it: "just now", "3 min ago", "2 h ago", "5 days ago"."""
    passed = now - seconds
    if passed < _MINUTE:
        return "just now"
    if passed < _HOUR:
        return f"{int(passed // _MINUTE)} min ago"
    if passed < _DAY:
        return f"{int(passed // _HOUR)} h ago"
    if passed < _MONTH:
        days = int(passed // _DAY)
        return f"{days} day{'s' if days > 1 else ''} ago"
    return datetime.fromtimestamp(seconds).strftime("%Y-%m-%d")


def duration(seconds: float) -> str:
    """How long something took: "0.3 s", "12 s", "2 min 5 s"."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    return f"{int(seconds // _MINUTE)} min {int(seconds % _MINUTE)} s"


def short_duration(seconds: float) -> str:
    """How long a call took, also where that is less than a tenth of a second: "0.473 ms"."""
    return duration(seconds) if seconds >= 0.1 else f"{1000 * seconds:.3g} ms"
