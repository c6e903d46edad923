"""Parts that were saved under names of their own, put together: by map, script and new file."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tfinspector.contents.findings import Unreadable
from tfinspector.contents.restores import Outcome, RestoreReport, State
from tfinspector.engine.restoring.code import code_for
from tfinspector.engine.restoring.rename_maps import load_map, save_map
from tfinspector.engine.restoring.repairing import write_fixed
from tfinspector.engine.restoring.restore import RestoreRequest, dry_run, restore
from tfinspector.engine.worker.client import WorkerClient

FACTORY = f"{Path(__file__).parent.parent / 'makers' / 'parts.py'}:build"


@pytest.fixture(scope="module")
def client() -> Iterator[WorkerClient]:
    with WorkerClient() as client:
        yield client


@pytest.fixture(scope="module")
def request_(made: Callable[[str], Path]) -> RestoreRequest:
    return RestoreRequest(str(made("parts.two_parts") / "ckpt"), FACTORY, timeout=120)


@pytest.fixture(scope="module")
def dry(request_: RestoreRequest, client: WorkerClient) -> RestoreReport:
    return dry_run(request_, client)


def test_each_part_is_a_pair_that_says_where_it_begins(dry: RestoreReport) -> None:
    assert [(each.name, each.path, each.transform, each.offset) for each in dry.renames] == [
        ("table/part_0", "table", "part", (0, 0)),
        ("table/part_1", "table", "part", (2, 0)),
    ]
    assert dry.findings[0].id == "M13"


def test_all_parts_together_are_proved(
    request_: RestoreRequest, dry: RestoreReport, client: WorkerClient
) -> None:
    report = restore(request_, client, renames=dry.renames)
    assert report.outcome is Outcome.RESTORED
    assert {row.state for row in report.rows} == {State.RESTORED}
    assert sum(row.model_path == "table" for row in report.rows) == 2


def test_a_part_alone_is_not_assigned(
    request_: RestoreRequest, dry: RestoreReport, client: WorkerClient
) -> None:
    report = restore(request_, client, renames=dry.renames[:1])
    assert report.outcome is Outcome.PARTIAL
    (row,) = (row for row in report.rows if row.model_path == "table" and row.key)
    assert row.state is State.SHAPE_MISMATCH
    assert "accept all of them" in row.why


def test_the_script_puts_them_together(
    request_: RestoreRequest, dry: RestoreReport, tmp_path: Path
) -> None:
    script = tmp_path / "restore_it.py"
    script.write_text(code_for(request_, dry, dry.renames))
    look = "import restore_it; print(restore_it.restore().table.numpy().ravel().tolist())"
    said = subprocess.run(
        [sys.executable, "-c", look], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout
    assert said.splitlines()[-1] == str([float(number) for number in range(18)])


def test_the_repaired_checkpoint_holds_them_whole(
    request_: RestoreRequest, dry: RestoreReport, client: WorkerClient, tmp_path: Path
) -> None:
    report = write_fixed(request_, dry.renames, str(tmp_path / "fixed"), client)
    assert report.outcome is Outcome.RESTORED
    keys = {row.key for row in report.rows}
    assert "table/.ATTRIBUTES/VARIABLE_VALUE" in keys


def test_a_map_keeps_the_offsets(dry: RestoreReport, tmp_path: Path) -> None:
    path = tmp_path / "map.json"
    save_map(path, dry.renames)
    assert load_map(path) == dry.renames


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ('"transform": "part"', "has an offset, one per axis"),
        ('"offset": [0]', "a part, and nothing else, has an offset"),
        ('"transform": "part", "offset": [-1]', "not a list of places"),
    ],
)
def test_a_map_with_a_wrong_offset(fields: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "map.json"
    path.write_text(f'[{{"from": "a", "to": "b", {fields}}}]')
    with pytest.raises(Unreadable) as raised:
        load_map(path)
    assert words in raised.value.finding.title
