"""Asks for what to open: a file, a directory, a prefix or an address; for an interpreter."""

from __future__ import annotations

import os

from PySide6.QtWidgets import QFileDialog, QInputDialog, QWidget

from tfinspector.viewmodels.preferences import Preferences
from tfinspector.viewmodels.session import Session

_FILES = (
    "TensorFlow files (*.index *.data-* *.meta checkpoint *.pb *.pbtxt *.keras *.h5);;All files (*)"
)


class PathDialogs:
    """The dialogs of one window; what is chosen is opened."""

    def __init__(self, window: QWidget, session: Session, preferences: Preferences) -> None:
        self._window, self._session, self._preferences = window, session, preferences

    def ask_file(self) -> None:
        """Any file of a checkpoint or a model."""
        title = "Open a file of a checkpoint or model"
        path, _ = QFileDialog.getOpenFileName(self._window, title, self._last_folder(), _FILES)
        self._open(path)

    def ask_directory(self) -> None:
        """A SavedModel or a run."""
        title = "Open a SavedModel or a directory of checkpoints"
        self._open(QFileDialog.getExistingDirectory(self._window, title, self._last_folder()))

    def ask_prefix(self) -> None:
        """A prefix, as code spells it."""
        path, is_sure = QInputDialog.getText(
            self._window, "Open a checkpoint", "Prefix, as in tf.train.Checkpoint.restore:"
        )
        if is_sure:
            self._open(path.strip())

    def ask_address(self) -> None:
        """The URL of something on another machine; credentials are fsspec's business."""
        path, is_sure = QInputDialog.getText(
            self._window,
            "Open on another machine",
            "Address of a model, a checkpoint or a run, as in gs://bucket/run, s3://bucket/run,\n"
            "sftp://host/home/me/run or https://host/model.keras:",
        )
        if is_sure:
            self._open(path.strip())

    def ask_interpreter(self) -> None:
        """A Python that has TensorFlow, for the worker; it is started at once."""
        title = "Choose the Python that has TensorFlow"
        now = self._preferences.settings.worker[0]
        path, _ = QFileDialog.getOpenFileName(self._window, title, now)
        if path:
            self._use((path,))

    def use_own_interpreter(self) -> None:
        """The Python that this program runs on."""
        self._use(())

    def _use(self, command: tuple[str, ...]) -> None:
        self._preferences.set_worker_command(command)
        self._session.worker.start(command or None)

    def _open(self, path: str) -> None:
        if path:
            self._session.open(path)

    def _last_folder(self) -> str:
        here = [path for path in self._preferences.settings.recent if "://" not in path]
        return os.path.dirname(here[0]) if here else ""
