"""The corpus of restores, written once for each version of its makers."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.legacy_keras import legacy_environment, legacy_python
from tests.makers.restores.cases import LEGACY, Case
from tests.restores.verdicts import SCORE
from tests.tensorflow_process import TensorFlowProcess

MAKERS = ROOT / "tests" / "makers" / "restores"


@pytest.fixture(scope="session")
def restores(request: pytest.FixtureRequest) -> Path:
    """The directory with one directory per case. Do not change it."""
    sources = sorted(MAKERS.glob("*.py"))
    version = hashlib.sha1(b"\0".join(source.read_bytes() for source in sources)).hexdigest()[:12]
    store = ROOT / ".pytest_cache" / "made"
    store.mkdir(parents=True, exist_ok=True)
    target = store / f"restores-{version}"
    with open(store / "restores.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            for old in store.glob("restores-*"):
                shutil.rmtree(old)
            draft = store / f"restores-{version}.draft"
            draft.mkdir()
            process: TensorFlowProcess = request.getfixturevalue("tensorflow")
            process.call("tests.makers.restores.writing:write_all", draft)
            draft.rename(target)
    return target


@pytest.fixture(scope="session")
def legacy() -> Iterator[LegacyProcess]:
    """A process with TensorFlow and Keras 2."""
    process = LegacyProcess()
    yield process
    process.close()


@pytest.fixture(scope="session")
def as_user(
    tensorflow: TensorFlowProcess, request: pytest.FixtureRequest
) -> Callable[..., dict[str, Any]]:
    """`as_user(case, directory, prefix, attach)`: see `tests.makers.restores.user.plain`."""

    def ask(case: Case, directory: Path, *more: str) -> dict[str, Any]:
        process = request.getfixturevalue("legacy") if case.python == LEGACY else tensorflow
        answer: dict[str, Any] = process.call(
            "tests.makers.restores.user:plain", str(directory / case.name), *more
        )
        return answer

    return ask


class LegacyProcess(TensorFlowProcess):
    """`TensorFlowProcess` in the environment of `tests.legacy_keras`."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [str(legacy_python()), "-m", "tests.tensorflow_process"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=legacy_environment(), cwd=ROOT,
        )  # fmt: skip


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    score = config.stash.get(SCORE, None)
    if score is not None:
        terminalreporter.section("restores")
        for line in score:
            terminalreporter.write_line(line)
