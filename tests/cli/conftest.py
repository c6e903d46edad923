"""How tests talk to the command line: in this process, or as a program of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tfinspector.cli.main import main
from tfinspector.engine.demo import make_demo
from tfinspector.engine.worker.client import WorkerClient

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on standard output; strict about numbers."""

        def refuse(constant: str) -> None:
            raise AssertionError(f"{constant} is not JSON")

        return json.loads(self.out, parse_constant=refuse)


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes what the person running it has chosen."""
    monkeypatch.setenv("TFINSPECTOR_CONFIG_DIR", str(tmp_path / "own-config"))
    monkeypatch.setenv("TFINSPECTOR_CACHE_DIR", str(tmp_path / "own-cache"))
    monkeypatch.setenv("TFINSPECTOR_DATA_DIR", str(tmp_path / "own-data"))


@pytest.fixture(scope="session")
def own_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo, trained once for all tests of this worker. Do not change it."""
    return make_demo(tmp_path_factory.mktemp("demo") / "demo")


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """`cli("list", path, "--json")` in this process."""

    def run(*words: str | Path) -> Ended:
        capsys.readouterr()
        code = main([str(word) for word in words])
        out, err = capsys.readouterr()
        return Ended(code, out, err)

    return run


@pytest.fixture
def program() -> Callable[..., Ended]:
    """The real program in a process of its own, not on a terminal."""

    def run(*words: str | Path, **environment: str) -> Ended:
        ended = subprocess.run(
            [sys.executable, "-m", "tfinspector", *map(str, words)],
            capture_output=True, text=True, check=False, env=os.environ | environment, cwd=ROOT,
        )  # fmt: skip
        return Ended(ended.returncode, ended.stdout, ended.stderr)

    return run


@pytest.fixture(scope="session")
def lent_worker() -> Iterator[WorkerClient]:
    """A worker for many restores one after the other: starting TensorFlow takes seconds."""
    with WorkerClient() as client:
        yield client


@pytest.fixture
def one_worker(lent_worker: WorkerClient, monkeypatch: pytest.MonkeyPatch) -> WorkerClient:
    """`restore`, `run` and `verify` use the lent worker and leave it running; only where no
    `--python` is given.
    """
    from tfinspector.cli import run, verify
    from tfinspector.cli.restore import command as restore

    make = restore.worker

    def lend(python: str | None) -> AbstractContextManager[WorkerClient]:
        return make(python) if python else nullcontext(lent_worker)

    for command in (restore, run, verify):
        monkeypatch.setattr(command, "worker", lend)
    return lent_worker
