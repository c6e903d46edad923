"""Settings survive a restart, and no file can stop the program."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tfinspector.engine.settings import (
    RECENT_LIMIT,
    Settings,
    load_settings,
    save_settings,
    settings_file,
)


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TFINSPECTOR_CONFIG_DIR", str(tmp_path / "config"))
    return tmp_path / "config" / "settings.json"


def test_without_a_file_the_defaults_hold() -> None:
    assert load_settings() == (Settings(), ())
    assert Settings().worker == (sys.executable,)


def test_what_is_saved_comes_back(config: Path) -> None:
    chosen = Settings(
        worker_command=("ssh", "gpu", "python3"),
        device="GPU:0",
        recent=("/a/ünïcode", "/b"),
        theme="dark",
        bins=200,
        hidden_roles=("slot",),
        window={"geometry": "AAEC"},
        drifts={"/a/run": {"metric": "cosine"}},
    )
    assert save_settings(chosen) is None
    assert load_settings() == (chosen, ())
    assert chosen.worker == ("ssh", "gpu", "python3")
    assert settings_file() == config
    assert [f.name for f in config.parent.iterdir()] == ["settings.json"]


def test_what_a_newer_version_wrote_is_kept(config: Path) -> None:
    config.parent.mkdir()
    config.write_text('{"version": 9, "bins": 32, "holograms": true}')
    settings, findings = load_settings()
    assert findings == ()
    assert settings.bins == 32
    save_settings(settings)
    assert json.loads(config.read_text())["holograms"] is True


@pytest.mark.parametrize("text", ["", "{", "[1]", "null", "\x00", "[" * 100_000])
def test_an_unreadable_file_is_a_finding(config: Path, text: str) -> None:
    config.parent.mkdir()
    config.write_text(text)
    settings, (finding,) = load_settings()
    assert settings == Settings()
    assert finding.id == "P02"
    assert finding.where == str(config)
    assert finding.fix is not None
    assert finding.fix.code


def test_bytes_that_are_no_text_are_a_finding(config: Path) -> None:
    config.parent.mkdir()
    config.write_bytes(b"\xff\xfe{")
    assert load_settings()[1][0].id == "P02"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("bins", 0), ("bins", 5000), ("bins", True), ("bins", "64"), ("bins", 1.5),
        ("theme", "neon"), ("theme", None), ("recent", "/a"), ("recent", [1]),
        ("worker_command", {"a": "b"}), ("device", ""), ("window", []), ("window", {"a": 1}),
        ("drifts", {"/a": "cosine"}),
    ],
)  # fmt: skip
def test_a_value_without_sense_is_replaced_and_told(config: Path, name: str, value: object) -> None:
    config.parent.mkdir()
    config.write_text(json.dumps({"version": 1, "device": "GPU:1"} | {name: value}))
    settings, (finding,) = load_settings()
    assert getattr(settings, name) == getattr(Settings(), name)
    if name != "device":
        assert settings.device == "GPU:1", "the rest still holds"
    assert finding.evidence["names"] == [name]


def test_a_folder_that_cannot_be_written_is_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TFINSPECTOR_CONFIG_DIR", str(tmp_path / "file"))
    finding = save_settings(Settings())
    assert finding is not None
    assert finding.fix is not None
    assert load_settings()[0] == Settings()


def test_recent_is_newest_first_once_and_bounded() -> None:
    settings = Settings()
    for number in range(40):
        settings = Settings(recent=settings.with_recent(f"/{number}"))
    assert settings.recent[0] == "/39"
    assert len(settings.recent) == RECENT_LIMIT
    assert settings.with_recent("/30")[:2] == ("/30", "/39")
    assert settings.with_recent("/30").count("/30") == 1


def test_without_the_override_it_lies_where_the_system_keeps_such_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TFINSPECTOR_CONFIG_DIR")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    if sys.platform == "linux":
        assert settings_file() == tmp_path / "tfinspector" / "settings.json"
