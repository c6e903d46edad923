"""The client of the worker: start it, ask it, cancel, and survive whatever it does.

One request is worked on at a time, in the order the threads come. A dead worker is started again by
the next request. Each failure is a `Finding` that carries the worker's last words.
"""

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from types import TracebackType
from typing import Any, Self

from tfinspector.contents.findings import Cancelled, Finding
from tfinspector.contents.reports import EndReason, Interpreter, WorkerEnd, WorkerState
from tfinspector.diagnosis.worker import explain_end
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.worker.launch import complete, default_command, opening_bytes
from tfinspector.engine.worker.life import Life, MethodFailed, Reply, WorkerFailed
from tfinspector.engine.worker.log import WorkerLog
from tfinspector.engine.worker.process import WorkerProcess
from tfinspector.worker.protocol import Frame

__all__ = ["MethodFailed", "Reply", "WorkerClient", "WorkerFailed"]

LOOK_UP_EVERY_S = 0.05  # how soon a waiting thread sees that its ticket was cancelled


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
        self._life: Life | None = None
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
            except (WorkerFailed, Cancelled):
                raise
            except BaseException:
                # Ctrl+C, or a progress callback that fails: leave nothing running over there.
                self._ask_to_stop(life, number, EndReason.CANCELLED)
                raise
            finally:
                life.answers.pop(number, None)
                life.doing = ""
                self._set_state(life, life.idle_state)

    @contextmanager
    def _its_turn(self, ticket: Ticket) -> Iterator[None]:
        while not self._turn.acquire(timeout=LOOK_UP_EVERY_S):
            ticket.check()
        try:
            yield
        finally:
            self._turn.release()

    def _ready_life(self, ticket: Ticket) -> Life:
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

    def _wait(self, life: Life, number: int, ticket: Ticket, timeout: float | None) -> Reply:
        limit = float("inf") if timeout is None else time.monotonic() + timeout
        why: EndReason | None = None  # we asked it to stop, for this reason
        while True:
            if why is None:
                why = self._reason_to_stop(ticket, limit)
                if why is not None:
                    life.waited_s = timeout or 0.0
                    self._ask_to_stop(life, number, why)
            try:
                frame = life.answers[number].get(timeout=LOOK_UP_EVERY_S)
            except queue.Empty:
                continue
            if frame is not None and "progress" in frame.header:
                with suppress(Cancelled):  # seen above, where the worker is told too
                    ticket.report(*frame.header["progress"])
                continue
            if why is not None and life.process is not None:
                life.process.let_live(why)
            return self._conclude(life, frame, why)

    @staticmethod
    def _reason_to_stop(ticket: Ticket, limit: float) -> EndReason | None:
        if ticket.cancelled:
            return EndReason.CANCELLED
        return EndReason.TIMEOUT if time.monotonic() > limit else None

    def _ask_to_stop(self, life: Life, number: int, why: EndReason) -> None:
        """Politely first; the process is killed if it has not answered within the grace period."""
        assert life.process
        life.process.send({"cancel": number})
        life.process.end_within(self._grace_s, why)

    @staticmethod
    def _conclude(life: Life, frame: Frame | None, why: EndReason | None) -> Reply:
        if why is EndReason.CANCELLED:
            raise Cancelled
        if frame is None:
            assert life.end
            raise WorkerFailed(life.end)
        header = frame.header
        if "result" in header:  # also when it came just in time
            return Reply(header["result"], frame.payloads)
        if header.get("cancelled"):
            raise WorkerFailed(explain_end(life.facts(EndReason.TIMEOUT)))
        raise life.relayed(header["error"])

    def _launch(self) -> Life:
        """A new life, whose process may have failed to start. The lock is held."""
        life = Life(self.command, self._log)
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
        except (OSError, ValueError) as error:  # ValueError: a zero byte in the command
            why = getattr(error, "strerror", None) or str(error)
            life.end = explain_end(WorkerEnd(self.command, EndReason.ITSELF, start_error=why))
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

    def _on_frame(self, life: Life, frame: Frame) -> None:
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
            elif life.process is not None and "progress" not in header:
                life.process.let_live(EndReason.CANCELLED)  # nobody waited, but it did stop

    def _on_ready(self, life: Life, told: dict[str, Any]) -> None:
        self._log.end_chapter()
        assert life.process
        life.process.let_live(EndReason.START_TIMEOUT)
        life.meet(told)
        self._finding = life.missing
        self._set_state(life, life.idle_state)
        life.settled.set()

    def _on_end(self, life: Life) -> None:
        """Last of all, from the worker's thread: nothing more will come from this process."""
        assert life.process
        self._log.end_chapter()
        reason = life.process.reason
        end = life.facts(reason)
        with self._lock:
            life.end = explain_end(end)
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

    def _set_state(self, life: Life, state: WorkerState) -> None:
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
