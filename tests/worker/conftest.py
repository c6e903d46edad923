"""One worker for all tests that only build and restore; and how to ask it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tfinspector.contents.models import ModelDescription, ModelVariable
from tfinspector.engine.restoring.model_reports import description_of
from tfinspector.engine.worker.client import WorkerClient

MODELS = Path(__file__).parent.parent / "makers" / "worker_models.py"
PATIENCE_S = 120.0


class Asked:
    """A worker, asked about the factories of `tests/makers/worker_models.py`."""

    def __init__(self, client: WorkerClient) -> None:
        self.client = client

    def build(self, factory: str, **params: Any) -> ModelDescription:
        spec = factory if ":" in factory else f"{MODELS}:{factory}"
        told = self.client.call("build", {"factory": spec, **params}, timeout=PATIENCE_S)
        assert self.client.about
        return description_of(told, self.client.about)

    def hashes(self, variables: list[int] | None = None) -> dict[int, str]:
        told = self.client.call("hashes", {"variables": variables})["hashes"]
        assert not any(problem for *_, problem in told)
        return {number: sha256 for number, sha256, *_ in told}

    def __call__(self, method: str, **params: Any) -> dict[str, Any]:
        return self.client.call(method, params, timeout=PATIENCE_S)


def by_path(model: ModelDescription) -> dict[str, ModelVariable]:
    return {variable.path: variable for variable in model.variables if variable.path}


@pytest.fixture(scope="session")
def asked() -> Iterator[Asked]:
    with WorkerClient() as client:
        yield Asked(client)


@pytest.fixture
def write_factory(tmp_path: Path) -> Callable[..., str]:
    """`write_factory(body, name="factory.py")`: a file with this text; its `make` as SPEC."""

    def write(text: str, name: str = "factory.py") -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return f"{path}:make"

    return write
