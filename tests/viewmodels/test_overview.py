"""The overview of a source, its totals against TensorFlow's own listing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from tests.looking import opened, session
from tfinspector.contents.findings import Finding, Severity
from tfinspector.contents.holdings import Holdings
from tfinspector.contents.reports import ListedVariable, TensorFlowReport
from tfinspector.viewmodels.overview import OverviewModel, verdict_of
from tfinspector.viewmodels.session import Session

__all__ = ["opened", "session"]


@pytest.fixture
def model(session: Session) -> Iterator[OverviewModel]:
    made = OverviewModel(session)
    yield made
    made.deleteLater()


def totals(model: OverviewModel, qtbot: QtBot) -> Holdings:
    qtbot.waitUntil(lambda: model.holdings is not None, timeout=20_000)
    assert model.holdings is not None
    return model.holdings


def facts(model: OverviewModel) -> dict[str, str]:
    return {label: text for label, text, _ in model.facts}


def test_before_anything_is_open_there_is_nothing_to_say(model: OverviewModel) -> None:
    assert model.source is None
    assert model.tiles == []
    assert model.facts == []
    assert model.verdict is None


def test_a_run_is_added_up(
    model: OverviewModel,
    opened: Callable[[str], Session],
    qtbot: QtBot,
    made: Callable[[str], Path],
    referee: Callable[[Any], dict[str, Any]],
) -> None:
    session = opened("run")
    holdings = totals(model, qtbot)
    numeric = {
        key: len(data)
        for key, (dtype, _, data) in referee(made("pictures.run") / "run" / "ckpt-300").items()
        if dtype != "string" and key.startswith("module/")
    }
    assert sum(part.nbytes for part in holdings.by_type if part.name != "string") == sum(
        numeric.values()
    )
    assert sum(part.count for part in holdings.by_role) == holdings.variables
    assert sum(part.nbytes for part in holdings.by_role) == holdings.nbytes
    assert holdings.largest[0].name == "module/wide"
    assert ("3", "snapshots", "3") in model.tiles
    assert facts(model)["Step"] == "300"
    assert "step 300" in model.byline
    assert facts(model)["Snapshots"].startswith("3, steps 100 to 300")
    assert model.name == "run"
    assert session.current is model.source


def test_a_saved_model_tells_who_wrote_it_and_how_to_call_it(
    model: OverviewModel, opened: Callable[[str], Session], qtbot: QtBot
) -> None:
    opened("model")
    totals(model, qtbot)
    told = facts(model)
    assert told["Kind"] == "SavedModel"
    assert told["Written by"].startswith(("TensorFlow", "tf."))
    assert told["Tags"] == "serve"
    assert told["Callable"] == "only through its signatures"
    assert len(told["Fingerprint"]) == 16
    assert ("2", "signatures", "2") in model.tiles


def test_a_choice_from_the_largest_is_a_choice_in_the_session(
    model: OverviewModel, opened: Callable[[str], Session], qtbot: QtBot
) -> None:
    session = opened("run")
    holdings = totals(model, qtbot)
    model.choose(holdings.largest[0])
    assert [choice.variable.name for choice in session.chosen] == ["module/wide"]


def test_findings_are_worst_first(model: OverviewModel, opened: Callable[[str], Session]) -> None:
    opened("model")
    order = [Severity.ERROR, Severity.WARNING, Severity.INFO]
    places = [order.index(finding.severity) for finding in model.findings]
    assert places == sorted(places)
    assert places


def report(agrees: bool | None, *differences: str) -> TensorFlowReport:
    listed = (ListedVariable("a", "float32", (2,)),)
    return TensorFlowReport("2.21.0", listed, (), agrees, differences, ())


NOT_ASKED = TensorFlowReport(
    "2.21.0", (), (), None, (), (Finding("X00", Severity.INFO, "TensorFlow has nothing to say"),)
)


@pytest.mark.parametrize(
    ("told", "worker", "role", "words"),
    [
        (None, "off", "muted", "Not yet checked"),
        (None, "starting", "muted", "is starting"),
        (None, "failed", "muted", "is not available"),
        (report(True), "ready", "proved", "TensorFlow 2.21.0 agrees"),
        (report(None), "ready", "attention", "could not read"),
        (report(False, "a: shape"), "ready", "wrong", "disagrees in 1 point: a: shape"),
        (Finding("W01", Severity.ERROR, "It died"), "failed", "attention", "It died"),
        (NOT_ASKED, "ready", "muted", "reads no files of this kind"),
    ],
)
def test_the_verdict_of_tensorflow_in_words(told: Any, worker: str, role: str, words: str) -> None:
    verdict = verdict_of(told, worker)
    assert verdict.role == role
    assert words in verdict.words


def test_a_keras_file_tells_who_wrote_it(
    model: OverviewModel, session: Session, made: Callable[[str], Path], qtbot: QtBot
) -> None:
    task = session.open(str(made("keras_files.every_kind") / "model.keras"))
    qtbot.waitUntil(lambda: task.state.is_over, timeout=20_000)
    told = facts(model)
    assert told["Written by"].startswith("Keras 3.")
    assert told["Model"] == "Functional net"
    assert told["Layers"] == "12"
    assert told["Compiled"] == "yes"
    assert totals(model, qtbot).by_role[0].name in ("slot", "weight")
