"""The way from the command line to the worker, the process with TensorFlow."""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tfinspector.engine.settings import load_settings

if TYPE_CHECKING:
    from tfinspector.engine.worker_client import WorkerClient


def interpreter(python: str | None) -> tuple[str, ...]:
    """The command of the interpreter: `--python`, else the settings', else this one."""
    if python:
        return tuple(shlex.split(python))
    return load_settings()[0].worker


@contextmanager
def worker(python: str | None) -> "Iterator[WorkerClient]":
    """A worker that is ended with the context, whatever happens in it."""
    from tfinspector.engine.worker_client import WorkerClient

    client = WorkerClient(interpreter(python))
    try:
        yield client
    finally:
        client.stop()
