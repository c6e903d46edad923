"""Restores from other machines: our own reader hands over what TensorFlow can not read there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.formats.places.conftest import Put, memory, put
from tfinspector.contents.restores import Outcome
from tfinspector.engine.restoring.restore import RestoreRequest, restore
from tfinspector.engine.worker.client import WorkerClient

__all__ = ["memory", "put"]

FACTORIES = Path(__file__).parent.parent / "makers" / "matching.py"


def test_a_checkpoint_elsewhere_is_restored_and_proved(
    made: Callable[[str], Path], put: Put
) -> None:
    put(made("matching.checkpoints"), "/far")
    request = RestoreRequest("memory://far/functional-1", f"{FACTORIES}:functional")
    with WorkerClient() as client:
        report = restore(request, client)
    assert report.outcome is Outcome.RESTORED
    assert report.parameters_restored == report.parameters_total == 68
    assert [each for each in report.findings if each.severity != "info"] == []
