"""Each finding about a run: where it is due, and where it would be a false alarm."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.diagnosis.drifting_tables import row, table
from tfinspector.contents.drifts import DeadUnits, DriftTable, Event, Happening, RunPath
from tfinspector.contents.findings import Finding, Severity
from tfinspector.contents.variables import Role
from tfinspector.diagnosis import drifting
from tfinspector.diagnosis.drifting.problems import find_drift_problems
from tfinspector.engine.comparing.drifting import drift
from tfinspector.engine.opening import open_source

MOVES, STANDS = [0, 1, 1, 1], [0, 0, 0, 0]


def found(some: DriftTable, which: str) -> list[Finding]:
    told = find_drift_problems(some)
    for each in told:
        assert each.severity is Severity.INFO or each.fix is not None, each.id
    return [each for each in told if each.id == which]


def only(some: DriftTable, which: str) -> Finding:
    [finding] = found(some, which)
    return finding


def test_a_quiet_run_says_nothing() -> None:
    rows = [row("a/kernel"), row("step", Role.COUNTER, ())]
    quiet = table(rows, {"norm": [[1, 1.1, 1.2, 1.3], [1, 2, 3, 4]]}, [MOVES, MOVES])
    assert find_drift_problems(quiet) == []


def test_the_first_nan_and_the_last_good_snapshot() -> None:
    rows = [row("a"), row("b")]
    odd = table(rows, {"nan": [[0, 0, 3, 3], [0, 0, 0, 1]]}, [MOVES, MOVES])
    told = only(odd, "D01")
    assert told.title.startswith("NaN values begin in ckpt-3, in `a`; ckpt-2 is the last")
    assert told.fix is not None
    assert "ckpt-2" in told.fix.code
    assert told.evidence["odd_in_newest"] == 2
    infinite = table(rows, {"posinf": [[1, 0, 0, 0], [0, 0, 0, 0]]}, [MOVES, MOVES])
    assert "infinite values begin in ckpt-1" in only(infinite, "D01").title


@pytest.mark.parametrize(
    ("slots", "norms", "severity", "words"),
    [
        (True, [0, 0, 0, 0], "warning", "no gradient ever reached them"),
        (True, [1, 1, 2, 2], "warning", "a learning rate of zero"),
        (False, [0, 0, 0, 0], "info", "do not tell whether"),
    ],
)
def test_frozen_on_purpose_or_not(
    slots: bool, norms: list[float], severity: str, words: str
) -> None:
    rows = [row("moves/kernel"), row("still/kernel"), row("still/bias", shape=(4,))]
    changed = [MOVES, STANDS, STANDS]
    own = [[1, 1, 1, 1]] * 3
    if slots:
        rows += [row(f"m/{each.name}", Role.SLOT, slot_of=each.name) for each in rows]
        changed += [MOVES] * 3
        own += [[1, 1, 1, 1], norms, norms]
    told = only(table(rows, {"norm": own}, changed), "D02")
    assert told.severity == severity
    assert "`still/`" in told.title
    assert words in told.detail


def test_frozen_beside_slots_of_others_was_meant() -> None:
    rows = [row("moves/kernel"), row("still/kernel")]
    rows.append(row("m/moves", Role.SLOT, slot_of="moves/kernel"))
    told = only(table(rows, {}, [MOVES, STANDS, MOVES]), "D02")
    assert told.severity is Severity.INFO
    assert "set not to be trained" in told.detail


def test_two_snapshots_are_too_few_to_call_something_frozen() -> None:
    rows = [row("moves", count=2), row("still", count=2)]
    assert not found(table(rows, {}, [[0, 1], [0, 0]]), "D02")


def test_statistics_that_move_on() -> None:
    rows = [row("top/kernel")]
    rows += [row(f"norm/{part}", shape=(4,)) for part in ("gamma", "beta", "moving_mean")]
    moving = table(rows, {}, [MOVES, STANDS, STANDS, MOVES])
    assert "`norm`" in only(moving, "D03").title
    assert not found(table(rows, {}, [MOVES, MOVES, MOVES, MOVES]), "D03")
    assert not found(table(rows, {}, [MOVES, STANDS, STANDS, STANDS]), "D03")


def test_a_norm_that_jumps_and_one_that_grows() -> None:
    rows = [row("jumps/kernel"), row("grows/kernel"), row("new/bias", shape=(4,))]
    norms = [[1, 1.01, 1.02, 500], [1, 2, 4, 8], [0, 1, 9, 90]]
    told = only(table(rows, {"norm": norms}, [MOVES] * 3), "D04")
    assert "`jumps/kernel` jumps, of the first from 1.02 to 500" in told.title
    assert "ckpt-3 to ckpt-4" in told.title


def test_dead_units_that_died_and_that_always_were() -> None:
    rows = [row("a/kernel", shape=(8, 4)), row("b/kernel")]
    died = table(rows, {}, [MOVES, MOVES], dead={0: DeadUnits(1, 2, 4, 0)})
    assert only(died, "D05").severity is Severity.WARNING
    assert "2 of 4 columns (output units) of `a/kernel`" in only(died, "D05").title
    always = table(rows, {}, [MOVES, MOVES], dead={0: DeadUnits(0, 2, 8, 2)})
    assert only(always, "D05").severity is Severity.INFO
    assert "rows (inputs)" in only(always, "D05").title


def test_the_same_weights_twice() -> None:
    rows = [row("a"), row("iterations", Role.COUNTER, ())]
    saved_twice = table(rows, {}, [[0, 1, 0, 1], [0, 1, 0, 1]])
    told = only(saved_twice, "D06")
    assert told.title == "ckpt-2 and ckpt-3 hold the same weights."
    assert told.severity is Severity.INFO
    ran_for_nothing = table(rows, {}, [[0, 1, 0, 1], [0, 1, 1, 1]])
    told = only(ran_for_nothing, "D06")
    assert told.severity is Severity.WARNING
    assert "`iterations`" in told.detail
    assert "No weight moves" in only(table(rows, {}, [STANDS, MOVES]), "D06").title


def test_a_counter_that_goes_back_is_surer_than_a_time() -> None:
    rows = [row("a"), row("iterations", Role.COUNTER, ())]
    back = table(rows, {"mean": [[0] * 4, [10, 20, 5, 6]]}, [MOVES, MOVES], times=[4, 3, 2, 1])
    told = only(back, "D07")
    assert "`iterations` has gone back from 20 to 5" in told.title
    assert told.severity is Severity.WARNING
    times = table(rows, {}, [MOVES, MOVES], times=[100, 200, 50, 300])
    assert "ckpt-3 was written before ckpt-2" in only(times, "D07").title
    steps = table(
        rows, {}, [MOVES, MOVES], steps=[9, 10, 1, 2], directories=["/a"] * 2 + ["/b"] * 2
    )
    assert "ckpt-1 (step 1) stands after ckpt-10" in only(steps, "D07").title


def test_another_architecture() -> None:
    grown = row("a", events=(Event(2, Happening.SHAPE, "4 x 4 becomes 4 x 5"),))
    slot = row("m/a", Role.SLOT, events=(Event(1, Happening.APPEARS, "appears"),))
    told = only(table([grown, slot, row("b")], {}, [MOVES] * 3), "D08")
    assert told.title.startswith("ckpt-2 and ckpt-3 are of different architectures: 1 weight")
    renamed = row("a", events=(Event(2, Happening.RENAMED, "b becomes a"),))
    assert not found(table([renamed], {}, [MOVES]), "D08")


def test_what_could_not_be_read() -> None:
    lost = replace(
        table([row("a"), row("b")], {}, [MOVES, MOVES]), failed={(1, 2): "its shard is gone"}
    )
    told = only(lost, "D09")
    assert told.title == "1 variable of ckpt-3 can't be read: its shard is gone"


def test_the_run_of_a_model_has_what_was_put_into_it(made: Callable[[str], Path]) -> None:
    told = drift([open_source(str(made("drift.run")))]).findings
    assert [each.id for each in told] == ["D01", "D04", "D03", "D06", "D02", "D05", "D10"]
    dead = next(each for each in told if each.id == "D05")
    assert "1 of 4 columns" in dead.title


def test_snapshots_without_a_place_in_the_path() -> None:
    quiet = table([row("a")], {}, [MOVES])
    path = RunPath(np.zeros((3, 2)), (0, 1, 3), (1.0,), 1, 16, left_out=(2,))
    told = only(replace(quiet, path=path), "D10")
    assert told.title.startswith("1 snapshot has no place in the run's path, from ckpt-3 on")
    assert found(replace(quiet, path=replace(path, left_out=())), "D10") == []


def test_the_table_of_ids_is_complete_and_true() -> None:
    """Every id that some `Finding` begins with is in the table, and nothing else is."""
    package = Path(drifting.__file__).parents[2]
    made = {
        node.args[0].value
        for file in package.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Finding"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    listed = re.findall(r"^\| (D\d\d) \| \S.*\S \|$", drifting.__doc__ or "", re.MULTILINE)
    assert listed == sorted(each for each in made if re.fullmatch(r"D\d\d", str(each)))
