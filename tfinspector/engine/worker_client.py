"""The client of the worker: start it, ask it, cancel, and survive whatever it does.

One request is worked on at a time, in the order the threads come. A dead worker is started again by
the next request. Each failure is a `Finding` that carries the worker's last words.
"""

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from tfinspector.contents.findings import Cancelled, Finding
from tfinspector.contents.reports import (
    Device,
    EndReason,
    Interpreter,
    RelayedError,
    TraceFrame,
    WorkerEnd,
    WorkerState,
)
from tfinspector.diagnosis import worker as diagnosis
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.worker_launch import complete, default_command, opening_bytes
from tfinspector.engine.worker_log import WorkerLog
from tfinspector.engine.worker_process import WorkerProcess
from tfinspector.worker.protocol import Frame

LOOK_UP_EVERY_S = 0.05  # how soon a waiting thread sees that its ticket was cancelled
OLDEST_PYTHON = diagnosis.OLDEST_PYTHON


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


class _Life:
    """One process and what is known of it."""

    def __init__(self, command: tuple[str, ...]) -> None:
        self.command = command
        self.process: WorkerProcess | None = None
        self.python: tuple[int, ...] | None = None
        self.about: Interpreter | None = None
        self.missing: Finding | None = None
        self.end: Finding | None = None
        self.settled = threading.Event()  # ready, or ended before that
        self.answers: dict[int, queue.SimpleQueue[Frame | None]] = {}
        self.doing = ""
        self.waited_s = 0.0
        self.oom_kills = _oom_kills()


class WorkerClient:
    """Talks to the worker that `command` (default: this interpreter) starts.

    All methods may be called from any thread. `on_log` gets each line that the worker prints,
    within bounds (see `worker_log`); `on_state` is called after each change of `state`. Both are
    called from the worker's own thread or from a caller's: they must be quick and must not wait
    for the worker.
    """

    def __init__(
        self,
        command: Sequence[str] | None = None,
        on_log: Callable[[str], None] | None = None,
        on_state: Callable[[WorkerState], None] | None = None,
        *,
        grace_s: float = 2.0,
        start_timeout_s: float = 300.0,
    ) -> None:
        self.command = tuple(command) if command else default_command()
        self._grace_s = grace_s
        self._start_timeout_s = start_timeout_s
        self._on_state = on_state
        self._log = WorkerLog(on_log)
        self._lock = threading.RLock()
        self._turn = threading.Lock()
        self._telling = threading.RLock()
        self._numbers = count(1)
        self._life: _Life | None = None
        self._latest: WorkerProcess | None = None
        self._state = WorkerState.STOPPED
        self._told = WorkerState.STOPPED
        self._finding: Finding | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def state(self) -> WorkerState:
        """Where the worker stands."""
        return self._state

    @property
    def about(self) -> Interpreter | None:
        """The interpreter that runs; None until it is ready and after it ended."""
        life = self._life
        return life.about if life else None

    @property
    def finding(self) -> Finding | None:
        """Why it is dead or unavailable; None while nothing is wrong."""
        return self._finding

    @property
    def last_words(self) -> str:
        """The last lines that the worker printed."""
        return self._log.last_words()

    def start(self) -> None:
        """Start it if it does not run; returns at once (importing TensorFlow takes seconds)."""
        with self._lock:
            if self._life is None:
                self._launch()
        self._tell()

    def wait(self, ticket: Ticket | None = None) -> Interpreter:
        """Start it if need be, and wait until it can work. Raises WorkerFailed and Cancelled."""
        life = self._ready_life(ticket or Ticket())
        if life.missing is not None:
            raise WorkerFailed(life.missing)
        assert life.about
        return life.about

    def stop(self) -> None:
        """Ask it to leave, kill it if it does not within the grace period, and clean up."""
        self._end(self._grace_s)

    def kill(self) -> None:
        """End it at once; a request that is running fails with the finding that says so."""
        self._end(0.0)

    def restart(self) -> None:
        """End it at once and start another."""
        self.kill()
        self.start()

    def call(
        self,
        method: str,
        params: dict[str, Any] | None = None,
        ticket: Ticket | None = None,
        timeout: float | None = None,
    ) -> dict[str, Any]:
        """The result of `method`; see `exchange`."""
        return self.exchange(method, params, (), ticket, timeout).result

    def exchange(
        self,
        method: str,
        params: dict[str, Any] | None = None,
        payloads: Sequence[bytes] = (),
        ticket: Ticket | None = None,
        timeout: float | None = None,
        doing: str = "",
    ) -> Reply:
        """Ask, and wait for the answer; starts the worker if need be.

        `timeout` is in seconds from the moment the ready worker gets the request. `doing` names
        the work in findings ("loading export/"). Raises WorkerFailed (MethodFailed where the
        method itself raised over there) and Cancelled.
        """
        ticket = ticket or Ticket()
        with self._its_turn(ticket):
            life = self._ready_life(ticket)
            number = next(self._numbers)
            answers: queue.SimpleQueue[Frame | None] = queue.SimpleQueue()
            life.doing = doing or f"answering {method}"
            life.answers[number] = answers
            self._log.forget()
            self._set_state(life, WorkerState.BUSY)
            assert life.process
            life.process.send({"id": number, "method": method, "params": params or {}}, payloads)
            if life.end is not None:  # it ended between the two; nobody would tell the queue
                answers.put(None)
            try:
                return self._wait(life, number, ticket, timeout)
            finally:
                life.answers.pop(number, None)
                life.doing = ""
                self._set_state(life, _idle(life))

    @contextmanager
    def _its_turn(self, ticket: Ticket) -> Iterator[None]:
        while not self._turn.acquire(timeout=LOOK_UP_EVERY_S):
            ticket.check()
        try:
            yield
        finally:
            self._turn.release()

    def _ready_life(self, ticket: Ticket) -> _Life:
        """The running worker, once it is ready. Raises WorkerFailed if it does not come to that."""
        with self._lock:
            life = self._life or self._launch()
        self._tell()
        if not life.settled.is_set():
            ticket.report(0, 0, "starting TensorFlow")
        while not life.settled.wait(LOOK_UP_EVERY_S):
            ticket.check()
        ticket.check()
        if life.end is not None:
            raise WorkerFailed(life.end)
        return life

    def _wait(self, life: _Life, number: int, ticket: Ticket, timeout: float | None) -> Reply:
        limit = float("inf") if timeout is None else time.monotonic() + timeout
        why: EndReason | None = None  # we asked it to stop, for this reason
        while True:
            try:
                frame = life.answers[number].get(timeout=LOOK_UP_EVERY_S)
            except queue.Empty:
                if why is None:
                    why = self._reason_to_stop(ticket, limit)
                    if why is not None:
                        life.waited_s = timeout or 0.0
                        self._ask_to_stop(life, number, why)
                continue
            if frame is not None and "progress" in frame.header:
                if not ticket.cancelled:
                    ticket.report(*frame.header["progress"])
                continue
            if why is not None and life.process is not None:
                life.process.let_live(why)
            return self._conclude(life, frame, ticket, why)

    @staticmethod
    def _reason_to_stop(ticket: Ticket, limit: float) -> EndReason | None:
        if ticket.cancelled:
            return EndReason.CANCELLED
        return EndReason.TIMEOUT if time.monotonic() > limit else None

    def _ask_to_stop(self, life: _Life, number: int, why: EndReason) -> None:
        """Politely first; the process is killed if it has not answered within the grace period."""
        assert life.process
        life.process.send({"cancel": number})
        life.process.end_within(self._grace_s, why)

    def _conclude(
        self, life: _Life, frame: Frame | None, ticket: Ticket, why: EndReason | None
    ) -> Reply:
        if why is EndReason.CANCELLED:
            raise Cancelled
        if frame is None:
            assert life.end
            raise WorkerFailed(life.end)
        header = frame.header
        if "result" in header:  # also when it came just in time
            return Reply(header["result"], frame.payloads)
        if header.get("cancelled"):
            end = self._facts(life, EndReason.TIMEOUT, None)
            raise WorkerFailed(diagnosis.explain_end(end))
        raise self._relayed(life, header["error"])

    def _relayed(self, life: _Life, told: dict[str, Any]) -> WorkerFailed:
        error = RelayedError(
            type=told["type"],
            message=told["message"],
            frames=tuple(TraceFrame(**frame) for frame in told["frames"]),
            module=told["module"],
            cause=told["cause"],
        )
        if error.type == "TensorFlowMissing" and life.missing is not None:
            return WorkerFailed(life.missing)
        return MethodFailed(diagnosis.explain_raised(error, life.doing), error)

    def _launch(self) -> _Life:
        """A new life, whose process may have failed to start. The lock is held."""
        life = _Life(self.command)
        self._log.forget()
        self._finding = None
        try:
            words = complete(self.command)
            life.process = WorkerProcess(
                words,
                self._log,
                lambda _, frame: self._on_frame(life, frame),
                lambda _: self._on_end(life),
            )
        except OSError as error:
            life.end = diagnosis.explain_end(
                WorkerEnd(
                    self.command,
                    EndReason.ITSELF,
                    start_error=error.strerror or str(error),
                )
            )
            self._finding, self._state = life.end, WorkerState.UNAVAILABLE
            life.settled.set()
            return life
        self._life, self._state = life, WorkerState.STARTING
        self._latest = life.process
        life.waited_s = self._start_timeout_s
        life.process.end_within(self._start_timeout_s, EndReason.START_TIMEOUT)
        life.process.send_raw([opening_bytes()])
        life.process.begin()
        return life

    def _on_frame(self, life: _Life, frame: Frame) -> None:
        header = frame.header
        event = header.get("event")
        if event == "hello":
            life.python = tuple(header["python"])
        elif event == "ready":
            self._on_ready(life, header["about"])
        elif "id" in header:
            if "progress" not in header:
                self._log.end_chapter()
            answers = life.answers.get(header["id"])
            if answers is not None:
                answers.put(frame)

    def _on_ready(self, life: _Life, told: dict[str, Any]) -> None:
        interpreter = interpreter_of(told)
        self._log.end_chapter()
        assert life.process
        life.process.let_live(EndReason.START_TIMEOUT)
        if interpreter.tensorflow is None:
            life.missing = diagnosis.explain_missing(
                life.command, interpreter, told["problem_type"]
            )
            self._finding = life.missing
        life.about = interpreter
        self._set_state(life, _idle(life))
        life.settled.set()

    def _on_end(self, life: _Life) -> None:
        """Last of all, from the worker's thread: nothing more will come from this process."""
        assert life.process
        self._log.end_chapter()
        reason = life.process.reason
        end = self._facts(life, reason, life.process)
        with self._lock:
            life.end = diagnosis.explain_end(end)
            if self._life is life:
                self._life = None
                if reason is EndReason.ASKED:
                    self._state, self._finding = WorkerState.STOPPED, None
                else:
                    can_work = life.about is not None or (end.status or 0) < 0
                    self._state = WorkerState.DEAD if can_work else WorkerState.UNAVAILABLE
                    self._finding = life.end
        life.settled.set()
        for answers in list(life.answers.values()):
            answers.put(None)
        self._tell()

    def _facts(self, life: _Life, reason: EndReason, process: WorkerProcess | None) -> WorkerEnd:
        before, now = life.oom_kills, _oom_kills()
        return WorkerEnd(
            command=life.command,
            reason=reason,
            status=process.status if process else None,
            python=life.python,
            ready=life.about is not None,
            doing=life.doing,
            last_words=self._log.last_words(),
            garbage=process.garbage.decode("utf-8", "replace") if process else "",
            oom_kills=now - before,
            waited_s=life.waited_s,
        )

    def _end(self, grace_s: float) -> None:
        with self._lock:
            life, latest = self._life, self._latest
        if life is not None and life.process is not None:
            life.process.hang_up()
            life.process.end_within(grace_s, EndReason.ASKED)
        if latest is not None:
            latest.join()
        with self._lock:
            if self._life is None:
                self._state, self._finding = WorkerState.STOPPED, None
        self._tell()

    def _set_state(self, life: _Life, state: WorkerState) -> None:
        with self._lock:
            if self._life is life and life.end is None:
                self._state = state
        self._tell()

    def _tell(self) -> None:
        """Call `on_state` if there is something new; in order, and never with the lock held."""
        with self._telling:
            state = self._state
            if state is not self._told:
                self._told = state
                if self._on_state is not None:
                    self._on_state(state)


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


def _idle(life: _Life) -> WorkerState:
    return WorkerState.UNAVAILABLE if life.missing is not None else WorkerState.READY


def _oom_kills() -> int:
    """How many processes this machine has killed for memory since it started; 0 if not known."""
    try:
        text = Path("/proc/vmstat").read_text(encoding="ascii")
    except OSError:
        return 0
    return next(
        (int(line.split()[1]) for line in text.splitlines() if line.startswith("oom_kill ")), 0
    )
