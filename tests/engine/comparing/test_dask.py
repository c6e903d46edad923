"""The pass on a real dask cluster of two worker processes: equal results."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Ended, cli
from tests.engine.comparing.test_drift import opened, same
from tfinspector.contents.findings import Unreadable
from tfinspector.engine.comparing import executors
from tfinspector.engine.comparing.drifting import drift
from tfinspector.engine.comparing.executors import executor_at

__all__ = ["cli"]

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.filterwarnings("default")  # of the cluster's own libraries


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The address of a scheduler with two workers, each a process of its own."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        yield cluster.scheduler_address


@pytest.mark.parametrize("run", ["drift.run", "drift.all_dtypes", "drift.reshaped"])
def test_a_cluster_finds_the_same(address: str, made: Callable[[str], Path], run: str) -> None:
    here = drift(opened(made(run)))
    with executor_at(f"dask:{address}") as cluster:
        there = drift(opened(made(run)), executor=cluster)
    same(here, there)
    assert [one.id for one in here.findings] == [one.id for one in there.findings]


def test_the_command_line(
    address: str, made: Callable[[str], Path], cli: Callable[..., Ended]
) -> None:
    here = cli("drift", made("drift.run"), "--json")
    there = cli("drift", made("drift.run"), "--json", "--executor", f"dask:{address}")
    assert there.code == 0
    for one, other in zip(there.json["variables"], here.json["variables"], strict=True):
        assert one["name"] == other["name"]
        assert one["values"] == pytest.approx(other["values"], rel=1e-12)


def test_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "_SECONDS", 1)
    with pytest.raises(Unreadable) as told, executor_at("dask:tcp://127.0.0.1:1"):
        pass
    assert told.value.finding.id == "D24"
    assert told.value.finding.fix is not None
