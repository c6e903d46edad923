"""The page Compare without its widgets: sides, what is kept, renames, what rows say."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.looking import session
from tests.viewmodels.made_up import variable
from tfinspector.contents.checkpoints import Snapshot
from tfinspector.contents.comparisons import Comparison, MovedPair, Totals
from tfinspector.contents.drift_metrics import DIFF_FIGURES
from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable
from tfinspector.viewmodels.compare.answers import answer
from tfinspector.viewmodels.compare.model import CompareModel, verdict_of
from tfinspector.viewmodels.compare.rows import CompareColumn, CompareRow, CompareRows
from tfinspector.viewmodels.compare.states import Became
from tfinspector.viewmodels.session import Session

__all__ = ["session"]
Made = Callable[[str], Path]


@pytest.fixture
def model(session: Session) -> CompareModel:
    made = CompareModel(session, session)
    made.wake()
    return made


@pytest.fixture
def compared(
    model: CompareModel, session: Session, made: Made, qtbot: QtBot
) -> Callable[..., CompareModel]:
    """`compared("drift.renamed", "old", "new")`: the model once these are compared."""

    def compare(maker: str, *parts: str) -> CompareModel:
        for number, part in enumerate(parts or ("",), 1):
            session.open(str(made(maker) / part))
            qtbot.waitUntil(lambda n=number: len(session.sources) == n, timeout=20_000)
        qtbot.waitUntil(lambda: model.is_of_these_sides or bool(model.problem), timeout=20_000)
        assert model.problem is None
        return model

    return compare


def rows_of(model: CompareModel) -> dict[str, CompareRow]:
    assert model.table.content is not None
    return {row.name: row for row in model.table.content.items}


def text(model: CompareModel, name: str, column: CompareColumn) -> str:
    content = model.table.content
    assert content is not None
    at = next(at for at, row in enumerate(content.items) if row.name == name)
    node = int(content.forest.node_of[at])
    return str(answer(content, node, column, Qt.ItemDataRole.DisplayRole))


def test_a_run_is_compared_from_its_first_to_its_newest_snapshot(
    compared: Callable[..., CompareModel],
) -> None:
    model = compared("drift.run")
    assert model.a is not None
    assert model.b is not None
    assert (model.a.label, model.b.label) == ("run, step 100", "run, step 600")
    rows = rows_of(model)
    assert rows["frozen/kernel"].state is Became.IDENTICAL
    assert rows["moving/bias"].state is Became.MOVED
    assert text(model, "moving/bias", CompareColumn.RELATIVE_L2) == "4"
    assert "D01" in [finding.id for finding in model.findings]


def test_two_sources_go_before_the_snapshots_of_one(
    compared: Callable[..., CompareModel],
) -> None:
    model = compared("drift.renamed", "old", "new")
    assert model.a is not None
    assert model.b is not None
    assert (model.a.label, model.b.label) == ("old", "new")


def test_what_is_chosen_stays_when_another_source_is_opened(
    compared: Callable[..., CompareModel], session: Session, made: Made, qtbot: QtBot
) -> None:
    model = compared("drift.run")
    model.choose(model.sides[1], model.sides[2])
    task = session.open(str(made("drift.renamed") / "old"))
    qtbot.waitUntil(lambda: task.state.is_over, timeout=20_000)
    assert [side.label for side in (model.a, model.b) if side] == ["run, step 200", "run, step 300"]
    assert len(model.sides) == 7


def test_a_comparison_is_kept_while_others_are_looked_at(
    compared: Callable[..., CompareModel], session: Session, qtbot: QtBot
) -> None:
    model = compared("drift.run")
    first, a, b = model.found, model.a, model.b
    assert a is not None
    assert b is not None
    model.swap()
    qtbot.waitUntil(lambda: model.is_of_these_sides, timeout=20_000)
    assert model.found is not first
    assert model.a is b
    model.choose(a, b)
    assert model.found is first
    assert model.task is None
    session.reload()
    qtbot.waitUntil(lambda: not session.is_busy, timeout=20_000)
    assert model.found is first


def test_the_same_of_both_sides_is_chosen(
    compared: Callable[..., CompareModel], session: Session
) -> None:
    model = compared("drift.renamed", "old", "new")
    row = model.table.reveal("encoder/kernel")
    assert row < 0
    kernel = rows_of(model)["model/encoder/kernel"]
    assert kernel.a is not None
    for key in (kernel.variable.key, kernel.a.key):
        row = model.table.reveal(key)
        assert model.table.row_at(row) == kernel
    model.link([row])
    chosen = [(each.source.source.path[-3:], each.variable.name) for each in session.chosen]
    assert chosen == [("old", "model/enc/kernel"), ("new", "model/encoder/kernel")]


def test_suggestions_are_accepted_and_saved_as_a_map(
    compared: Callable[..., CompareModel], tmp_path: Path, qtbot: QtBot
) -> None:
    model = compared("drift.renamed", "old", "new")
    assert model.found is not None
    assert text(model, "model/encoder/kernel", CompareColumn.STATE) == "renamed?"
    assert text(model, "model/encoder/kernel", CompareColumn.A_NAME) == "model/enc/kernel"
    open_ones = [pair for pair in model.found.renamed if pair.confidence < 1]
    model.accept(open_ones)
    qtbot.waitUntil(lambda: len(model.renames) == len(open_ones), timeout=20_000)
    assert text(model, "model/encoder/kernel", CompareColumn.STATE) == "renamed"
    assert model.task is None
    path = tmp_path / "renames.json"
    model.save_map(str(path))
    qtbot.waitUntil(path.exists, timeout=20_000)
    pairs = {(each["from"], each["to"]) for each in json.loads(path.read_text())["renames"]}
    key = "model/enc/kernel/.ATTRIBUTES/VARIABLE_VALUE"
    assert (key, "model/encoder/kernel") in pairs
    before = model.found
    model.set_renames(())
    model.load_map(str(path))
    qtbot.waitUntil(lambda: bool(model.renames) and model.is_of_these_sides, timeout=20_000)
    assert model.found is not before
    assert [pair.confidence for pair in model.found.renamed] == [1.0, 1.0]
    model.swap()
    qtbot.waitUntil(lambda: model.is_of_these_sides, timeout=20_000)
    assert {pair.a.name for pair in model.found.renamed} == {
        "model/encoder/kernel", "model/encoder/bias",
    }  # fmt: skip


def test_a_map_that_does_not_fit_is_told_and_can_be_left_out(
    compared: Callable[..., CompareModel], tmp_path: Path, qtbot: QtBot
) -> None:
    model = compared("drift.renamed", "old", "new")
    path = tmp_path / "renames.json"
    path.write_text('[{"from": "nobody", "to": "model/extra"}]')
    model.load_map(str(path))
    qtbot.waitUntil(lambda: model.problem is not None, timeout=20_000)
    assert [finding.id for finding in model.findings] == ["D21"]
    assert model.found is None
    model.set_renames(())
    assert model.found is not None
    path.write_text("no map")
    model.load_map(str(path))
    qtbot.waitUntil(lambda: model.problem is not None, timeout=20_000)
    assert [finding.id for finding in model.findings] == ["M31"]


def test_new_shapes_and_types(compared: Callable[..., CompareModel]) -> None:
    model = compared("drift.reshaped", "ckpt-2", "ckpt-3")
    assert text(model, "grows", CompareColumn.STATE) == "new shape"
    assert text(model, "grows", CompareColumn.SHAPE) == "3 x 4 \N{RIGHTWARDS ARROW} 3 x 5"
    assert text(model, "casts", CompareColumn.STATE) == "new dtype"
    assert text(model, "casts", CompareColumn.DTYPE) == "float32 \N{RIGHTWARDS ARROW} float16"
    lines = [line.split("\t") for line in model.table.text([]).splitlines()]
    heading, *others = lines
    grows = dict(zip(heading, next(line for line in others if "grows" in line), strict=True))
    assert (grows["State"], grows["Shape A"], grows["Shape B"]) == ("changed", "3 x 4", "3 x 5")
    assert grows["l2"] == ""
    assert grows["Why"] == "3 x 4 becomes 3 x 5"


def test_groups_add_up_what_is_shown(compared: Callable[..., CompareModel]) -> None:
    model = compared("drift.run")
    content = model.table.content
    assert content is not None
    rows = rows_of(model)
    node = content.forest.labels.index("moving")
    below = [rows["moving/bias"].figure("l2"), rows["moving/kernel"].figure("l2")]
    assert content.total("squares", node) == pytest.approx(sum(each**2 for each in below))
    assert content.tell(node) == (Became.MOVED, 2, 2)
    assert content.greatest("max_abs", node) == max(
        rows["moving/bias"].figure("max_abs"), rows["moving/kernel"].figure("max_abs")
    )


@pytest.mark.parametrize("column", list(CompareColumn))
def test_every_column_sorts(
    compared: Callable[..., CompareModel], column: CompareColumn, qtbot: QtBot
) -> None:
    model = compared("drift.renamed", "old", "new")
    content = model.table.content
    assert content is not None
    values = content.values_of(column) if column else None
    with qtbot.waitSignal(model.table.arranged):
        model.table.sort(column, Qt.SortOrder.DescendingOrder)
    flat = [int(content.forest.leaf[node]) for node in content.arrangement.flat]
    assert sorted(flat) == list(range(len(content.items)))
    if values is not None:
        known = [values[at] for at in flat if values[at] == values[at]]
        assert known == sorted(known, reverse=True)


def test_what_can_not_be_compared_is_told_and_tried_again(
    compared: Callable[..., CompareModel], session: Session, qtbot: QtBot
) -> None:
    gone = Finding("F05", Severity.ERROR, "ckpt-200 is gone.", fix=Fix("Copy it again."))

    def refuse(*_: object) -> None:
        raise Unreadable(gone)

    model = compared("drift.run")
    doors = session.doors
    session.doors = replace(doors, compare=refuse)
    model.choose(model.sides[0], model.sides[1])
    qtbot.waitUntil(lambda: model.problem is not None)
    assert model.findings == (gone,)
    session.doors = doors
    model.compare()
    qtbot.waitUntil(lambda: model.is_of_these_sides, timeout=20_000)
    assert model.problem is None


def test_nothing_is_compared_while_nobody_looks(session: Session, made: Made, qtbot: QtBot) -> None:
    model = CompareModel(session, session)
    task = session.open(str(made("drift.run")))
    qtbot.waitUntil(lambda: task.state.is_over, timeout=20_000)
    assert model.a is not None
    assert model.task is None
    model.wake()
    assert model.task is not None
    qtbot.waitUntil(lambda: model.found is not None, timeout=20_000)


def test_the_same_twice_is_told_as_that(
    compared: Callable[..., CompareModel], qtbot: QtBot
) -> None:
    model = compared("drift.run")
    model.choose(model.sides[0], model.sides[0])
    qtbot.waitUntil(lambda: model.is_of_these_sides, timeout=20_000)
    assert model.verdict is not None
    assert model.verdict.words.startswith("Nothing moved: 212 parameters on both sides")


def test_what_became_nan_is_an_alarm_and_no_distance() -> None:
    a, b = (Snapshot(name, None, "", 0.0, 0) for name in "ab")
    kernel, bias = variable("dense/kernel"), variable("dense/bias")
    lost = {name: float("nan") for name in DIFF_FIGURES} | {"changed_fraction": 1.0}
    near = dict.fromkeys(DIFF_FIGURES, 0.5)
    moved = (MovedPair("dense/kernel", kernel, kernel, lost),
             MovedPair("dense/bias", bias, bias, near))  # fmt: skip
    found = Comparison(a, b, (), (), (), (), moved, (), (), Totals(24, 24, 0.5, 0.1))
    said = verdict_of(found)
    assert said.role == "wrong"
    assert said.words.startswith("24 of 24 parameters moved, 1 variable to or from NaN or infinity")
    rows = CompareRows(found)
    group = rows.forest.labels.index("dense")
    text = answer(rows, group, CompareColumn.L2, Qt.ItemDataRole.DisplayRole)
    assert text == "\N{EN DASH}"
    assert rows.signs_of_states[Became.MOVED].role == "wrong"
