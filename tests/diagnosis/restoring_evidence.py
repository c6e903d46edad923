"""Evidence of restores from real models and real files, for tests of the judgement about them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.tensorflow_process import TensorFlowProcess
from tfinspector.contents.findings import Finding, Severity
from tfinspector.contents.restores import RestoreEvidence
from tfinspector.diagnosis.matching.match_table import match
from tfinspector.diagnosis.restoring import diagnose
from tfinspector.engine.restoring.model_reports import description_of
from tfinspector.engine.worker.client import WorkerClient
from tfinspector.formats.checkpoints.checkpoint import read_checkpoint

MODELS = Path(__file__).parent.parent / "makers" / "restoring_models.py"
PATIENCE_S = 120.0


@dataclass
class Judge:
    """Builds models, matches them with files, and judges."""

    client: WorkerClient
    files: Path

    def evidence(self, factory: str, file: str, **kwargs: Any) -> RestoreEvidence:
        """A dry run of `restoring_models.<factory>` with a checkpoint of `written`."""
        spec = f"{MODELS}:{factory}"
        params = {"factory": spec, "kwargs": kwargs, "hints": {"optimizer": True}}
        told = self.client.call("build", params, timeout=PATIENCE_S)
        assert self.client.about
        used = self.client.call("trace", {}, timeout=PATIENCE_S)["in_call"]
        model = replace(
            description_of(told, self.client.about), in_call=None if used is None else tuple(used)
        )  # fmt: skip
        checkpoint, _ = read_checkpoint(str(self.prefix(file)))
        table = match(checkpoint, model)
        return RestoreEvidence(
            checkpoint, (), model, table, table.rows, factory=spec, kwargs=kwargs
        )  # fmt: skip

    def __call__(self, factory: str, file: str, **kwargs: Any) -> tuple[Finding, ...]:
        return diagnose(self.evidence(factory, file, **kwargs))

    def prefix(self, file: str) -> Path:
        """The prefix of a checkpoint by its short name."""
        for path in (self.files / f"{file}-1", self.files / file,
                     self.files / file / "variables" / "variables"):  # fmt: skip
            if path.with_name(path.name + ".index").exists():
                return path
        raise AssertionError(file)


@pytest.fixture(scope="session")
def judge(made: Callable[[str], Path]) -> Iterator[Judge]:
    with WorkerClient() as client:
        yield Judge(client, made("restoring_models.written"))


@pytest.fixture(scope="session")
def run_fix(tensorflow: TensorFlowProcess) -> Callable[..., dict[str, Any]]:
    """Runs the code of a finding's fix with plain TensorFlow; the model's values afterwards."""

    def run(finding: Finding, batch: bool = False) -> dict[str, Any]:
        assert finding.fix is not None
        assert finding.fix.code
        return tensorflow.call(
            "tests.makers.restoring_models:run_code", finding.fix.code, batch
        )  # fmt: skip

    return run


def alarms(findings: tuple[Finding, ...]) -> list[str]:
    """Ids of errors and warnings, each of which must have a fix."""
    loud = [each for each in findings if each.severity is not Severity.INFO]
    for each in loud:
        assert each.fix is not None, each.title
        assert each.fix.text
    return [each.id for each in loud]
