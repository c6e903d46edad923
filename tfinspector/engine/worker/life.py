"""One life of the worker as the client knows it: from its start to the finding that ends it."""

import queue
import threading
from pathlib import Path
from typing import Any, NamedTuple

from tfinspector.contents.findings import Finding
from tfinspector.contents.reports import (
    Device,
    EndReason,
    Interpreter,
    RelayedError,
    TraceFrame,
    WorkerEnd,
    WorkerState,
)
from tfinspector.diagnosis.worker import explain_missing, explain_raised
from tfinspector.engine.worker.log import WorkerLog
from tfinspector.engine.worker.process import WorkerProcess
from tfinspector.worker.protocol import Frame


class WorkerFailed(Exception):
    """There is no answer; the finding says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.title)
        self.finding = finding


class MethodFailed(WorkerFailed):
    """The worker is well; what it was asked to do raised `error` over there."""

    def __init__(self, finding: Finding, error: RelayedError) -> None:
        super().__init__(finding)
        self.error = error


class Reply(NamedTuple):
    """The result of a request and the raw bytes that came with it."""

    result: dict[str, Any]
    payloads: tuple[bytes, ...] = ()


class Life:
    """A process and what it told of itself.

    `settled` is set once it is ready, or has ended before that; `end` then says why. `missing`
    is there if it lives without TensorFlow. `answers` holds a queue for each open request; None
    in it means that no answer will come.
    """

    def __init__(self, command: tuple[str, ...], log: WorkerLog) -> None:
        self.command = command
        self.process: WorkerProcess | None = None
        self.python: tuple[int, ...] | None = None
        self.about: Interpreter | None = None
        self.missing: Finding | None = None
        self.end: Finding | None = None
        self.settled = threading.Event()
        self.answers: dict[int, queue.SimpleQueue[Frame | None]] = {}
        self.doing = ""
        self.waited_s = 0.0
        self._log = log
        self._oom_kills = _oom_kills()

    @property
    def idle_state(self) -> WorkerState:
        """Its state when it works on nothing."""
        return WorkerState.READY if self.missing is None else WorkerState.UNAVAILABLE

    def meet(self, told: dict[str, Any]) -> None:
        """It is ready and told about itself."""
        interpreter = interpreter_of(told)
        if interpreter.tensorflow is None:
            self.missing = explain_missing(self.command, interpreter, told["problem_type"])
        self.about = interpreter

    def relayed(self, told: dict[str, Any]) -> WorkerFailed:
        """What a method raised over there."""
        error = RelayedError(
            type=told["type"],
            message=told["message"],
            frames=tuple(TraceFrame(**frame) for frame in told["frames"]),
            module=told["module"],
            cause=told["cause"],
        )
        if error.type == "TensorFlowMissing" and self.missing is not None:
            return WorkerFailed(self.missing)
        return MethodFailed(explain_raised(error, self.doing), error)

    def facts(self, reason: EndReason) -> WorkerEnd:
        """What is known of its end."""
        process = self.process
        return WorkerEnd(
            command=self.command,
            reason=reason,
            status=process.status if process else None,
            python=self.python,
            ready=self.about is not None,
            doing=self.doing,
            last_words=self._log.last_words(),
            garbage=process.garbage.decode("utf-8", "replace") if process else "",
            oom_kills=_oom_kills() - self._oom_kills,
            waited_s=self.waited_s,
        )


def interpreter_of(told: dict[str, Any]) -> Interpreter:
    """The worker's `about` as contents."""
    return Interpreter(
        python=told["python"],
        executable=told["executable"],
        tensorflow=told["tensorflow"],
        keras=told["keras"],
        numpy=told["numpy"],
        devices=tuple(Device(**device) for device in told["devices"]),
        pid=told["pid"],
        host=told["host"],
        problem=told["problem"],
    )


def _oom_kills() -> int:
    """How many processes this machine has killed for memory since it started; 0 if not known."""
    try:
        text = Path("/proc/vmstat").read_text(encoding="ascii")
    except OSError:
        return 0
    return next(
        (int(line.split()[1]) for line in text.splitlines() if line.startswith("oom_kill ")), 0
    )
