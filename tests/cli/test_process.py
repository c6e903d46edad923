"""The program as a process: what it imports, how it is interrupted, who reads it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli import schema
from tests.cli.conftest import ROOT, Ended

Made = Callable[[str], Path]
Program = Callable[..., Ended]

_WITHOUT = """
import sys
FORBIDDEN = {"PySide6", "shiboken6", "pyqtgraph", "tensorflow", "keras"}
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in FORBIDDEN:
            raise ModuleNotFoundError(f"{name} was asked for", name=name)
sys.meta_path.insert(0, Refuse())
from tfinspector.cli.main import main
code = main(sys.argv[1:])
slow = {"rich", "h5py"} & set(sys.modules)
sys.exit(f"{slow} imported" if slow else code)
"""


@pytest.mark.parametrize(
    "words",
    [
        ["list", "PREFIX"],
        ["list", "PREFIX", "--json"],
        ["stats", "PREFIX", "--json"],
        ["values", "PREFIX", "int/grid", "--json"],
        ["check", "PREFIX", "--json"],
        ["report", "PREFIX", "--json", "-o", "REPORT"],
    ],
    ids=" ".join,
)
def test_works_without_qt_and_never_imports_tensorflow(
    made: Made, words: list[str], tmp_path: Path
) -> None:
    paths = {
        "PREFIX": str(made("cli_cases.odd_values") / "odd"),
        "REPORT": str(tmp_path / "report.html"),
    }
    words = [paths.get(word, word) for word in words]
    ended = subprocess.run(
        [sys.executable, "-c", _WITHOUT, *words],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert ended.stderr == ""
    assert ended.returncode == 0
    assert ended.stdout


def test_the_word_is_a_command_of_the_program(program: Program, made: Made) -> None:
    ended = program("list", made("cli_cases.odd_values") / "odd", "--json")
    assert (ended.code, ended.err) == (0, "")
    schema.check(ended.json, schema.LIST)


def test_tensorflows_noise_is_not_in_the_document(program: Program, own_demo: Path) -> None:
    ended = program("load", own_demo / "saved_model", "--json", TF_CPP_MIN_LOG_LEVEL="0")
    assert ended.code == 0
    schema.check(ended.json, schema.LOAD)


@pytest.fixture
def endless(tmp_path: Path) -> tuple[str, Path]:
    """The command of an interpreter that hangs, and the pipe it writes its process id to."""
    started = tmp_path / "started"
    os.mkfifo(started)
    script = tmp_path / "endless.py"
    script.write_text(
        f"import os, time\nopen({str(started)!r}, 'w').write(str(os.getpid()))\ntime.sleep(600)\n"
    )
    return f"{sys.executable} {script}", started


def interrupted(words: list[str], started: Path) -> tuple[int, Ended]:
    """Ctrl-C as soon as the child runs: the child's process id, and how the program ended.

    A shell starts what it runs in the background deaf to SIGINT, and that is inherited; here the
    program must hear it, however the tests were started.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "tfinspector", *words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads
    )  # fmt: skip
    child = int(started.read_text())
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    return child, Ended(process.returncode, out, err)


def test_ctrl_c_ends_the_training_of_the_demo(tmp_path: Path, endless: tuple[str, Path]) -> None:
    python, started = endless
    child, ended = interrupted(["demo", str(tmp_path / "demo"), "--python", python], started)
    assert ended == Ended(130, "", "tfinspector: interrupted\n")
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
    assert sorted(f.name for f in tmp_path.iterdir()) == ["endless.py", "started"]


def test_ctrl_c_ends_the_worker(own_demo: Path, endless: tuple[str, Path]) -> None:
    python, started = endless
    words = ["load", str(own_demo / "saved_model"), "--python", python, "--json"]
    child, ended = interrupted(words, started)
    assert ended == Ended(130, "", "tfinspector: interrupted\n")
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_reader_that_goes_away_is_no_error(made: Made, options: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as gone:
        ended = subprocess.run(
            [
                sys.executable, "-m", "tfinspector", "list",
                str(made("cli_cases.odd_values") / "odd"), *options,
            ],
            stdout=gone, stderr=subprocess.PIPE, text=True, check=False, cwd=ROOT,
        )  # fmt: skip
    assert ended.stderr == ""
    assert ended.returncode == 141


def test_a_terminal_without_unicode_gets_escapes(program: Program, made: Made) -> None:
    prefix = made("cli_cases.odd_values") / "odd"
    ended = program("stats", prefix, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.isascii()
