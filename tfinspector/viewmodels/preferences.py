"""What is remembered between two starts: settings, recent paths, the window's own state."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from tfinspector.contents.findings import Finding
from tfinspector.contents.variables import Role
from tfinspector.engine.settings import Settings, load_settings, save_settings

if TYPE_CHECKING:
    from collections.abc import Mapping


class Preferences(QObject):
    """The settings of this start. `fresh` ignores and never writes the file (`--fresh`, tests).

    Attributes: settings, findings (what could not be read of the file). `failed` carries the
    finding of a save that did not work.
    """

    changed = Signal()
    failed = Signal(object)

    def __init__(self, fresh: bool = False, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._fresh = fresh
        self.settings: Settings
        self.findings: tuple[Finding, ...]
        self.settings, self.findings = (Settings(), ()) if fresh else load_settings()

    def note_opened(self, path: str) -> None:
        """`path` comes first in the recent ones."""
        self._set(recent=self.settings.with_recent(path))

    def clear_recent(self) -> None:
        """Forget the recent paths."""
        self._set(recent=())

    def set_worker_command(self, command: tuple[str, ...]) -> None:
        """Remember the interpreter of the worker; () is this program's own."""
        self._set(worker_command=command)

    def set_theme(self, theme: str) -> None:
        """Remember the scheme: "system", "light" or "dark"."""
        self._set(theme=str(theme))

    @property
    def hidden_roles(self) -> frozenset[Role]:
        """Roles that the table of variables does not show; names we do not know are left out."""
        known = {str(role): role for role in Role}
        return frozenset(known[name] for name in self.settings.hidden_roles if name in known)

    def set_hidden_roles(self, roles: Iterable[Role]) -> None:
        """Remember which roles are hidden."""
        self._set(hidden_roles=tuple(sorted(str(role) for role in roles)))

    def restore_of(self, path: str) -> Mapping[str, str]:
        """What was last filled in to restore the source at `path`; empty if nothing was."""
        return self.settings.restores.get(path, {})

    def set_restore(self, path: str, filled_in: dict[str, str]) -> None:
        """Remember what was filled in for `path`."""
        self._set(restores=self.settings.with_restore(path, filled_in))

    def drift_of(self, path: str) -> Mapping[str, str]:
        """How the run at `path` was last looked at; empty if it never was."""
        return self.settings.drifts.get(path, {})

    @property
    def last_drift(self) -> Mapping[str, str]:
        """How the run that was looked at last was; empty if none was."""
        return next(reversed(self.settings.drifts.values()), {})

    def set_drift(self, path: str, looks: Mapping[str, str]) -> None:
        """Remember how the run at `path` is looked at. Written by `save` only."""
        drifts = self.settings.with_drift(path, dict(looks))
        self.settings = replace(self.settings, drifts=drifts)

    def set_window(self, state: Mapping[str, str]) -> None:
        """Remember the window's state. Written by `save` only."""
        self.settings = replace(self.settings, window=dict(state))

    def save(self) -> None:
        """Write the file; a failure becomes a finding, never an exception."""
        if self._fresh:
            return
        finding = save_settings(self.settings)
        if finding:
            self.failed.emit(finding)

    def _set(self, **change: object) -> None:
        self.settings = replace(self.settings, **change)  # type: ignore[arg-type]
        self.save()
        self.changed.emit()
