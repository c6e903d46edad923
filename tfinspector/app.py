"""Compose the window and start it; draw its pages off screen for `shots`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING

from tfinspector.contents.collecting import without_collecting

if TYPE_CHECKING:
    from tfinspector.viewmodels.session import Session

_NO_DISPLAY = """There is no display to open a window on.
To look at the same pages as pictures:  tfinspector shots PATH -o pictures
To read them as text:                   tfinspector list PATH
"""


def main(paths: Sequence[str] = (), fresh: bool = False) -> int:
    """Open the window with these paths; returns the exit status."""
    if not has_display():
        sys.stderr.write(_NO_DISPLAY)
        return 2
    with without_collecting():  # nothing of what is imported is garbage: a twentieth of the start
        from PySide6.QtWidgets import QApplication

        from tfinspector.viewmodels.jobs import share_fairly
        from tfinspector.viewmodels.preferences import Preferences
        from tfinspector.viewmodels.session import Session
        from tfinspector.views.dressing import apply
        from tfinspector.views.theme import Mode
        from tfinspector.views.window.main_window import MainWindow

    share_fairly()
    application = QApplication(["tfinspector"])
    application.setApplicationName("tfinspector")
    application.setDesktopFileName("tfinspector")
    preferences = Preferences(fresh)
    apply(application, Mode(preferences.settings.theme))
    session = Session()
    window = MainWindow(session, preferences)
    sys.excepthook = _teller(session)
    signal.signal(signal.SIGINT, signal.SIG_DFL)

    def begin() -> None:
        session.open_several(paths or demo_paths())
        session.worker.start(preferences.settings.worker_command or None)

    window.painted.connect(begin)
    window.show()
    status = application.exec()
    session.shut_down()
    return status


def demo_paths() -> list[str]:
    """The demo run, if one was made."""
    from tfinspector.engine.demo import demo_directory, demo_is_complete

    directory = demo_directory()
    return [str(directory)] if demo_is_complete(directory) else []


def has_display() -> bool:
    """Whether Qt will find a screen; it ends the process where it does not."""
    if os.environ.get("QT_QPA_PLATFORM") or not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def shots(argv: Sequence[str]) -> int:
    """The command `shots PATH... -o DIR`; the exit status is that of `cli.md`."""
    parser = argparse.ArgumentParser(
        prog="tfinspector shots", description="Draw every page of the window to PNG files."
    )
    parser.add_argument("paths", metavar="PATH", nargs="+")
    parser.add_argument("-o", "--output", metavar="DIR", required=True)
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    parser.add_argument(
        "--factory", metavar="SPEC", default="", help="restore into what this function builds"
    )
    parser.add_argument("--no-worker", action="store_true", help="do not start TensorFlow")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    asked = parser.parse_args(list(argv))
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from tfinspector.views.shots import draw_pages

    drawn = draw_pages(
        asked.paths,
        asked.output,
        asked.theme,
        with_worker=not asked.no_worker,
        factory=asked.factory,
    )
    if asked.json:
        from tfinspector.cli.documents import finding_document, text_of

        findings = [finding_document(finding) for finding in drawn.findings]
        sys.stdout.write(text_of({"pictures": list(drawn.pictures), "findings": findings}))
    else:
        sys.stdout.writelines(f"{path}\n" for path in drawn.pictures)
        sys.stderr.writelines(f"{finding.title}\n" for finding in drawn.unopened)
    return 2 if drawn.unopened else 0


def _teller(session: Session) -> Callable[..., None]:
    """An exception that reaches Qt becomes a finding; the window lives on."""
    from tfinspector.viewmodels.jobs import finding_of

    def tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        sys.__excepthook__(kind, error, trace)
        if isinstance(error, Exception):
            session.tell("program", finding_of(error))

    return tell
