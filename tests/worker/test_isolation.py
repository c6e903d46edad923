"""Factories that do everything a program can do to its process. Each ends in a finding, and the
next job gets a worker that works: the same where it came through, else a fresh one.

Starting TensorFlow takes seconds, so tests whose worker comes through share it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.worker.conftest import MODELS
from tests.worker.odd_workers import Watch, nothing_left
from tfinspector.contents.findings import Cancelled, Finding, Severity
from tfinspector.contents.reports import WorkerState
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.worker.client import MethodFailed, WorkerClient, WorkerFailed
from tfinspector.engine.worker.log import SHOWN_NBYTES, TAIL_NBYTES

PATIENCE_S = 120.0
GOOD = "    import tensorflow as tf\n    return {'v': tf.Variable(1.0)}\n"


class Ear(Watch):
    """Also tells when the user's code has begun to loop."""

    def __init__(self) -> None:
        super().__init__()
        self.looping = threading.Event()

    def on_log(self, line: str) -> None:
        super().on_log(line)
        if line == "looping":
            self.looping.set()


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[WorkerClient, Ear]]:
    ear = Ear()
    with nothing_left(), WorkerClient(on_log=ear.on_log, grace_s=1.5) as client:
        client.wait()
        yield client, ear


@pytest.fixture
def watch(shared: tuple[WorkerClient, Ear]) -> Ear:
    shared[1].lines.clear()
    shared[1].looping.clear()
    return shared[1]


@pytest.fixture
def client(shared: tuple[WorkerClient, Ear], watch: Ear) -> Iterator[WorkerClient]:
    """Its worker must come through: the next job is done by the same process."""
    client, _ = shared
    before = client.call("about")["pid"]
    yield client
    works(client)
    assert client.call("about")["pid"] == before


@pytest.fixture
def mortal(shared: tuple[WorkerClient, Ear], watch: Ear) -> Iterator[WorkerClient]:
    """Its worker must end; the next job is done by a fresh one, without asking for it."""
    client, _ = shared
    before = client.call("about")["pid"]
    yield client
    assert client.state is WorkerState.DEAD
    works(client)
    assert client.call("about")["pid"] != before


@pytest.fixture
def spoilt(shared: tuple[WorkerClient, Ear], watch: Ear) -> Iterator[WorkerClient]:
    """Its worker is lastingly changed by the test, so that the next test gets another."""
    client, _ = shared
    yield client
    client.restart()
    works(client)


def works(client: WorkerClient) -> None:
    told = client.call("build", {"factory": f"{MODELS}:module"}, timeout=PATIENCE_S)
    assert len(told["variables"]) == 5
    assert client.state is WorkerState.READY
    assert client.finding is None


def ends(client: WorkerClient, spec: str, timeout: float = PATIENCE_S, **params: object) -> Finding:
    """The finding that building comes to; it names the work and has a fix."""
    params["factory"] = spec
    with pytest.raises(WorkerFailed) as caught:
        client.exchange("build", params, (), None, timeout, "building factory.py:make")
    finding = caught.value.finding
    assert finding.severity is Severity.ERROR
    assert "building factory.py:make" in finding.title.lower()
    assert finding.fix
    if isinstance(caught.value, MethodFailed):
        for frame in caught.value.error.frames:
            assert frame.file.endswith("factory.py"), frame
    return finding


def traceback_of(finding: Finding) -> list[str]:
    lines = finding.evidence["traceback"]
    assert isinstance(lines, list)
    return [line.rpartition(" in ")[2] for line in lines]


def test_raising_shows_the_users_own_lines(
    client: WorkerClient, write_factory: Callable[..., str]
) -> None:
    """Even where Keras raised: the last line is the one that called it."""
    spec = write_factory(
        "import keras, numpy as np\n\n"
        "def layer():\n    return keras.layers.Dense(-3)\n\n"
        "def make():\n    return keras.Sequential([layer()])\n"
    )
    finding = ends(client, spec)
    assert finding.id == "W10"
    assert finding.evidence["type"] == "ValueError"
    assert traceback_of(finding) == [
        "make: return keras.Sequential([layer()])",
        "layer: return keras.layers.Dense(-3)",
    ]
    assert finding.where.endswith("factory.py:4")


@pytest.mark.parametrize("where", ["top", "make", "sample_inputs"])
def test_sys_exit(client: WorkerClient, write_factory: Callable[..., str], where: str) -> None:
    lines = {
        "top": "import sys\nsys.exit(3)\n",
        "make": "import sys\ndef make():\n    sys.exit(3)\n",
        "sample_inputs": "import sys, keras\n"
        "def make():\n    return keras.Sequential([keras.layers.Dense(2)])\n"
        "def sample_inputs():\n    sys.exit(3)\n",
    }
    finding = ends(client, write_factory(lines[where]))
    assert finding.id == "W10"
    assert finding.evidence["type"] == "FactoryExited"
    assert "called sys.exit(3)" in finding.title
    assert traceback_of(finding)[-1].endswith("sys.exit(3)")


def test_os_exit(mortal: WorkerClient, write_factory: Callable[..., str]) -> None:
    spec = write_factory(
        "import os\ndef make():\n    print('about to leave', flush=True)\n    os._exit(9)\n"
    )
    finding = ends(mortal, spec)
    assert finding.id == "W01"
    assert "exit status 9" in finding.title
    assert "about to leave" in finding.detail


def test_os_abort(mortal: WorkerClient, write_factory: Callable[..., str]) -> None:
    """Its last words name the user's line that led there."""
    finding = ends(mortal, write_factory("import os\ndef make():\n    os.abort()\n"))
    assert finding.id == "W02"
    assert "SIGABRT" in finding.title
    assert 'factory.py", line 3 in make' in finding.detail


LOOPS = {
    "plain": "def make():\n    print('looping', flush=True)\n    while True:\n        pass\n",
    "stubborn": "def make():\n    print('looping', flush=True)\n    while True:\n        try:\n"
    "            while True:\n                pass\n        except BaseException:\n"
    "            pass\n",
}


def runs_out(client: WorkerClient, spec: str) -> None:
    finding = ends(client, spec, timeout=1.0)
    assert finding.id == "W04"
    assert "took longer than 1 s" in finding.title


def test_a_loop_without_end_runs_into_the_limit(
    client: WorkerClient, write_factory: Callable[..., str]
) -> None:
    """As with a cancel, the worker itself need not end."""
    runs_out(client, write_factory(LOOPS["plain"]))


def test_a_loop_that_swallows_everything_runs_into_the_limit(
    mortal: WorkerClient, write_factory: Callable[..., str]
) -> None:
    runs_out(mortal, write_factory(LOOPS["stubborn"]))


def cancelled(client: WorkerClient, watch: Ear, spec: str) -> None:
    ticket = Ticket()
    canceller = threading.Thread(
        target=lambda: watch.looping.wait(PATIENCE_S) and ticket.cancel(), daemon=True
    )
    canceller.start()
    with pytest.raises(Cancelled):
        client.call("build", {"factory": spec}, ticket, PATIENCE_S)
    canceller.join(PATIENCE_S)


def test_a_loop_without_end_can_be_cancelled(
    client: WorkerClient, watch: Ear, write_factory: Callable[..., str]
) -> None:
    """The polite cancel is enough for code that does not swallow it."""
    cancelled(client, watch, write_factory(LOOPS["plain"]))
    assert client.state is WorkerState.READY


def test_a_loop_that_swallows_everything_can_be_cancelled(
    mortal: WorkerClient, watch: Ear, write_factory: Callable[..., str]
) -> None:
    cancelled(mortal, watch, write_factory(LOOPS["stubborn"]))


@pytest.mark.parametrize(
    "child", ["", "        raise RuntimeError\n", "        import sys\n        sys.exit(0)\n"]
)
def test_a_forked_child_does_not_speak(
    client: WorkerClient, write_factory: Callable[..., str], child: str
) -> None:
    """It comes back into our code as its parent does; one answer comes, the parent's."""
    spec = write_factory(
        "import os\ndef make():\n    pid = os.fork()\n    if not pid:\n"
        f"        print('child', flush=True)\n{child}"
        "    else:\n        assert os.waitpid(pid, 0)[1] == 0\n" + GOOD
    )
    told = client.call("build", {"factory": spec}, timeout=PATIENCE_S)
    assert len(told["variables"]) == 1
    assert client.call("ping") == {}


def test_a_gigabyte_of_print(
    client: WorkerClient, watch: Ear, write_factory: Callable[..., str]
) -> None:
    spec = write_factory(
        "def make():\n    for _ in range(1 << 10):\n        print('x' * (1 << 20))\n"
        "    print('the last line', flush=True)\n    raise ValueError('enough')\n"
    )
    finding = ends(client, spec)
    assert "enough" in finding.title
    assert sum(len(line) + 1 for line in watch.lines) < SHOWN_NBYTES + TAIL_NBYTES + (64 << 10)
    assert client.last_words.endswith("the last line")


def test_all_memory_within_the_limit(
    client: WorkerClient, write_factory: Callable[..., str]
) -> None:
    spec = write_factory(
        "def make():\n    hoard = []\n    while True:\n        hoard.append(bytearray(1 << 26))\n"
    )
    finding = ends(client, spec, memory_limit=1 << 30)
    assert finding.id == "W10"
    assert finding.evidence["type"] == "MemoryError"
    assert traceback_of(finding) == ["make: hoard.append(bytearray(1 << 26))"]


def test_within_the_limit_nothing_is_noticed(
    client: WorkerClient, write_factory: Callable[..., str]
) -> None:
    spec = write_factory(f"def make():\n{GOOD}")
    assert client.call("build", {"factory": spec, "memory_limit": 4 << 30})["variables"]


def test_a_missing_package_is_named(
    client: WorkerClient, write_factory: Callable[..., str]
) -> None:
    finding = ends(client, write_factory("import tensorflow_addons_x as tfa\n"))
    assert finding.id == "W10"
    assert "No module named 'tensorflow_addons_x'" in finding.title
    assert finding.evidence["type"] == "ModuleNotFoundError"


@pytest.mark.parametrize(
    "line",
    [
        "sys.stdout.close(); sys.stderr.close()",
        "os.close(1); os.close(2); sys.stdout = sys.stderr = None",
        "sys.path[:] = []; sys.argv[:] = []; sys.path_importer_cache.clear(); os.chdir('/')",
        "signal.signal(signal.SIGINT, signal.SIG_IGN); gc.disable(); os.environ.clear()",
        "threading.Thread(target=threading.Event().wait).start(); sys.setrecursionlimit(300)",
        "warnings.simplefilter('error'); logging.disable(); logging.shutdown()",
    ],
)
def test_what_is_done_to_the_process_does_not_reach_us(
    spoilt: WorkerClient, write_factory: Callable[..., str], line: str, tmp_path: Path
) -> None:
    """Building, restoring, calling and hashing go on; stopping takes no longer than else."""
    spec = write_factory(
        "import gc, logging, os, signal, sys, threading, warnings\n"
        "from keras import Input, Sequential, layers\n"
        f"def make():\n    {line}\n    return Sequential([Input((2,)), layers.Dense(1)])\n"
    )
    told = spoilt.call("build", {"factory": spec}, timeout=PATIENCE_S)
    assert len(told["variables"]) == 2
    prefix = str(tmp_path / "written")
    spoilt.call("write", {"prefix": prefix}, timeout=PATIENCE_S)
    restored = spoilt.call("restore", {"prefix": prefix}, timeout=PATIENCE_S)
    assert restored["checks"]["assert_consumed"] is None
    assert spoilt.call("call", timeout=PATIENCE_S)["done"]
    assert len(spoilt.call("hashes", timeout=PATIENCE_S)["hashes"]) == 2
