"""Settings: what is remembered between two starts, as versioned JSON in the configuration folder.

A file that can't be read, or a value that makes no sense, never stops the program: the default
takes its place and a finding says so. Names this version does not know are kept as they are, so
that an older program does not throw away what a newer one wrote.
"""

import json
import os
import shlex
import sys
import tempfile
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.passwords import masked

VERSION = 1
THEMES = ("system", "light", "dark")
RECENT_LIMIT = 20
PATHS_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person has chosen.

    worker_command  the interpreter that has TensorFlow, as a command line; () means this one
    device          where models are loaded, as TensorFlow writes it ("CPU:0")
    recent          paths opened before, newest first
    theme           "system", "light" or "dark"
    bins            bars of a histogram, 1 to 4096
    hidden_roles    roles that the table of variables does not show
    window          state of the window, as text that only the window understands
    restores        what was last filled in to restore each source, by its path, newest last
    drifts          how the drift of each run was last looked at, by its path, newest last
    cache_directory where figures are kept between two starts; "" means the platform's place
    cache_mebibytes how many of them at most; 0 keeps none
    unknown         what a newer version wrote
    """

    worker_command: tuple[str, ...] = ()
    device: str = "CPU:0"
    recent: tuple[str, ...] = ()
    theme: str = "system"
    bins: int = 64
    hidden_roles: tuple[str, ...] = ()
    window: dict[str, str] = field(default_factory=dict)
    restores: dict[str, dict[str, str]] = field(default_factory=dict)
    drifts: dict[str, dict[str, str]] = field(default_factory=dict)
    cache_directory: str = ""
    cache_mebibytes: int = 1024
    unknown: dict[str, Any] = field(default_factory=dict)

    @property
    def worker(self) -> tuple[str, ...]:
        """The command to start the worker's interpreter with."""
        return self.worker_command or (sys.executable,)

    def with_recent(self, path: str) -> tuple[str, ...]:
        """`recent` after `path` was opened: first, once, and not more than fit a menu.

        A password in a URL is not written down.
        """
        path = masked(path)
        return (path, *(other for other in self.recent if other != path))[:RECENT_LIMIT]

    def with_restore(self, path: str, filled_in: dict[str, str]) -> dict[str, dict[str, str]]:
        """`restores` after this was filled in for `path`; the oldest are forgotten."""
        return _with_newest(self.restores, path, filled_in)

    def with_drift(self, path: str, looks: dict[str, str]) -> dict[str, dict[str, str]]:
        """`drifts` after the run at `path` was looked at like this; the oldest are forgotten."""
        return _with_newest(self.drifts, path, looks)


def _with_newest(
    known: dict[str, dict[str, str]], path: str, texts: dict[str, str]
) -> dict[str, dict[str, str]]:
    kept = {other: each for other, each in known.items() if other != path}
    kept[path] = texts
    return dict(list(kept.items())[-PATHS_LIMIT:])


def settings_file() -> Path:
    """The file, in the system's configuration folder; `TFINSPECTOR_CONFIG_DIR` overrides it."""
    override = os.environ.get("TFINSPECTOR_CONFIG_DIR")
    if override:
        return Path(override) / "settings.json"
    import platformdirs

    return platformdirs.user_config_path("tfinspector", appauthor=False) / "settings.json"


def load_settings() -> tuple[Settings, tuple[Finding, ...]]:
    """The settings, and what could not be read of them (then the default holds)."""
    path = settings_file()
    try:
        written = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings(), ()
    except (OSError, ValueError, RecursionError) as error:
        return Settings(), (_unreadable(path, str(error)),)
    if not isinstance(written, dict):
        return Settings(), (_unreadable(path, "it is not a JSON object"),)
    return _understood(written, path)


def save_settings(settings: Settings) -> Finding | None:
    """Write the settings, whole or not at all. Returns the finding when that failed."""
    path = settings_file()
    document: dict[str, Any] = {"version": VERSION} | settings.unknown
    for each in fields(Settings):
        if each.name != "unknown":
            document[each.name] = getattr(settings, each.name)
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(prefix=".settings-", dir=path.parent)
        try:
            with open(handle, "w", encoding="utf-8", errors="surrogateescape") as file:
                file.write(text)
            os.replace(draft, path)
        except BaseException:
            os.unlink(draft)
            raise
    except OSError as error:
        return Finding(
            "P02",
            Severity.WARNING,
            f"The settings could not be saved: {error.strerror or error}.",
            where=str(path),
            fix=Fix("Name a folder that you may write to.", "export TFINSPECTOR_CONFIG_DIR=..."),
        )
    return None


def _understood(written: dict[str, Any], path: Path) -> tuple[Settings, tuple[Finding, ...]]:
    known = {each.name for each in fields(Settings)} - {"unknown"}
    chosen: dict[str, Any] = {}
    wrong: list[str] = []
    for name in sorted(known & written.keys()):
        value = _checked(name, written[name])
        if value is None:
            wrong.append(name)
        else:
            chosen[name] = value
    unknown = {name: written[name] for name in written.keys() - known - {"version"}}
    findings = (_not_understood(path, wrong),) if wrong else ()
    return Settings(**chosen, unknown=unknown), findings


def _checked(name: str, value: Any) -> Any:
    """The value as `Settings` wants it; None where it makes no sense."""
    match name:
        case "worker_command" | "recent" | "hidden_roles":
            texts = isinstance(value, list) and all(isinstance(each, str) for each in value)
            return tuple(value) if texts else None
        case "device":
            return value if isinstance(value, str) and value else None
        case "cache_directory":
            return value if isinstance(value, str) else None
        case "cache_mebibytes":
            return value if _is_whole(value) and value >= 0 else None
        case "theme":
            return value if value in THEMES else None
        case "bins":
            return value if _is_whole(value) and 1 <= value <= 4096 else None
        case "restores" | "drifts":
            whole = isinstance(value, dict) and all(map(_are_texts, value.values()))
            return value if whole else None
        case _:
            return value if _are_texts(value) else None


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _are_texts(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(each, str) for each in value.values())


def _unreadable(path: Path, why: str) -> Finding:
    quoted = shlex.quote(str(path))
    return Finding(
        "P02",
        Severity.WARNING,
        "The settings can't be read, so the defaults are used.",
        detail=why,
        where=str(path),
        fix=Fix("Move the file away; a new one is written.", f"mv {quoted} {quoted}.old"),
    )


def _not_understood(path: Path, names: list[str]) -> Finding:
    listed = ", ".join(names)
    return Finding(
        "P02",
        Severity.WARNING,
        f"The settings hold values that make no sense, so the defaults are used for: {listed}.",
        where=str(path),
        evidence={"names": names},
        fix=Fix("Choose them again in the window, or remove those lines from the file."),
    )
