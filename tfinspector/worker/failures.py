"""Exceptions as data, for the engine to explain."""

import traceback
from typing import Any, Dict

from .protocol import PACKAGE

MAX_FRAMES = 60
MAX_MESSAGE = 20000


class TensorFlowMissing(Exception):
    """TensorFlow can't be imported here; `cause` is what the import raised."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__(str(cause))
        self.cause = cause


class NoSuchDevice(Exception):
    """The device that was asked for is not here."""


def describe(error: BaseException) -> Dict[str, Any]:
    """Type, message, and traceback of an exception; our own frames come without their number.

    `frames` go from the outermost call to where it was raised, `cause` is the type of the
    exception that it was raised from.
    """
    frames = traceback.extract_tb(error.__traceback__)
    theirs = [frame for frame in frames if not frame.filename.startswith(PACKAGE)] or list(frames)
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return {
        "type": type(error).__name__,
        "module": type(error).__module__,
        "message": _text_of(error)[:MAX_MESSAGE],
        "cause": "" if cause is None else "%s: %s" % (type(cause).__name__, _text_of(cause)[:1000]),
        "frames": [
            {
                "file": frame.filename,
                "line": frame.lineno or 0,
                "function": frame.name,
                "code": frame.line or "",
            }
            for frame in theirs[-MAX_FRAMES:]
        ],
    }


def _text_of(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - a broken __str__ of user code must not hide the error
        return "(its message can't be shown)"
