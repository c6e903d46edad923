"""What is remembered between two starts."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from tfinspector.contents.variables import Role
from tfinspector.viewmodels.preferences import Preferences


def test_it_comes_back(qtbot: QtBot) -> None:
    first = Preferences()
    first.note_opened("/a")
    first.note_opened("/b")
    first.note_opened("/a")
    first.set_hidden_roles({Role.SLOT, Role.METRIC})
    first.set_window({"geometry": "AAAA"})
    first.save()
    again = Preferences().settings
    assert again.recent == ("/a", "/b")
    assert Preferences().hidden_roles == {Role.SLOT, Role.METRIC}
    assert again.window == {"geometry": "AAAA"}


def test_the_recent_paths_can_be_cleared(qtbot: QtBot) -> None:
    preferences = Preferences()
    preferences.note_opened("/a")
    with qtbot.waitSignal(preferences.changed):
        preferences.clear_recent()
    assert Preferences().settings.recent == ()


def test_a_fresh_start_neither_reads_nor_writes(qtbot: QtBot) -> None:
    Preferences().note_opened("/a")
    fresh = Preferences(fresh=True)
    assert fresh.settings.recent == ()
    fresh.note_opened("/b")
    assert Preferences().settings.recent == ("/a",)


def test_a_broken_file_is_told_and_a_failed_save_too(tmp_path: Path, qtbot: QtBot) -> None:
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "settings.json").write_text("{")
    preferences = Preferences()
    assert len(preferences.findings) == 1
    (folder / "settings.json").unlink()
    folder.rmdir()
    folder.write_text("a file where the folder should be")
    with qtbot.waitSignal(preferences.failed):
        preferences.note_opened("/a")


def test_how_a_run_was_looked_at_comes_back(qtbot: QtBot) -> None:
    first = Preferences()
    assert first.drift_of("/run") == first.last_drift == {}
    first.set_drift("/run", {"metric": "cosine"})
    first.set_drift("/other", {"metric": "norm"})
    first.save()
    second = Preferences()
    assert second.findings == ()
    assert second.drift_of("/run") == {"metric": "cosine"}
    assert second.last_drift == {"metric": "norm"}
