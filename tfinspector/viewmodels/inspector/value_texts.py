"""One element of a tensor as text: short for a cell, exact for hover, copies and files."""

import base64
from typing import Any

import numpy as np

from tfinspector.contents import numbers
from tfinspector.contents.tensors import VariantElement

_LONGEST = 200


def cell_text(value: Any) -> str:
    """What fits in a cell: four digits of a number, the beginning of a string."""
    if isinstance(value, bytes):
        text = string_text(value)
        return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    if isinstance(value, VariantElement):
        return str(value)
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, complex | np.complexfloating):
        return complex_text(complex(value))
    if isinstance(value, int | np.integer):
        return numbers.whole(int(value))
    number = as_float(value)
    return numbers.four(number)


def exact_text(value: Any) -> str:
    """The shortest text that reads back as the same element, in its own type's precision."""
    if isinstance(value, bytes):
        return string_text(value)
    if isinstance(value, VariantElement):
        return str(value)
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, int | np.integer):
        return str(int(value))
    return str(value)


def string_text(value: bytes) -> str:
    """The text of a string element; base64, told as such, where it is not UTF-8."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return "base64:" + base64.b64encode(value).decode("ascii")


def complex_text(value: complex) -> str:
    """ "0.5 + 1.25i"."""
    sign = numbers.MINUS if value.imag < 0 else "+"
    return f"{numbers.four(value.real)} {sign} {numbers.four(abs(value.imag))}i"


def as_float(value: Any) -> float:
    """An element of any real type as a float, for comparing and colouring."""
    if isinstance(value, complex | np.complexfloating):
        return float(np.abs(value))
    return float(value)


def is_bad(value: Any) -> bool:
    """Whether the element is NaN or infinite."""
    if isinstance(value, bytes | VariantElement | bool | np.bool_ | int | np.integer):
        return False
    return not np.isfinite(as_float(value))
