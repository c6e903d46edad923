"""The page Restore without widgets: jobs, their workers, what arrives and what is dropped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.viewmodels.made_up import Worlds, finding
from tests.viewmodels.made_up_restores import RENAMES, ROWS, Restores, report
from tfinspector.contents.findings import Finding, Severity
from tfinspector.contents.restores import Outcome, State
from tfinspector.contents.saved_models import SavedModel
from tfinspector.viewmodels.doors import Doors
from tfinspector.viewmodels.restore.jobs import Written, is_taken
from tfinspector.viewmodels.restore.model import NO_SOURCE, RestoreModel
from tfinspector.viewmodels.restore.renames import Decision
from tfinspector.viewmodels.restore.words import (
    about,
    healthy_words,
    report_text,
    shown_findings,
    verdict,
    written_words,
)
from tfinspector.viewmodels.session import Session

SAVED_MODEL = SavedModel("/made/export", "saved_model.pb", 1, 1, (), None, "", False, 0.0)


@pytest.fixture
def restores(world: Worlds) -> Restores:
    return Restores(world)


@pytest.fixture
def session(begin: Callable[[Doors], Session], restores: Restores, qtbot: QtBot) -> Session:
    made = begin(restores.doors())
    with qtbot.waitSignal(made.current_changed):
        made.open("/made/up")
    return made


@pytest.fixture
def model(session: Session) -> RestoreModel:
    made = RestoreModel(session)
    made.fill_in(factory="/a/factory.py:build")
    return made


def test_a_dry_run_shows_the_match_table(
    model: RestoreModel, restores: Restores, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(model.changed, check_params_cb=lambda: model.result is not None):
        model.dry_run()
    qtbot.waitUntil(lambda: model.task is None)
    assert model.result is not None
    assert model.result.report.dry_run
    assert model.table.content is model.result.rows
    assert [pair.rename for pair in model.renames.pairs] == list(RENAMES)
    request = restores.requests[0]
    assert (request.path, request.snapshot) == ("/made/up", "/made/up/ckpt-3")
    assert (request.factory, request.device, request.keep_partial) == (
        "/a/factory.py:build", "CPU:0", False,
    )  # fmt: skip


def test_each_job_has_a_worker_of_its_own_and_ends_it(
    model: RestoreModel, session: Session, restores: Restores, qtbot: QtBot
) -> None:
    for verb in (model.dry_run, model.restore):
        verb()
        qtbot.waitUntil(lambda: model.task is None)
    assert restores.ends == ["stop", "stop"]
    assert len(restores.commands) == 2
    assert session.worker.client is None, "the window's own worker was started"


def test_accepted_pairs_go_into_the_restore_and_what_is_filled_in_too(
    model: RestoreModel, restores: Restores, qtbot: QtBot
) -> None:
    model.dry_run()
    qtbot.waitUntil(lambda: model.task is None)
    model.renames.accept_above(0.9)
    model.fill_in(kwargs='{"width": 3}', worker="ssh host python", partial=True)
    model.restore()
    qtbot.waitUntil(lambda: model.task is None)
    assert restores.renames == [RENAMES[:1]]
    assert restores.commands[-1] == ("ssh", "host", "python")
    assert restores.requests[-1].kwargs == {"width": 3}
    assert restores.requests[-1].keep_partial
    qtbot.waitUntil(lambda: model.code == "# 1 renames\n")


def test_another_factory_forgets_the_decisions(model: RestoreModel, qtbot: QtBot) -> None:
    model.dry_run()
    qtbot.waitUntil(lambda: model.task is None)
    model.renames.decide([0], Decision.ACCEPTED)
    model.fill_in(factory="/a/factory.py:other")
    assert model.renames.accepted == ()


def test_the_last_result_stays_until_the_next_one_is_there(
    model: RestoreModel, restores: Restores, qtbot: QtBot
) -> None:
    model.dry_run()
    qtbot.waitUntil(lambda: model.task is None)
    first = model.result
    restores.gate.clear()
    model.restore()
    qtbot.waitUntil(lambda: len(restores.requests) == 2)
    assert model.is_stale
    assert model.result is first
    restores.gate.set()
    qtbot.waitUntil(lambda: model.task is None)
    assert not model.is_stale
    assert model.result is not first


def test_a_cancelled_job_ends_its_worker_and_delivers_nothing(
    model: RestoreModel, restores: Restores, qtbot: QtBot
) -> None:
    restores.gate.clear()
    model.restore()
    qtbot.waitUntil(lambda: len(restores.requests) == 1)
    model.cancel()
    assert model.task is None
    qtbot.waitUntil(lambda: restores.ends == ["kill"])
    assert model.result is None


def test_a_second_press_supersedes_the_first(
    model: RestoreModel, restores: Restores, qtbot: QtBot
) -> None:
    restores.gate.clear()
    model.dry_run()
    qtbot.waitUntil(lambda: len(restores.requests) == 1)
    model.restore()
    restores.gate.set()
    qtbot.waitUntil(lambda: model.task is None)
    assert model.result is not None
    assert not model.result.report.dry_run
    assert sorted(restores.ends) == ["kill", "stop"]


def test_a_result_belongs_to_its_snapshot(
    model: RestoreModel, session: Session, restores: Restores, qtbot: QtBot
) -> None:
    restores.gate.clear()
    model.dry_run()
    qtbot.waitUntil(lambda: len(restores.requests) == 1)
    with qtbot.waitSignal(session.current_changed):
        session.set_current(session.current, "/made/up/ckpt-1")
    restores.gate.set()
    qtbot.waitUntil(lambda: model.task is None)
    assert model.result is None, "the result of another snapshot is shown"
    session.set_current(session.current, "/made/up/ckpt-3")
    assert model.result is not None


def test_a_closed_source_drops_its_restore(
    model: RestoreModel, session: Session, restores: Restores, qtbot: QtBot
) -> None:
    restores.gate.clear()
    model.restore()
    qtbot.waitUntil(lambda: len(restores.requests) == 1)
    assert session.current is not None
    session.close(session.current)
    qtbot.waitUntil(lambda: restores.ends == ["kill"])
    assert model.task is None
    assert model.empty_words == NO_SOURCE


def test_a_run_that_goes_on_does_not_stop_the_restore(
    model: RestoreModel, session: Session, restores: Restores, qtbot: QtBot
) -> None:
    restores.gate.clear()
    model.write_repaired("/made/up/fixed")
    qtbot.waitUntil(lambda: len(restores.requests) == 1)
    assert session.current is not None
    with qtbot.waitSignal(session.opened):
        session.reload()
    restores.gate.set()
    with qtbot.waitSignal(model.written_changed):
        pass
    with qtbot.waitSignal(session.opened):
        session.reload()
    assert isinstance(model.written, Written), "the proof is gone"


def test_a_source_that_cannot_be_read_is_told(
    model: RestoreModel, restores: Restores, qtbot: QtBot
) -> None:
    restores.answer = finding("F09", "It was cut off")
    model.restore()
    qtbot.waitUntil(lambda: model.task is None)
    assert model.failure == restores.answer
    assert model.result is None


def test_what_the_factory_prints_goes_to_the_worker_log(
    model: RestoreModel, session: Session, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(session.worker.logged) as told:
        model.dry_run()
    assert told.args == [["the factory prints"]]


def test_nothing_starts_while_something_is_missing(model: RestoreModel, restores: Restores) -> None:
    for change in (
        {"factory": ""},
        {"factory": "f.py:b", "kwargs": "{"},
        {"kwargs": "", "worker": "'"},
    ):
        model.fill_in(**change)
        assert model.why_not
        model.restore()
        assert model.task is None
    assert restores.requests == []


def test_what_was_filled_in_comes_back_with_the_source(
    model: RestoreModel, session: Session, restores: Restores, world: Worlds, qtbot: QtBot
) -> None:
    kept: dict[str, dict[str, str]] = {"/other": {"factory": "/b/g.py:h"}}
    model.recall_from(lambda path: kept.get(path, {}))
    model.remembered.connect(kept.__setitem__)
    model.fill_in(factory="/a/f.py:build", kwargs='{"a": 1}')
    model.dry_run()
    qtbot.waitUntil(lambda: model.task is None)
    with qtbot.waitSignal(session.opened):
        session.open("/other")
    assert model.form.factory == "/b/g.py:h"
    session.set_current(session.sources[0])
    assert (model.form.factory, model.form.kwargs) == ("/a/f.py:build", '{"a": 1}')


def test_a_repaired_checkpoint_is_written_with_the_accepted_pairs(
    model: RestoreModel, restores: Restores, qtbot: QtBot
) -> None:
    assert "dry run first" in model.why_not_write
    model.dry_run()
    qtbot.waitUntil(lambda: model.task is None)
    model.renames.decide([0], Decision.ACCEPTED)
    assert model.why_not_write == ""
    with qtbot.waitSignal(model.written_changed):
        model.write_repaired("/made/up/fixed")
    assert isinstance(model.written, Written)
    assert (restores.written, restores.renames[-1]) == (["/made/up/fixed"], RENAMES[:1])
    assert written_words(model.written.prefix, model.written.report).role == "proved"


def test_a_repaired_checkpoint_goes_beside_a_saved_model(
    model: RestoreModel, session: Session
) -> None:
    assert model.suggested_prefix == "/made/up/ckpt-3-repaired"
    assert session.current is not None
    source = session.current.source
    session.current.source = replace(source, path="/made/export", saved_model=SAVED_MODEL)
    assert model.suggested_prefix == "/made/export-repaired"


def test_a_healthy_checkpoint_needs_no_repair(
    model: RestoreModel, restores: Restores, qtbot: QtBot
) -> None:
    restores.answer = report(ROWS[:2], Outcome.RESTORED, renames=())
    model.restore()
    qtbot.waitUntil(lambda: model.task is None)
    assert "Nothing has to be repaired" in model.why_not_write


def test_maps_are_saved_and_loaded(model: RestoreModel, restores: Restores, qtbot: QtBot) -> None:
    restores.maps["/m.json"] = RENAMES[1:]
    model.load_map("/m.json")
    qtbot.waitUntil(lambda: model.renames.accepted == RENAMES[1:])
    model.save_map("/n.json")
    qtbot.waitUntil(lambda: restores.maps.get("/n.json") == RENAMES[1:])


def test_code_is_saved_whole(model: RestoreModel, tmp_path: Path, qtbot: QtBot) -> None:
    model.dry_run()
    qtbot.waitUntil(lambda: bool(model.code))
    path = tmp_path / "restore_it.py"
    model.save_code(str(path))
    qtbot.waitUntil(path.exists)
    assert path.read_text() == model.code
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["restore_it.py"]


def test_a_prefix_is_taken_by_any_file_of_a_set(tmp_path: Path) -> None:
    assert not is_taken(str(tmp_path / "ckpt-1"))
    (tmp_path / "ckpt-1.data-00000-of-00001").touch()
    assert is_taken(str(tmp_path / "ckpt-1"))
    assert not is_taken(str(tmp_path / "ckpt"))
    assert not is_taken(str(tmp_path / "nowhere" / "ckpt"))


# Words


def test_the_verdict_counts_the_variables_of_the_model() -> None:
    made = report()
    told = verdict(made)
    assert (told.icon, told.role) == ("warning", "attention")
    assert told.words == "2 of 4 variables proved equal to the file · 50 % of parameters"
    dry = verdict(report(dry_run=True))
    assert dry.words.endswith("nothing assigned")
    assert "would be restored" in dry.words


def test_only_a_proof_is_green() -> None:
    good = report(ROWS[:2], Outcome.RESTORED)
    assert verdict(good).role == "proved"
    fitting = [row._replace(state=State.NOT_ASSIGNED, fits=True) for row in ROWS[:2]]
    would = report(fitting, Outcome.RESTORED, True)
    assert verdict(would).role == "text"
    assert "Restore assigns" in healthy_words(would)
    assert healthy_words(report()) == ""
    alarmed = report(ROWS[:2], Outcome.RESTORED, findings=(finding(),))
    assert healthy_words(alarmed) == ""


def test_a_restore_that_would_stop_half_way_says_what_does_not_fit() -> None:
    told = verdict(report(outcome=Outcome.FAILED))
    assert (
        told.words == "1 of 4 variables does not fit · nothing was restored, rather than half of it"
    )
    assert told.role == "wrong"


def test_that_a_run_is_a_directory_is_no_news() -> None:
    note = replace(finding("F03"), severity=Severity.INFO, where="/made/up")
    other = replace(note, where="/made/up/saved")
    told = replace(report(), findings=(note, other, finding("M08")))
    assert shown_findings(told) == [finding("M08"), other]


def test_the_report_tells_versions_and_notes_come_last() -> None:
    note = Finding("F03", Severity.INFO, "a note")
    made = report(findings=(note, finding()))
    line = about(made, "/a/factory.py:build")
    for word in (
        "factory.py:build",
        "ckpt-3",
        "TensorFlow 2.21.0",
        "Keras 3.15.1",
        "1.5 s",
        "600 MB",
    ):
        assert word in line
    text = report_text(made, "/a/factory.py:build")
    assert "CheckpointLoadStatus" in text
    assert text.endswith("printed")
    assert shown_findings(made)[-1] is note
