"""The way from the command line to the worker, the process with TensorFlow."""

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tfinspector.cli.documents import Document
from tfinspector.contents.reports import Interpreter
from tfinspector.engine.settings import load_settings

if TYPE_CHECKING:
    from tfinspector.engine.worker.client import WorkerClient


def words(python: str | None) -> Sequence[str] | None:
    """`--python` as a command; None where it was left out."""
    return shlex.split(python) if python else None


def worker(python: str | None) -> "WorkerClient":
    """A worker, to be used as a context: in the interpreter asked for, else the settings' one."""
    from tfinspector.engine.worker.client import WorkerClient

    return WorkerClient(words(python) or load_settings()[0].worker_command)


def worker_document(about: Interpreter | None) -> Document | None:
    """What answered; null where nothing did."""
    if about is None:
        return None
    return {"python": about.python, "tensorflow": about.tensorflow, "keras": about.keras}
