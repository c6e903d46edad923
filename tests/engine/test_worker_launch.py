"""Starting the worker with all sorts of commands, and what is said when it can't work there."""

from __future__ import annotations

import os
import shlex
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.worker.odd_workers import PATIENCE_S, Watch, ended_by_now, nothing_left, odd_command
from tfinspector.contents.findings import Finding, Severity
from tfinspector.contents.reports import WorkerState
from tfinspector.engine.worker.client import WorkerClient, WorkerFailed
from tfinspector.engine.worker.launch import (
    BOOTSTRAP,
    complete,
    default_command,
    opening_bytes,
    parse_command,
)

Script = Callable[..., str]


@pytest.fixture
def script(tmp_path: Path) -> Script:
    """A program with this text, to be a part of a command."""

    def write(text: str, name: str = "program") -> str:
        path = tmp_path / name
        path.write_text(text)
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return str(path)

    return write


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An interpreter of its own, without TensorFlow and without NumPy."""
    directory = tmp_path_factory.mktemp("bare") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", directory], check=True)
    return str(directory / "bin" / "python")


def refusal(*command: str, **options: float) -> Finding:
    """Why a worker can't be had with this command. Nothing may be left of the attempt."""
    with nothing_left(), WorkerClient(command, **options) as client:
        with pytest.raises(WorkerFailed) as caught:
            client.wait()
        assert client.finding == caught.value.finding
        with pytest.raises(WorkerFailed):  # it is tried again, and says so again
            client.call("ping", timeout=PATIENCE_S)
    finding = caught.value.finding
    assert finding.severity is Severity.ERROR
    assert finding.fix
    assert finding.fix.text
    return finding


def works(*command: str) -> WorkerClient:
    with nothing_left(), WorkerClient(command) as client:
        assert client.wait().python == ".".join(map(str, sys.version_info[:3]))
        assert client.call("echo", {"ü": [1]}) == {"ü": [1]}
    return client


def test_the_bootstrap_fits_every_shell() -> None:
    assert len(BOOTSTRAP) < 60
    assert not set(BOOTSTRAP) & set("'\\$!`\n")


def test_commands_as_people_type_them() -> None:
    assert parse_command("conda run -n 'my env' python") == (
        "conda", "run", "-n", "my env", "python"
    )  # fmt: skip
    assert default_command() == (sys.executable,)
    assert complete(["~/x/python"])[0] == os.path.expanduser("~/x/python")
    assert complete(["python"])[1:] == ["-u", "-c", BOOTSTRAP]


def test_conda_must_not_hold_the_output_back() -> None:
    words = complete(["/opt/conda/bin/conda", "run", "-n", "x", "python"])
    assert words[1:3] == ["run", "--no-capture-output"]
    told = ["conda", "run", "--live-stream", "-n", "x", "python"]
    assert complete(told)[: len(told)] == told


def test_a_command_of_several_words() -> None:
    works(*odd_command())


def test_a_shell_wrapper(script: Script) -> None:
    wrapper = script(f'#!/bin/sh\nexec {shlex.join(odd_command())} "$@"\n')
    works(wrapper)


def test_a_remote_shell_that_splits_the_words_again(script: Script) -> None:
    """ssh hands "word word word" to the remote shell; so does this stand-in."""
    ssh = script('#!/bin/sh\nshift\nexec sh -c "$*"\n', "ssh")
    works(ssh, "some-host", *odd_command())


def test_a_command_that_greets_first(script: Script) -> None:
    """A login message comes before the first frame: it is shown, and no harm is done."""
    wrapper = script(f'#!/bin/sh\necho "Welcome to gpu7"\nexec {shlex.join(odd_command())} "$@"\n')
    watch = Watch()
    with nothing_left(), WorkerClient((wrapper,), watch.on_log) as client:
        client.wait()
    assert "Welcome to gpu7" in watch.lines


def test_a_wrapper_that_stays_and_dies_with_its_worker(script: Script) -> None:
    """Not every wrapper uses exec; killing must reach the interpreter behind it."""
    wrapper = script(f'#!/bin/sh\n{shlex.join(odd_command())} "$@"\nexit $?\n')
    with nothing_left(), WorkerClient((wrapper,)) as client:
        with pytest.raises(WorkerFailed) as caught:
            client.call("abort")
        assert caught.value.finding.id == "W02"  # though the wrapper's own status is 134
        with ended_by_now(client.wait().pid):
            client.kill()


def test_nothing_of_ours_must_be_installed_there(bare: str) -> None:
    """The sources are sent; the directory the program was started in is not searched either."""
    with nothing_left(), WorkerClient(("env", "-C", "/", bare)) as client:
        client.start()
        with pytest.raises(WorkerFailed):
            client.wait()
        about = client.call("about")
    assert about["executable"] == bare
    assert about["numpy"] is None


def test_modules_in_the_current_directory_are_not_run(tmp_path: Path) -> None:
    """A folder of downloaded models may hold a json.py."""
    for name in ("json", "struct", "numpy", "tensorflow", "typing"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    with WorkerClient(("env", "-C", str(tmp_path), *odd_command()[1:])) as client:
        assert client.call("ping") == {}
    assert not (tmp_path / "ran").exists()


def test_without_tensorflow_it_starts_and_says_so(bare: str) -> None:
    watch = Watch()
    with nothing_left(), WorkerClient((bare,), on_state=watch.on_state) as client:
        with pytest.raises(WorkerFailed) as caught:
            client.wait()
        finding = caught.value.finding
        assert finding.id == "W07"
        assert bare in finding.title
        assert finding.fix
        assert finding.fix.code == f"{bare} -m pip install tensorflow"
        assert client.state is WorkerState.UNAVAILABLE
        assert client.about
        assert client.about.tensorflow is None
        assert client.call("ping") == {}  # it lives, and answers what needs no TensorFlow
        with pytest.raises(WorkerFailed) as again:
            client.call("list_variables", {"prefix": "/nowhere"})
        assert again.value.finding.id == "W07"
        assert client.state is WorkerState.UNAVAILABLE
    assert WorkerState.READY not in watch.states


def test_a_tensorflow_whose_import_fails() -> None:
    start = "raise ImportError('libcudart.so.12: cannot open shared object file')"
    with (
        nothing_left(),
        WorkerClient(odd_command(start=start)) as client,
        pytest.raises(WorkerFailed) as caught,
    ):
        client.wait()
    assert caught.value.finding.id == "W08"
    assert "libcudart.so.12" in caught.value.finding.detail


def test_an_import_that_kills_the_process() -> None:
    finding = refusal(*odd_command(start="os.abort()"))
    assert finding.id == "W02"
    assert "aborted while starting" in finding.title


def test_no_such_interpreter() -> None:
    finding = refusal("/no/such/python")
    assert finding.id == "W05"
    assert "/no/such/python: No such file or directory" in finding.title
    assert finding.fix
    assert finding.fix.code == "/no/such/python --version"


def test_not_executable(tmp_path: Path) -> None:
    (tmp_path / "python").write_text("")
    assert "Permission denied" in refusal(str(tmp_path / "python")).title


def test_not_found_behind_a_wrapper() -> None:
    finding = refusal("env", "/no/such/python")
    assert finding.id == "W05"
    assert "No such file or directory" in finding.title


def test_not_a_python() -> None:
    for command in (("true",), ("echo", "hello"), ("sh",)):
        finding = refusal(*command)
        assert finding.id == "W05"
        assert "before it became a worker" in finding.title


def test_a_container_without_standard_input(script: Script) -> None:
    docker = script('#!/bin/sh\nshift 2\nexec "$@" </dev/null\n', "docker")
    finding = refusal(docker, "exec", "name", sys.executable)
    assert finding.id == "W05"
    assert finding.fix
    assert finding.fix.text.startswith("Add -i")


def test_python_that_is_too_old(script: Script) -> None:
    """A newer Python that believes to be an older one: the bootstrap looks at its version."""
    old = script(
        f"#!{sys.executable}\nimport sys\nsys.version_info = (3, 7, 2, 'final', 0)\n"
        "exec(sys.argv[-1])\n"
    )
    finding = refusal(old)
    assert finding.id == "W06"
    assert "is Python 3.7.2" in finding.title


def other_python(version: str) -> str:
    """Another Python of this machine, as pyenv keeps them; skips where there is none."""
    found = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    if not found:
        pytest.skip(f"no Python {version} on this machine")
    return str(found[0])


@pytest.mark.parametrize("version", ["3.6", "3.7", "3.8"])
def test_really_old_pythons_say_so_themselves(version: str) -> None:
    finding = refusal(other_python(version))
    assert finding.id == "W06"
    assert f"is Python {version}." in finding.title


def test_python_2() -> None:
    assert refusal(other_python("2.7")).id == "W05"


@pytest.mark.parametrize("version", ["3.9", "3.10", "3.12", "3.13"])
def test_every_python_from_3_9_on_runs_it(version: str) -> None:
    command = (*odd_command()[:-1], other_python(version))
    with nothing_left(), WorkerClient(command) as client:
        assert client.wait().python.startswith(f"{version}.")
        assert client.exchange("echo", {"a": 1}, [b"raw"]) == ({"a": 1}, (b"raw",))
        with pytest.raises(WorkerFailed) as caught:
            client.call("complain", {"kind": "value"})
        assert "complain: raise {" in str(caught.value.finding.evidence["traceback"])
        with pytest.raises(WorkerFailed) as caught:
            client.call("abort")
        assert caught.value.finding.id == "W02"


def test_a_start_that_takes_for_ever(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "gate")
    start = f"open({str(tmp_path / 'gate')!r})"
    finding = refusal(*odd_command(start=start), start_timeout_s=1.0)
    assert finding.id == "W04"
    assert "starting took longer than 1 s" in finding.title


def test_stopping_while_it_starts(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "gate")
    command = odd_command(start=f"open({str(tmp_path / 'gate')!r})")
    with nothing_left(), WorkerClient(command, grace_s=0.1) as client:
        client.start()
        client.stop()
        assert client.state is WorkerState.STOPPED


def test_it_does_not_take_all_of_the_gpu(tmp_path: Path) -> None:
    """The variable that TensorFlow reads is set before it is imported; a user's own is kept."""
    seen = tmp_path / "seen"
    start = f"open({str(seen)!r}, 'w').write(os.environ['TF_FORCE_GPU_ALLOW_GROWTH'])"
    works(*odd_command(start=start))
    assert seen.read_text() == "true"
    works("env", "TF_FORCE_GPU_ALLOW_GROWTH=false", *odd_command(start=start))
    assert seen.read_text() == "false"


def test_everything_that_is_sent_is_ascii_in_one_line_and_a_bundle() -> None:
    sent = opening_bytes()
    line, _, rest = sent.partition(b"\n")
    assert line.startswith(b"exec(")
    assert int(rest[:8]) == len(rest) - 8
    assert sent.isascii()
