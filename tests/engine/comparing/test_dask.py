"""The pass on a real dask cluster of two worker processes: equal results."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Ended, cli
from tests.engine.comparing.test_drift import opened, same
from tfinspector.contents.figures import Statistics
from tfinspector.contents.findings import Cancelled, Unreadable
from tfinspector.engine.cache.store import Store
from tfinspector.engine.comparing import executors, sharing_out
from tfinspector.engine.comparing.drifting import drift
from tfinspector.engine.comparing.executors import executor_at
from tfinspector.engine.jobs import Progress, Ticket
from tfinspector.engine.measuring import measure_all

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
    words = ("drift", made("drift.run"), "--json", "--no-cache")
    here, there = cli(*words), cli(*words, "--executor", f"dask:{address}")
    assert there.code == 0
    for one, other in zip(there.json["variables"], here.json["variables"], strict=True):
        assert one["name"] == other["name"]
        assert one["values"] == pytest.approx(other["values"], rel=1e-12)


def test_cancel_leaves_the_cluster_free(
    address: str, made: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharing_out, "_BATCH_SIZE", 1)
    run = opened(made("drift.all_dtypes"))

    def half_way(told: Progress) -> None:
        if told.total and told.done:
            ticket.cancel()

    ticket = Ticket(half_way)
    with executor_at(f"dask:{address}") as cluster:
        with pytest.raises(Cancelled):
            drift(run, ticket=ticket, executor=cluster)
        same(drift(run), drift(run, executor=cluster))


def test_what_a_cluster_has_found_is_remembered(
    address: str, made: Callable[[str], Path], tmp_path: Path
) -> None:
    cache, run = Store(tmp_path, 1 << 30), opened(made("drift.run"))
    with executor_at(f"dask:{address}") as cluster:
        there = drift(run, executor=cluster, cache=cache)

    def measures_nothing(told: Progress) -> None:
        assert told.total < 10_000, told

    same(there, drift(run, ticket=Ticket(measures_nothing), cache=cache))


def test_statistics_on_a_cluster(address: str, made: Callable[[str], Path]) -> None:
    [source] = opened(made("drift.all_dtypes"))
    variables = source.source.variables
    here = list(measure_all(source.reader(), variables))
    with executor_at(f"dask:{address}") as cluster:
        there = list(measure_all(source.reader(), variables, executor=cluster))
    for (variable, one), (other, two) in zip(here, there, strict=True):
        assert variable == other
        if isinstance(one, Statistics):
            assert isinstance(two, Statistics)
            assert (one.mean, one.max, one.nan) == pytest.approx(
                (two.mean, two.max, two.nan), rel=1e-12, nan_ok=True
            )


def test_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "_SECONDS", 1)
    with pytest.raises(Unreadable) as told, executor_at("dask:tcp://127.0.0.1:1"):
        pass
    assert told.value.finding.id == "D24"
    assert told.value.finding.fix is not None
