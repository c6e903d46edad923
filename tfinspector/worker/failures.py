"""Exceptions as data, for the engine to explain."""

import os
import sysconfig
import traceback
from typing import Any, Dict

from .protocol import PACKAGE

MAX_FRAMES = 60
MAX_MESSAGE = 20000


class Explained(Exception):
    """An error whose message says all there is to say: where in our code it was raised is noise."""


class TensorFlowMissing(Exception):
    """TensorFlow can't be imported here; `cause` is what the import raised."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__(str(cause))
        self.cause = cause


class NoSuchDevice(Explained):
    """The device that was asked for is not here."""


def describe(error: BaseException) -> Dict[str, Any]:
    """Type, message, and traceback of an exception.

    `frames` go from the outermost call to where it was raised, and are cut to the user's own: the
    last of them is the line that called whatever raised. Where none is the user's, they are those
    of the libraries. `cause` is the exception that it was raised from.
    """
    frames = list(traceback.extract_tb(error.__traceback__))
    if isinstance(error, SyntaxError):  # the line that can't be parsed is in no frame
        frames.append(_place_of(error))
    theirs = [frame for frame in frames if not frame.filename.startswith(PACKAGE)]
    users = [frame for frame in theirs if is_of_the_user(frame.filename)]
    theirs = users or ([] if isinstance(error, Explained) else theirs or frames)
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


def is_of_the_user(path: str) -> bool:
    """Whether a file belongs to neither Python nor an installed package."""
    paths = sysconfig.get_paths()
    homes = tuple(
        os.path.join(paths[name], "") for name in ("stdlib", "platstdlib", "purelib", "platlib")
    )
    return (
        not path.startswith(homes)
        and not path.startswith("<frozen ")
        and "site-packages" + os.sep not in path
        and "dist-packages" + os.sep not in path
    )


def _place_of(error: SyntaxError) -> traceback.FrameSummary:
    return traceback.FrameSummary(
        error.filename or "?", error.lineno or 0, "<module>", line=(error.text or "").strip()
    )


def _text_of(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - a broken __str__ of user code must not hide the error
        return "(its message can't be shown)"
