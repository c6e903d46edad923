"""The page's state on a real run: lines, values, words, curves, and the one current snapshot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.looking import session
from tfinspector.contents.drift_metrics import METRICS, Reference
from tfinspector.contents.drifts import DriftTable
from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable
from tfinspector.contents.variables import Role
from tfinspector.engine.comparing.drifting import drift
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.opening import open_source
from tfinspector.viewmodels.drift.curves import Curve, curves_header, curves_of, curves_rows
from tfinspector.viewmodels.drift.heat_making import heat_of
from tfinspector.viewmodels.drift.lines import Asked, Order, lines_of, shown_rows
from tfinspector.viewmodels.drift.matrix import matrix_of, matrix_table
from tfinspector.viewmodels.drift.model import DriftModel
from tfinspector.viewmodels.drift.written import heat_table, path_table
from tfinspector.viewmodels.session import Session

__all__ = ["session"]

Made = Callable[[str], Path]
STEPS = [100, 200, 300, 400, 500, 600]


@pytest.fixture(scope="module")
def table(made: Made) -> DriftTable:
    return drift([open_source(str(made("drift.run")))])


@pytest.fixture
def model(session: Session, made: Made, qtbot: QtBot) -> DriftModel:
    """The model of the run, measured."""
    found = DriftModel(session)
    found.wake()
    session.open(str(made("drift.run")))
    qtbot.waitUntil(lambda: found.table is not None, timeout=30_000)
    return found


def names(table: DriftTable, asked: Asked, folded: tuple[str, ...] = ()) -> list[str]:
    return [line.name for line in lines_of(table, shown_rows(table, asked), asked, folded)]


# Lines


def test_variables_stand_below_their_layer_in_the_order_of_the_model(table: DriftTable) -> None:
    shown = names(table, Asked())
    at = shown.index("moving")
    assert set(shown[at + 1 : at + 3]) == {"moving/kernel", "moving/bias"}
    assert "iterations" not in shown
    assert "iterations" in names(table, Asked(weights_only=False))


def test_a_folded_layer_is_one_line_that_tells_what_moved_farthest(table: DriftTable) -> None:
    heat = heat_of(table, Asked(), {"moving"})
    shown = [line.name for line in heat.lines]
    assert "moving" in shown
    assert "moving/kernel" not in shown
    group = heat.cells(shown.index("moving")).values
    values = table.values("relative_l2")
    rows = [table.row_of("moving/kernel"), table.row_of("moving/bias")]
    np.testing.assert_array_equal(group, np.fmax(*values[rows]))
    assert "the farthest of 2 variables" in heat.words_at(shown.index("moving"), 3)


def test_folding_changes_no_colour(table: DriftTable) -> None:
    whole, folded = heat_of(table, Asked()), heat_of(table, Asked(), {"moving", "dead"})
    assert whole.colours == folded.colours
    again = heat_of(table, Asked(), {"moving"}, whole)
    assert again.colours is whole.colours
    assert len(again.lines) < len(whole.lines)


def test_lines_are_sorted_by_name_and_by_how_far_they_moved(table: DriftTable) -> None:
    by_name = names(table, Asked(order=Order.NAME, grouped=False))
    assert by_name == sorted(by_name)
    values = table.values("relative_l2")
    for order, key in ((Order.NEWEST, values[:, -1]), (Order.ANYWHERE, np.nanmax(values, axis=1))):
        ranked = names(table, Asked(order=order, grouped=False))
        known = [key[table.row_of(name)] for name in ranked]
        known = [value for value in known if np.isfinite(value)]
        assert known == sorted(known, reverse=True)


def test_the_filter_keeps_what_holds_all_its_words_and_says_how_many_it_hides(
    table: DriftTable,
) -> None:
    heat = heat_of(table, Asked(text="KERN mov"))
    assert [line.name for line in heat.lines] == ["moving/kernel"]
    weights = sum(row.role is Role.WEIGHT for row in table.rows)
    assert f"{weights - 1} by the filter" in heat.hidden
    assert heat_of(table, Asked(text="nowhere")).lines == ()


@pytest.mark.parametrize("metric", [metric.name for metric in METRICS])
@pytest.mark.parametrize("reference", [Reference.FIRST, Reference.PREVIOUS])
def test_every_metric_has_values_and_words(
    table: DriftTable, metric: str, reference: Reference
) -> None:
    heat = heat_of(table, Asked(metric=metric, reference=reference, grouped=False))
    for at, line in enumerate(heat.lines):
        expected = table.values(metric, reference)[line.rows[0]]
        paired = heat.cells(at).paired
        np.testing.assert_array_equal(heat.cells(at).values[paired], expected[paired])
        assert all(line.name in heat.words_at(at, shot) for shot in range(len(STEPS)))
    assert heat.about.startswith(heat.metric.meaning)
    assert ("Against" in heat.about) == heat.metric.of_change


def test_words_are_exact_and_tell_nan(table: DriftTable) -> None:
    heat = heat_of(table, Asked())
    line = [each.name for each in heat.lines].index("moving/kernel")
    value = float(table.values("relative_l2")[table.row_of("moving/kernel"), 2])
    assert repr(value) in heat.words_at(line, 2)
    assert "step 300" in heat.words_at(line, 2)
    assert "3 NaN" in heat.words_at(line, 4)
    assert heat.cells(line).odd.tolist() == [False] * 4 + [True] * 2
    assert "red: NaN or Inf" in heat.legend


def test_nothing_to_compare_with_is_told(table: DriftTable) -> None:
    heat = heat_of(table, Asked(reference=Reference.PREVIOUS))
    assert not heat.cells(1).paired[0]
    assert "nothing to compare it with" in heat.words_at(1, 0)


def test_the_table_behind_the_picture_has_every_value_in_full(table: DriftTable) -> None:
    heat = heat_of(table, Asked(grouped=False))
    for at, row in enumerate(heat_table(heat)[1]):
        assert row[0] == heat.lines[at].name
        told = [float(cell) if cell else np.nan for cell in row[4:]]
        np.testing.assert_array_equal(told, heat.cells(at).values)


# Curves and the path


def test_curves_are_the_norm_the_drift_and_the_update_ratio(table: DriftTable) -> None:
    row = table.row_of("moving/bias")
    norm, away, update = (curves_of(table, [row], curve) for curve in Curve)
    np.testing.assert_array_equal(norm.values[0], table.own["norm"][row])
    np.testing.assert_array_equal(away.values[0], table.to_anchor["relative_l2"][row])
    np.testing.assert_array_equal(update.values[0][1:], table.to_previous["relative_l2"][row][1:])
    assert np.isnan(update.values[0][0])
    assert norm.steps.tolist() == STEPS
    assert "moving/bias" in norm.title
    assert repr(float(norm.values[0, 1])) in norm.words_at(0, 1)
    header, rows = curves_header(away), list(curves_rows(away))
    assert header == ["step", "moving/bias"]
    assert [row[0] for row in rows] == [str(step) for step in STEPS]


def test_steps_that_do_not_ascend_are_drawn_evenly(table: DriftTable) -> None:
    shots = tuple(replace(each, step=7) for each in table.snapshots)
    curves = curves_of(replace(table, snapshots=shots), [0], Curve.NORM)
    assert not curves.is_by_step
    assert curves.steps.tolist() == [1, 2, 3, 4, 5, 6]


def test_the_path_is_written_as_a_table(table: DriftTable) -> None:
    header, rows = path_table(table)
    assert header == ["step", "across", "up"]
    assert table.path is None or len(list(rows)) == len(table.path.points)


# The session's current snapshot is the one truth


def test_a_cell_opens_its_distributions_and_moves_the_whole_window(
    model: DriftModel, qtbot: QtBot
) -> None:
    assert model.table is not None
    row = model.table.row_of("dead/kernel")
    model.open_cell(row, 3)
    qtbot.waitUntil(lambda: model.at == 3 and not model.opened.is_drawing, timeout=20_000)
    session = model.session
    assert session.current_snapshot is not None
    assert session.current_snapshot.endswith("ckpt-400")
    qtbot.waitUntil(lambda: len(session.chosen) == 1)
    assert [choice.variable.name for choice in session.chosen] == ["dead/kernel"]
    assert [each.label for each in model.opened.pair.picture.series] == ["step 100", "step 400"]
    assert len({tuple(each.histogram.edges) for each in model.opened.pair.picture.series}) == 1
    assert [each.label for each in model.opened.ridge.picture.series] == [
        f"step {at}" for at in STEPS
    ]
    assert model.curve_rows == (row,)


def test_the_slider_of_the_window_moves_the_pair(model: DriftModel, qtbot: QtBot) -> None:
    assert model.table is not None
    model.open_cell(model.table.row_of("dead/kernel"), 3)
    qtbot.waitUntil(lambda: model.at == 3, timeout=20_000)
    with qtbot.waitSignal(model.at_changed):
        model.session.set_current(model.session.current, model.table.snapshots[1].path)
    qtbot.waitUntil(lambda: not model.opened.is_drawing)
    assert [each.label for each in model.opened.pair.picture.series] == ["step 100", "step 200"]
    model.refer_to("previous")
    model.go_to(5)
    qtbot.waitUntil(lambda: model.at == 5 and not model.opened.is_drawing)
    assert [each.label for each in model.opened.pair.picture.series] == ["step 500", "step 600"]


def test_more_variables_are_chosen_beside_each_other(model: DriftModel, qtbot: QtBot) -> None:
    assert model.table is not None
    rows = [model.table.row_of(name) for name in ("dead/kernel", "moving/bias")]
    assert len(model.curve_rows) > 2  # none is chosen: those that moved farthest
    with qtbot.waitSignal(model.session.chosen_changed):
        model.open_cell(rows[0], 2)
    with qtbot.waitSignal(model.session.chosen_changed):
        model.open_cell(rows[1], 2, add=True)
    assert model.curve_rows == tuple(rows)


def test_another_reference_is_measured_only_when_it_must_be(
    model: DriftModel, qtbot: QtBot
) -> None:
    first = model.table
    assert first is not None
    model.refer_to("previous")
    assert model.table is first
    assert model.task is None
    model.refer_to(first.snapshots[2].path)
    assert model.is_stale
    assert model.table is first  # the last picture stays meanwhile
    qtbot.waitUntil(lambda: model.table is not first, timeout=30_000)
    assert model.table is not None
    assert model.table.anchor == 2
    assert model.heat is not None
    assert "Against step 300" in model.heat.about


def test_findings_reach_the_session(model: DriftModel) -> None:
    assert model.table is not None
    told = [finding for _, finding in model.session.told()]
    assert model.table.findings
    assert all(finding in told for finding in model.table.findings)


def test_what_can_not_be_measured_says_why(session: Session, made: Made, qtbot: QtBot) -> None:
    gone = Finding("D20", Severity.ERROR, "The run is gone.", fix=Fix("Copy it again."))

    def refuse(sources: object, reference: str, ticket: Ticket, exact: bool) -> DriftTable:
        raise Unreadable(gone)

    session.doors = replace(session.doors, drift=refuse)
    model = DriftModel(session)
    model.wake()
    session.open(str(made("drift.run")))
    qtbot.waitUntil(lambda: model.trouble is not None, timeout=30_000)
    assert model.trouble == gone
    assert model.heat is None


def test_nothing_is_measured_while_nobody_looks(session: Session, made: Made, qtbot: QtBot) -> None:
    model = DriftModel(session)
    with qtbot.waitSignal(session.opened, timeout=30_000):
        session.open(str(made("drift.run")))
    assert model.task is None
    model.wake()
    qtbot.waitUntil(lambda: model.table is not None, timeout=30_000)


# Layers that repeat


def test_layers_that_repeat_stand_below_each_other_by_kind(table: DriftTable) -> None:
    layers = ("block_1", "block_2", "block_10", "stem", "head/part", "head/part_1")
    kinds = ("kernel", "norm/gamma")
    shape = table.rows[0]
    names = [f"{layer}/{kind}" for layer in layers for kind in kinds][:-1]
    rows = tuple(shape._replace(name=name, role=Role.WEIGHT, problem="") for name in names)
    taken = np.arange(len(names)) % len(table.rows)
    made_up = replace(
        table,
        rows=rows,
        present=table.present[taken],
        anchored=table.anchored[taken],
        chained=table.chained[taken],
        own={name: values[taken] for name, values in table.own.items()},
        to_anchor={name: values[taken] for name, values in table.to_anchor.items()},
        to_previous={name: values[taken] for name, values in table.to_previous.items()},
        failed={},
    )
    found = matrix_of(heat_of(made_up, Asked()), 3)
    assert found is not None
    assert found.layers == ("block_1", "block_2", "block_10", "head/part", "head/part_1")
    assert found.kinds == kinds
    assert found.rows[-1].tolist() == [names.index("head/part_1/kernel"), -1]
    values = made_up.values("relative_l2")
    for layer, kind in np.argwhere(found.cells.paired):
        row = found.rows[layer, kind]
        np.testing.assert_array_equal(found.cells.values[layer, kind], values[row, 3])
        assert names[row] in found.words_at(layer, kind)
    assert not found.cells.paired[-1, 1]
    assert "has no norm/gamma" in found.words_at(4, 1)
    header, lines = matrix_table(found)
    assert header == ["layer", *kinds]
    assert [line[0] for line in lines] == list(found.layers)


def test_a_run_without_repeated_layers_has_no_matrix(table: DriftTable) -> None:
    assert matrix_of(heat_of(table, Asked()), 3) is None
