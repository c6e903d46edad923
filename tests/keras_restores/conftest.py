"""The corpus of Keras files, written once for each version of its makers."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.tensorflow_process import TensorFlowProcess

MAKERS = ROOT / "tests" / "makers" / "keras_restores"


@pytest.fixture(scope="session")
def keras_restores(tensorflow: TensorFlowProcess) -> Path:
    """The directory with one directory per case. Do not change it."""
    sources = sorted(MAKERS.glob("*.py"))
    version = hashlib.sha1(b"\0".join(source.read_bytes() for source in sources)).hexdigest()[:12]
    store = ROOT / ".pytest_cache" / "made"
    store.mkdir(parents=True, exist_ok=True)
    target = store / f"keras_restores-{version}"
    with open(store / "keras_restores.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            for old in store.glob("keras_restores-*"):
                shutil.rmtree(old)
            draft = store / f"keras_restores-{version}.draft"
            draft.mkdir()
            tensorflow.call("tests.makers.keras_restores.writing:every_case", draft)
            draft.rename(target)
    return target
