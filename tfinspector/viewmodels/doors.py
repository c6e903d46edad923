"""What the window asks of the engine, as one value.

Each door imports its part of the engine when it is first opened, in the thread that opens it:
the window must be painted before readers and compiled kernels are loaded. A test hands in other
doors to be slow or to break on purpose.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tfinspector.contents.figures import Statistics, Unmeasured
    from tfinspector.contents.reports import TensorFlowReport, WorkerState
    from tfinspector.contents.variables import Variable
    from tfinspector.engine.jobs import Ticket
    from tfinspector.engine.opening import OpenSource
    from tfinspector.engine.worker_client import WorkerClient

    Measured = tuple[Variable, Statistics | Unmeasured]


def _open(path: str, ticket: Ticket | None = None) -> OpenSource:
    from tfinspector.engine.opening import open_source

    return open_source(path, ticket)


def _measure(
    reader: Any, variables: Sequence[Variable], ticket: Ticket | None = None
) -> Iterator[Measured]:
    from tfinspector.engine.measuring import measure_all

    return measure_all(reader, variables, ticket)


def _worker(
    command: Sequence[str] | None,
    on_log: Callable[[str], None],
    on_state: Callable[[WorkerState], None],
) -> WorkerClient:
    from tfinspector.engine.worker_client import WorkerClient

    return WorkerClient(command, on_log, on_state)


def _ask(source: OpenSource, client: WorkerClient, ticket: Ticket | None) -> TensorFlowReport:
    from tfinspector.engine.referee import ask_tensorflow

    return ask_tensorflow(source, client, ticket)


def _demo(directory: str, ticket: Ticket | None) -> Path:
    from tfinspector.engine.demo import make_demo

    return make_demo(Path(directory), ticket)


def _demo_directory() -> Path:
    from tfinspector.engine.demo import demo_directory

    return demo_directory()


@dataclass(frozen=True, slots=True)
class Doors:
    """The engine's functions that the session calls, all but the last off the window's thread."""

    open_source: Callable[[str, Ticket | None], OpenSource] = _open
    measure_all: Callable[[Any, Sequence[Variable], Ticket | None], Iterator[Measured]] = _measure
    worker: Callable[
        [Sequence[str] | None, Callable[[str], None], Callable[[WorkerState], None]], WorkerClient
    ] = _worker
    ask_tensorflow: Callable[[OpenSource, WorkerClient, Ticket | None], TensorFlowReport] = _ask
    make_demo: Callable[[str, Ticket | None], Path] = _demo
    demo_directory: Callable[[], Path] = _demo_directory
