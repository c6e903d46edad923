"""What a restore job proposes, and that values only count where they tell something."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.diagnosis.made_up_models import checkpoint_of, model_of
from tfinspector.contents.checkpoints import Checkpoint
from tfinspector.contents.models import ModelDescription
from tfinspector.contents.restores import Outcome, Rename, RestoreReport
from tfinspector.diagnosis.matching.match_table import match
from tfinspector.engine.opening import OpenSource, open_source
from tfinspector.engine.restoring import suggesting
from tfinspector.engine.restoring.restore import RestoreRequest, dry_run, restore
from tfinspector.engine.restoring.suggesting import propose
from tfinspector.engine.worker.client import WorkerClient

FACTORIES = Path(__file__).parent.parent / "makers" / "cli_restores.py"
VALUE = "/.ATTRIBUTES/VARIABLE_VALUE"


@pytest.fixture(scope="module")
def directory(made: Callable[[str], Path]) -> Path:
    return made("cli_restores.nets")


@pytest.fixture(scope="module")
def client() -> Iterator[WorkerClient]:
    with WorkerClient() as client:
        yield client


def asked(directory: Path, factory: str) -> RestoreRequest:
    return RestoreRequest(str(directory / "net-1"), f"{FACTORIES}:{factory}")


def pairs(report: RestoreReport) -> dict[str, str]:
    return {each.key.removesuffix(VALUE): each.path for each in report.renames}


def test_another_attribute_is_proposed_and_restores(directory: Path, client: WorkerClient) -> None:
    request = asked(directory, "renamed")
    plain = dry_run(request, client)
    assert pairs(plain) == {
        "model/middle/_kernel": "model/centre/_kernel",
        "model/middle/bias": "model/centre/bias",
    }
    assert all(0.5 < each.confidence <= 1 and each.why for each in plain.renames)
    assert plain.findings[0].severity == "error"
    mapped = restore(request, client, renames=plain.renames)
    assert mapped.outcome is Outcome.RESTORED
    assert mapped.renames == ()


def test_a_map_leaves_the_rest_to_propose(directory: Path, client: WorkerClient) -> None:
    request = asked(directory, "renamed")
    both = dry_run(request, client).renames
    half = restore(request, client, renames=both[:1])
    assert half.outcome is Outcome.PARTIAL
    assert half.renames == both[1:]


def test_nothing_is_proposed_where_all_fits(directory: Path, client: WorkerClient) -> None:
    assert restore(asked(directory, "fitting"), client).renames == ()
    assert dry_run(asked(directory, "without_optimizer"), client).renames == ()


def test_values_that_the_factory_loaded_are_known_again(
    directory: Path, client: WorkerClient
) -> None:
    """Two layers of one shape in other places: only the values say which is which."""
    report = dry_run(asked(directory, "loaded_crosswise"), client)
    by_value = {each.key.removesuffix(VALUE): each for each in report.renames}
    one, two = by_value["model/left/_kernel"], by_value["model/right/_kernel"]
    assert (one.path, two.path) == ("beta/kernel", "alpha/kernel")
    assert one.confidence == two.confidence == 1.0
    assert one.rule == "values"


@pytest.fixture
def opened(directory: Path) -> OpenSource:
    return open_source(str(directory / "net-1"))


def flat(count: int) -> tuple[Checkpoint, ModelDescription]:
    shapes = {f"old_{at}": (4, 4) for at in range(count)}
    others = {f"new_{at}": (4, 4) for at in range(count)}
    return checkpoint_of(shapes), model_of(others)


def test_beyond_all_reading_nothing_is_proposed(
    opened: OpenSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint, model = flat(10)
    table = match(checkpoint, model)
    monkeypatch.setattr(suggesting, "MOST_OPEN", 10)
    assert len(propose(checkpoint, model, table, opened.reader())) == 10
    monkeypatch.setattr(suggesting, "MOST_OPEN", 9)
    assert propose(checkpoint, model, table, opened.reader()) == ()


def test_used_pairs_are_not_proposed_again(opened: OpenSource) -> None:
    checkpoint, model = flat(3)
    table = match(checkpoint, model)
    used = Rename(f"old_1{VALUE}", "", "new_1", 1.0, "")
    again = propose(checkpoint, model, table, opened.reader(), used=[used])
    assert {each.path for each in again} == {"new_0", "new_2"}
