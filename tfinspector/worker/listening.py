"""What Python's loggers and warnings say while something is done; they still go to the log too."""

import logging
import warnings
from typing import Any, List

_LOGGERS = ("", "tensorflow", "absl", "keras")
MAX_NCHARS = 200000


class Listening(logging.Handler):
    """Collects `text` (one message after the other) and `warnings` within a `with` block."""

    def __init__(self) -> None:
        super().__init__()
        self.warnings: List[str] = []
        self._parts: List[str] = []
        self._seen = None  # type: Any
        self._size = 0

    @property
    def text(self) -> str:
        """All messages, within bounds."""
        return "\n".join(self._parts)

    def emit(self, record: logging.LogRecord) -> None:
        """Called by the loggers; a record comes once, however many of them pass it on."""
        if record is self._seen or self._size > MAX_NCHARS:
            return
        self._seen = record
        text = "%s: %s" % (record.levelname, record.getMessage())
        self._size += len(text)
        self._parts.append(text)

    def __enter__(self) -> "Listening":
        for name in _LOGGERS:
            logging.getLogger(name).addHandler(self)
        self._shown = warnings.showwarning
        warnings.showwarning = self._on_warning
        return self

    def __exit__(self, *_: Any) -> None:
        warnings.showwarning = self._shown
        for name in _LOGGERS:
            logging.getLogger(name).removeHandler(self)

    def _on_warning(self, message: Any, category: Any, *where: Any, **more: Any) -> None:
        self.warnings.append("%s: %s" % (category.__name__, message))
        self._shown(message, category, *where, **more)
