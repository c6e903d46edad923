"""Two sources side by side: each variable is told once, and with the right figures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tfinspector.contents.comparisons import Comparison
from tfinspector.contents.drift_metrics import METRICS
from tfinspector.contents.findings import Unreadable
from tfinspector.engine.comparing.comparing import Side, compare
from tfinspector.engine.comparing.drifting import drift
from tfinspector.engine.opening import open_source

Made = Callable[[str], Path]


def compared(a: Path, b: Path) -> Comparison:
    return compare(open_source(str(a)), open_source(str(b)))


def test_every_variable_is_told_once(made: Made) -> None:
    run = made("drift.run")
    found = compared(run / "ckpt-100", run / "ckpt-600")
    told = [
        *(each.name for kind in (found.added, found.removed, found.changed, found.unread)
          for each in kind),
        *(pair.name for pair in found.moved), *(pair.name for pair in found.identical),
    ]  # fmt: skip
    names = [each.name for each in open_source(str(run)).source.variables]
    assert sorted(told) == sorted(names)
    assert {pair.name for pair in found.identical} == {
        "frozen/kernel", "frozen/bias", "norm/gamma", "norm/beta", "dead/bias",
    }  # fmt: skip


def test_figures_are_those_of_drift(made: Made) -> None:
    run = made("drift.run")
    found = compared(run / "ckpt-100", run / "ckpt-600")
    table = drift([open_source(str(run))])
    for pair in found.moved:
        for metric in METRICS:
            if metric.of_change:
                expected = table.values(metric.name)[table.row_of(pair.name), 5]
                np.testing.assert_allclose(pair.figures[metric.name], expected, 1e-12)
    weights = [row for row in table.rows if row.role == "weight"]
    lengths = [table.values("l2")[table.row_of(row.name), 5] for row in weights]
    assert found.totals.l2 == pytest.approx(float(np.linalg.norm(lengths)))


def test_snapshots_of_one_run(made: Made) -> None:
    source = open_source(str(made("drift.run")))
    same = source.source.snapshots[2].path
    found = compare(Side(source, source.source.snapshots[1].path), Side(source, same))
    assert {pair.name for pair in found.moved} == {"iterations", "save_counter"}
    with pytest.raises(Unreadable):
        compare(Side(source, "nowhere"), source)


def test_changed_shapes_and_types_say_how(made: Made) -> None:
    run = made("drift.reshaped")
    found = compared(run / "ckpt-2", run / "ckpt-3")
    reasons = {each.name: each.reason for each in found.changed}
    assert reasons["grows"] == "3 x 4 becomes 3 x 5"
    assert reasons["casts"] == "float32 becomes float16; relative change 0.5"
    assert not found.added
    assert [each.name for each in compared(run / "ckpt-3", run / "ckpt-4").removed] == ["passes_by"]


def test_renamed_ones_are_found_and_still_compared(made: Made) -> None:
    run = made("drift.renamed")
    found = compared(run / "old", run / "new")
    assert {(pair.a.name, pair.b.name) for pair in found.renamed} == {
        ("model/enc/kernel", "model/encoder/kernel"), ("model/enc/bias", "model/encoder/bias"),
    }  # fmt: skip
    assert [pair.name for pair in found.moved] == ["model/encoder/kernel"]
    assert [each.name for each in found.added] == ["model/extra"]
    assert not found.removed
    assert "model" not in " ".join(pair.why for pair in found.renamed).split()


def test_a_saved_model_against_a_checkpoint(made: Made) -> None:
    checkpoint = made("checkpoints.keras_sequential")
    found = compared(checkpoint / "ckpt-3", checkpoint)
    assert found.b.path.endswith("ckpt-5")
    assert found.moved
    assert found.totals.parameters == 35


def test_against_itself_everything_is_identical(made: Made) -> None:
    run = made("drift.all_dtypes")
    found = compared(run / "step-1", run / "step-1")
    assert len(found.identical) == 81
    assert found.totals.l2 == 0
    assert not found.moved


def test_what_has_no_length_is_left_out_of_the_total_and_named(made: Made) -> None:
    run = made("drift.run")
    found = compared(run / "ckpt-400", run / "ckpt-600")
    assert found.totals.left_out == ("moving/kernel",)
    assert found.totals.left_out_words == (
        "1 variable with NaN or infinite values left out of the total: moving/kernel."
    )
    weights = {pair.name: pair for pair in found.moved if pair.a.role == "weight"}
    others = [pair.figures["l2"] for name, pair in weights.items() if name != "moving/kernel"]
    assert found.totals.l2 == pytest.approx(float(np.linalg.norm(others)))
    norms = [
        np.linalg.norm(values)
        for variable in open_source(str(run / "ckpt-400")).source.variables
        if variable.role == "weight" and variable.name != "moving/kernel"
        for values in [open_source(str(run / "ckpt-400")).reader().read(variable.key)]
    ]
    assert found.totals.relative_l2 == pytest.approx(found.totals.l2 / np.linalg.norm(norms))
    assert found.totals.moved_parameters == sum(
        round(pair.figures["changed_fraction"] * pair.b.size) for pair in weights.values()
    )
    assert compared(run / "ckpt-100", run / "ckpt-200").totals.left_out_words == ""
