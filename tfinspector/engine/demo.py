"""The demo: a small real model, trained in a child process, with everything such a run leaves.

The training script and its factories lie in `resources/demo`; copies of them go into the folder,
so that the demo can be read, changed and run again. The folder is written as a draft beside its
place and renamed when it is complete, so there is never half a demo.
"""

import json
import os
import queue
import shlex
import shutil
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import IO

from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable
from tfinspector.engine.jobs import Ticket

_MARK = "demo.json"
_MARK_VERSION = 1
_TOTAL = 100
_TURN = 0.1
"""Seconds between two looks at the ticket while the child says nothing."""


def demo_directory() -> Path:
    """Where the demo belongs if nobody says otherwise: the user's data folder of this system.

    `TFINSPECTOR_DATA_DIR` overrides the data folder.
    """
    override = os.environ.get("TFINSPECTOR_DATA_DIR")
    if override:
        return Path(override) / "demo"
    import platformdirs

    return platformdirs.user_data_path("tfinspector", appauthor=False) / "demo"


def demo_is_complete(directory: Path | str) -> bool:
    """Whether a demo of this version was finished there."""
    try:
        mark = json.loads((Path(directory) / _MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(mark, dict) and mark.get("version") == _MARK_VERSION


def demo_sources(directory: Path | str) -> tuple[Path, ...]:
    """What of a demo can be opened, the run first. The folder itself holds several sources."""
    names = ("run", "run_with_nan", "saved_model", "exported", "spirals.keras")
    return tuple(Path(directory) / name for name in names)


def make_demo(
    directory: Path | str,
    ticket: Ticket | None = None,
    python: Sequence[str] | None = None,
) -> Path:
    """Train the demo into `directory` and return its absolute path; a complete one is kept.

    `python` is the command of an interpreter that has TensorFlow (default: this one). Progress
    is in percent. Raises `Unreadable` when the folder holds something else, can't be written, or
    the training fails; `Cancelled` when the ticket says so. Then nothing is left behind.
    """
    target = Path(directory).expanduser().resolve()
    if demo_is_complete(target):
        return target
    ticket = ticket or Ticket()
    try:
        _refuse_other_contents(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.parent / f".{target.name}.draft-{os.getpid()}"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        try:
            _copy_sources(draft)
            _train(draft, ticket, list(python or [sys.executable]))
            mark = {"version": _MARK_VERSION, "made_by": "tfinspector demo"}
            (draft / _MARK).write_text(json.dumps(mark) + "\n", encoding="utf-8")
            if target.exists():
                target.rmdir()  # it is empty; Windows does not replace it
            draft.rename(target)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        raise Unreadable(_cannot_write(target, error)) from error
    return target


def _refuse_other_contents(target: Path) -> None:
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise Unreadable(
            Finding(
                "P01",
                Severity.ERROR,
                f"“{target.name}” holds something that is not the demo.",
                detail="The demo is written into a new or empty folder, so that nothing is lost.",
                where=str(target),
                fix=Fix(
                    "Name another folder.", f"tfinspector demo {shlex.quote(f'{target}-demo')}"
                ),
            )
        )


def _cannot_write(target: Path, error: OSError) -> Finding:
    return Finding(
        "P01",
        Severity.ERROR,
        f"The demo can't be written to “{target}”: {error.strerror or error}.",
        where=str(target),
        evidence={"errno": error.errno, "file": str(error.filename or "")},
        fix=Fix("Name a folder that you may write to.", "tfinspector demo ~/tfinspector-demo"),
    )


def _copy_sources(draft: Path) -> None:
    for source in (resources.files("tfinspector.resources") / "demo").iterdir():
        if source.name.endswith(".py"):
            (draft / source.name).write_bytes(source.read_bytes())


def _train(draft: Path, ticket: Ticket, python: list[str]) -> None:
    """Run the script; its lines that start with "@" are progress, the last others are evidence."""
    ticket.report(0, _TOTAL, "starting TensorFlow")
    last_words: deque[str] = deque(maxlen=30)
    said: queue.Queue[str | None] = queue.Queue()
    try:
        child = _child([*python, "-u", "train.py"], draft)
    except OSError as error:
        raise Unreadable(_cannot_start(python, error)) from error
    with child as process:
        assert process.stdout is not None
        listener = threading.Thread(target=_listen, args=(process.stdout, said), daemon=True)
        listener.start()
        try:
            for line in _lines(said, ticket):
                done, _, text = line[1:].partition(" ")
                if line.startswith("@") and done.isdigit():
                    ticket.report(int(done), _TOTAL, text)
                elif line:
                    last_words.append(line)
        except BaseException:
            _kill(process)
            raise
        finally:
            listener.join()
    if process.returncode != 0:
        raise Unreadable(_training_failed(python, process.returncode, last_words))


def _child(command: list[str], folder: Path) -> "subprocess.Popen[str]":
    """The child in a session of its own, so that all it started can be ended with it."""
    return subprocess.Popen(
        command,
        cwd=folder,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )


def _kill(process: "subprocess.Popen[str]") -> None:
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()


def _lines(said: "queue.Queue[str | None]", ticket: Ticket) -> Iterator[str]:
    """What the child says, line by line; looks at the ticket while it says nothing."""
    while True:
        ticket.check()
        try:
            line = said.get(timeout=_TURN)
        except queue.Empty:
            continue
        if line is None:
            return
        yield line.rstrip()


def _listen(stream: IO[str], said: "queue.Queue[str | None]") -> None:
    for line in stream:
        said.put(line)
    said.put(None)


def _cannot_start(python: list[str], error: OSError) -> Finding:
    return Finding(
        "P01",
        Severity.ERROR,
        f"The Python that should train the demo can't be started: {error.strerror or error}.",
        where=shlex.join(python),
        evidence={"command": python, "errno": error.errno},
        fix=Fix("Name one that has TensorFlow.", "tfinspector demo --python /path/to/python"),
    )


def _training_failed(python: list[str], code: int, last_words: Sequence[str]) -> Finding:
    missing = any("No module named 'tensorflow'" in line for line in last_words)
    said = "\n".join(last_words)
    return Finding(
        "P01",
        Severity.ERROR,
        "The demo could not be trained: this Python has no TensorFlow."
        if missing
        else f"The demo could not be trained: its process ended with {code}.",
        detail=last_words[-1] if last_words else "",
        where=shlex.join(python),
        evidence={"exit": code, "said": said},
        fix=Fix(
            "Install TensorFlow for that interpreter.", f"{python[0]} -m pip install tensorflow"
        )
        if missing
        else Fix("See whether TensorFlow starts at all.", f"{python[0]} -c 'import tensorflow'"),
    )
