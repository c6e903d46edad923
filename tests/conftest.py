"""Fixtures shared by all tests: files written by TensorFlow, the referee, the corpus."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.tensorflow_process import TensorFlowProcess

ROOT = Path(__file__).parent.parent
CORPUS = ROOT.parent / "shared" / "corpus"

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(scope="session", autouse=True)
def nobodys_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads or fills the cache of the person running it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TFINSPECTOR_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def tensorflow() -> Iterator[TensorFlowProcess]:
    """A process with TensorFlow, for `call("module:function", ...)`."""
    process = TensorFlowProcess()
    yield process
    process.close()


@pytest.fixture(scope="session")
def made(request: pytest.FixtureRequest) -> Callable[[str], Path]:
    """`made("bundles.all_dtypes")`: the directory that this maker filled. Do not change it.

    Kept between test runs under the name of the maker module's content hash.
    """

    def make(name: str) -> Path:
        module, function = name.split(".")
        source = (ROOT / "tests" / "makers" / f"{module}.py").read_bytes()
        store = (
            ROOT / ".pytest_cache" / "made" / f"{module}-{hashlib.sha1(source).hexdigest()[:12]}"
        )
        store.mkdir(parents=True, exist_ok=True)
        target = store / function
        with open(store / f"{function}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not target.exists():
                draft = store / f"{function}.draft"
                shutil.rmtree(draft, ignore_errors=True)
                draft.mkdir()
                process: TensorFlowProcess = request.getfixturevalue("tensorflow")
                process.call(f"tests.makers.{module}:{function}", draft)
                draft.rename(target)
        return target

    return make


@pytest.fixture(scope="session")
def referee(tensorflow: TensorFlowProcess) -> Callable[[Path | str], dict[str, Any]]:
    """`referee(prefix)`: what TensorFlow reads, see `tensorflow_process.read_checkpoint`."""
    return lambda prefix: tensorflow.call("tests.tensorflow_process:read_checkpoint", str(prefix))


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Files that others wrote; skips where the folder is absent."""
    if not CORPUS.is_dir():
        pytest.skip("the corpus of foreign files is not beside this checkout")
    return CORPUS
