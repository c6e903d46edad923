"""The client against real worker processes that misbehave in every way we could think of."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.worker.odd_workers import (
    PATIENCE_S,
    Watch,
    ended_by_now,
    hanging,
    is_alive,
    nothing_left,
    odd_command,
)
from tfinspector.contents.findings import Cancelled, Severity
from tfinspector.contents.reports import WorkerState
from tfinspector.engine.jobs import Progress, Ticket
from tfinspector.engine.worker.client import MethodFailed, WorkerClient, WorkerFailed
from tfinspector.engine.worker.log import SHOWN_NBYTES, TAIL_NBYTES


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def client(watch: Watch) -> Iterator[WorkerClient]:
    """A started worker; at the end nothing of it may be left."""
    with nothing_left(), WorkerClient(odd_command(), watch.on_log, watch.on_state) as client:
        client.start()
        yield client


def fails(client: WorkerClient, method: str, **params: object) -> WorkerFailed:
    with pytest.raises(WorkerFailed) as caught:
        client.call(method, params, timeout=PATIENCE_S)
    return caught.value


def still_works(client: WorkerClient) -> None:
    assert client.call("echo", {"a": 1}) == {"a": 1}
    assert client.state is WorkerState.READY
    assert client.finding is None


def test_states_from_start_to_stop(watch: Watch) -> None:
    with nothing_left():
        client = WorkerClient(odd_command(), watch.on_log, watch.on_state)
        assert client.state is WorkerState.STOPPED
        assert client.about is None
        client.start()
        client.start()  # a second start changes nothing
        about = client.wait()
        assert about == client.about
        assert about.tensorflow == "2.21.0"
        assert is_alive(about.pid)
        assert client.call("ping") == {}
        client.stop()
        assert not is_alive(about.pid)
    assert client.state is WorkerState.STOPPED
    assert client.finding is None
    assert watch.states[0] is WorkerState.STARTING
    assert WorkerState.READY in watch.states
    assert watch.states[-1] is WorkerState.STOPPED


def test_start_does_not_wait_and_a_call_does(tmp_path: Path) -> None:
    """The worker's import blocks until the test lets it go on."""
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    start = f"open({str(gate)!r}).close()"
    with nothing_left(), WorkerClient(odd_command(start=start)) as client:
        client.start()
        assert client.state is WorkerState.STARTING
        ticket = Ticket()
        ticket.cancel()
        with pytest.raises(Cancelled):
            client.call("ping", ticket=ticket)
        assert client.state is WorkerState.STARTING  # cancelling a wait does not end the start
        gate.open("w").close()
        assert client.call("echo", {"b": 2}) == {"b": 2}


def test_progress_and_payloads(client: WorkerClient) -> None:
    seen: list[tuple[int, int, str]] = []
    ticket = Ticket(lambda p: seen.append((p.done, p.total, p.text)))
    assert client.call("count", {"to": 5}, ticket) == {"counted": 5}
    assert [row for row in seen if row[2] == "counting"] == [(n, 5, "counting") for n in range(5)]
    payloads = (b"", os.urandom(3 << 20), b"\x93TFI")
    assert client.exchange("echo", {"x": "ü\ud800"}, payloads) == ({"x": "ü\ud800"}, payloads)


def test_calls_from_many_threads_each_get_their_own_answer(client: WorkerClient) -> None:
    answers: dict[int, object] = {}

    def ask(number: int) -> None:
        answers[number] = client.call("echo", {"number": number})["number"]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert answers == {number: number for number in range(20)}


def test_nothing_that_is_written_or_read_touches_the_protocol(
    client: WorkerClient, watch: Watch
) -> None:
    assert client.call("write_everywhere", timeout=PATIENCE_S) == {"read": "", "child": ""}
    assert [line for line in watch.lines if line] == ["printed", "from C", "from a child"]


@pytest.mark.parametrize("line", ["x" * 79 + "\n", "x"], ids=["lines", "one line without end"])
def test_a_gigabyte_of_print_is_bounded(client: WorkerClient, watch: Watch, line: str) -> None:
    client.call("print_much", {"nbytes": 1 << 30, "line": line}, timeout=300)
    shown = sum(len(text) + 1 for text in watch.lines)
    assert SHOWN_NBYTES <= shown < SHOWN_NBYTES + TAIL_NBYTES + (8 << 10)
    assert any("bytes of output left out" in text for text in watch.lines)
    assert watch.lines[-1].endswith("the last line")
    assert client.last_words.endswith("the last line")
    still_works(client)


@pytest.mark.parametrize("method", ["hang", "chatter", "stubborn", "stuck_in_c"])
def test_cancel_ends_any_hang(watch: Watch, method: str) -> None:
    with nothing_left(), WorkerClient(odd_command(), watch.on_log, grace_s=0.3) as client:
        running = hanging(client, method)
        pid = client.about.pid if client.about else 0
        assert client.state is WorkerState.BUSY
        running.ticket.cancel()
        with pytest.raises(Cancelled):
            running.result()
        assert is_alive(pid) == (method in ("hang", "chatter"))  # the polite cancel is enough there
        if is_alive(pid):  # and it is no longer under sentence
            assert client._life
            assert client._life.process
            assert not client._life.process._limits
        else:
            assert client.state is WorkerState.DEAD
            assert client.finding
            assert (client.finding.id, client.finding.severity) == ("W11", Severity.INFO)
        still_works(client)


@pytest.mark.parametrize("method", ["hang", "stubborn"])
def test_time_out_is_a_finding(method: str) -> None:
    with nothing_left(), WorkerClient(odd_command(), grace_s=0.3) as client:
        client.wait()
        with pytest.raises(WorkerFailed, match=r"took longer than 0\.2 s") as caught:
            client.call(method, timeout=0.2)
        assert caught.value.finding.id == "W04"
        assert caught.value.finding.fix
        still_works(client)


def test_an_answer_that_crosses_the_cancel_does_no_harm(client: WorkerClient) -> None:
    running = hanging(client, "answer_late")
    running.ticket.cancel()
    with pytest.raises(Cancelled):
        running.result()
    pid = client.about and client.about.pid
    assert client.call("echo", {"c": 3}) == {"c": 3}
    assert client.about
    assert client.about.pid == pid


def test_waiting_for_ones_turn_can_be_cancelled(client: WorkerClient) -> None:
    first = hanging(client)
    ticket = Ticket()
    ticket.cancel()
    with pytest.raises(Cancelled):
        client.call("ping", ticket=ticket)
    first.ticket.cancel()
    with pytest.raises(Cancelled):
        first.result()


def test_a_progress_callback_that_fails_leaves_nothing_running(client: WorkerClient) -> None:
    """As does Ctrl+C on the command line: the caller is gone, so the work must stop."""

    def fail(progress: Progress) -> None:
        if progress.text == "hanging":
            raise ZeroDivisionError

    pid = client.wait().pid
    with pytest.raises(ZeroDivisionError):
        client.call("hang", {}, Ticket(fail))
    still_works(client)
    assert client.wait().pid == pid


def test_killed_from_outside_while_busy(client: WorkerClient, watch: Watch) -> None:
    running = hanging(client)
    assert client.about
    os.kill(client.about.pid, signal.SIGKILL)
    with pytest.raises(WorkerFailed) as caught:
        running.result()
    finding = caught.value.finding
    assert finding.id == "W03"
    assert "while answering hang" in finding.title
    assert "memory" in finding.title
    assert finding.evidence["status"] == -signal.SIGKILL
    watch.wait_for(WorkerState.DEAD)
    assert client.finding == finding
    still_works(client)


def test_killed_from_outside_while_idle_is_noticed_at_once(
    client: WorkerClient, watch: Watch
) -> None:
    os.kill(client.wait().pid, signal.SIGTERM)
    watch.wait_for(WorkerState.DEAD)
    assert client.finding
    assert client.finding.id == "W01"
    assert "SIGTERM" in client.finding.title
    still_works(client)


def test_abort_tells_its_last_words(client: WorkerClient) -> None:
    finding = fails(client, "abort").finding
    assert finding.id == "W02"
    assert "aborted while answering abort" in finding.title
    assert "F something is wrong in C++" in finding.detail
    assert "sitecustomize.py" in finding.detail  # the Python line that led there
    still_works(client)


def test_os_exit_is_a_finding(client: WorkerClient) -> None:
    finding = fails(client, "leave", status=7).finding
    assert finding.id == "W01"
    assert "exit status 7" in finding.title
    assert "goodbye" in finding.detail
    still_works(client)


def test_killing_itself_is_told_as_killed(client: WorkerClient) -> None:
    assert fails(client, "die").finding.id == "W03"
    still_works(client)


@pytest.mark.parametrize(
    ("method", "params", "kind", "text"),
    [
        ("give_up", {}, "SystemExit", "user code wanted to exit"),
        ("complain", {"kind": "value"}, "ValueError", "no such thing"),
        ("complain", {"kind": "odd"}, "Odd", "its message can't be shown"),
        ("eat", {}, "MemoryError", ""),
        ("no_such_method", {}, "KeyError", "no_such_method"),
    ],
)
def test_what_is_raised_over_there_is_relayed(
    client: WorkerClient, method: str, params: dict[str, str], kind: str, text: str
) -> None:
    pid = client.wait().pid
    failure = fails(client, method, **params)
    assert isinstance(failure, MethodFailed)
    assert failure.error.type == kind
    assert text in failure.error.message
    assert failure.finding.id == "W10"
    assert failure.finding.evidence["traceback"]
    still_works(client)
    assert client.about
    assert client.about.pid == pid  # the same process: nothing happened to it


def test_traceback_shows_the_users_lines(client: WorkerClient) -> None:
    failure = fails(client, "complain", kind="value")
    assert isinstance(failure, MethodFailed)
    last = failure.error.frames[-1]
    assert last.function == "complain"
    assert last.code.startswith("raise {")
    assert not any("tfinspector_worker" in frame.file for frame in failure.error.frames)
    assert failure.finding.detail == "no such thing\nsecond line"


def test_garbage_in_the_channel(client: WorkerClient) -> None:
    finding = fails(client, "babble").finding
    assert finding.id == "W09"
    assert finding.evidence["bytes"] == "this is no frame"
    still_works(client)


def test_a_closed_channel(client: WorkerClient) -> None:
    finding = fails(client, "close_channel").finding
    assert finding.id == "W01"
    assert "closed its channel" in finding.title
    still_works(client)


@pytest.mark.parametrize("own_session", [False, True])
def test_children_that_are_left_behind_hold_nothing_up(
    client: WorkerClient, own_session: bool
) -> None:
    """Both keep our log pipe open; one in the worker's own session goes with it."""
    child = client.call("leave_child", {"own_session": own_session})["pid"]
    with ended_by_now(child, kill=own_session):
        client.stop()
        assert client.state is WorkerState.STOPPED


def test_kill_while_busy_tells_the_caller(client: WorkerClient) -> None:
    running = hanging(client, "stubborn")
    client.kill()
    with pytest.raises(WorkerFailed) as caught:
        running.result()
    assert caught.value.finding.id == "W11"
    assert client.state is WorkerState.STOPPED
    still_works(client)


def test_restart_gives_another_process(client: WorkerClient) -> None:
    first = client.wait().pid
    client.restart()
    assert client.wait().pid != first
    assert not is_alive(first)


def test_stop_does_not_wait_for_ever_for_a_busy_worker() -> None:
    with nothing_left(), WorkerClient(odd_command(), grace_s=0.2) as client:
        running = hanging(client, "stuck_in_c")
        client.stop()
        with pytest.raises(WorkerFailed):
            running.result()


def test_a_worker_whose_client_is_gone_leaves(watch: Watch) -> None:
    """As when the window was killed: nobody tells the worker, its input just ends."""
    with nothing_left(), WorkerClient(odd_command(), watch.on_log, watch.on_state) as client:
        hung = hanging(client, "stubborn")
        assert client._life
        assert client._life.process
        client._life.process.hang_up()
        with pytest.raises(WorkerFailed):
            hung.result()
        watch.wait_for(WorkerState.STOPPED)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_log_callback_that_fails_is_not_blamed_on_the_worker() -> None:
    def fail(line: str) -> None:
        if line == "printed":
            raise ZeroDivisionError

    with nothing_left(), WorkerClient(odd_command(), fail) as client:
        finding = fails(client, "write_everywhere").finding
        assert finding.id == "W13"
        still_works(client)


def test_callbacks_may_stop_the_client() -> None:
    """`on_state` runs in the worker's own thread, which must not wait for itself."""
    done = threading.Event()

    def on_state(state: WorkerState) -> None:
        if state is WorkerState.READY:
            client.kill()
        if state is WorkerState.STOPPED:
            done.set()

    with nothing_left(), WorkerClient(odd_command(), on_state=on_state) as client:
        client.start()
        assert done.wait(PATIENCE_S)
