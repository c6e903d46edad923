"""Every page of the window as PNG files, drawn off screen after everything has settled."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from PySide6.QtCore import (
    QEventLoop,
    QMessageLogContext,
    QSize,
    QTimer,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication, QTabWidget

from tfinspector.contents.findings import Finding
from tfinspector.contents.reports import WorkerState
from tfinspector.contents.variables import Role, Variable
from tfinspector.viewmodels.preferences import Preferences
from tfinspector.viewmodels.session import Session
from tfinspector.views.dressing import apply
from tfinspector.views.pages import PAGES
from tfinspector.views.theme import Mode
from tfinspector.views.window.main_window import MainWindow

SIZES = (QSize(1440, 900), QSize(1280, 720))
_PLUGIN_WORDS = "This plugin does not support propagateSizeHints()"
_LOOK_MS = 40
_QUIET_LOOKS = 10
_MOST_LOOKS = 300_000 // _LOOK_MS


@dataclass(frozen=True, slots=True)
class Drawn:
    """The pictures, all findings, and those of paths that could not be opened."""

    pictures: tuple[str, ...]
    findings: tuple[Finding, ...]
    unopened: tuple[Finding, ...]


def draw_pages(
    paths: Sequence[str],
    directory: str,
    theme: str = "light",
    *,
    with_worker: bool = True,
    factory: str = "",
) -> Drawn:
    """Open `paths` and draw each page of each of them into `directory`, in two sizes.

    The files are called `<source>-<page>-<width>x<height>.png`; see `_names`. Needs the
    offscreen platform or a display. Settings are neither read nor written. With a `factory` each
    source is restored into what it builds, and the page Restore is drawn with each of its tabs.
    """
    with plugin_is_quiet():
        return _draw(paths, directory, theme, with_worker, factory)


@contextmanager
def plugin_is_quiet() -> Iterator[None]:
    """The offscreen platform says of each window that it has no edges to drag: of no use to
    anybody here. All else that Qt says goes where it went.
    """

    def tell(kind: QtMsgType, context: QMessageLogContext, words: str) -> None:
        if words == _PLUGIN_WORDS:
            return
        if before is not None:
            before(kind, context, words)
        else:
            sys.stderr.write(f"{words}\n")

    before = qInstallMessageHandler(tell)
    try:
        yield
    finally:
        qInstallMessageHandler(before)


def _draw(
    paths: Sequence[str], directory: str, theme: str, with_worker: bool, factory: str
) -> Drawn:
    application = QApplication.instance() or QApplication(["tfinspector"])
    assert isinstance(application, QApplication)
    apply(application, Mode(theme))
    os.makedirs(directory, exist_ok=True)
    session = Session()
    window = MainWindow(session, Preferences(fresh=True))
    unopened: list[Finding] = []
    session.refused.connect(lambda path, finding: unopened.append(finding))
    try:
        if with_worker:
            session.worker.start()
        session.open_several(paths)
        if application.platformName() == "offscreen":  # a real mouse is left alone
            QCursor.setPos(-10, -10)
        window.show()
        _settle(session)
        pictures = [
            picture
            for source, name in zip(list(session.sources), _names(session), strict=True)
            for picture in _draw_source(window, session, source, name, directory, factory)
        ]
        return Drawn(tuple(pictures), tuple(session.findings), tuple(unopened))
    finally:
        window.close()
        session.shut_down()
        window.deleteLater()
        session.deleteLater()


def _names(session: Session) -> list[str]:
    """What each source's pictures are called by: its name, with as many of its parents as tell
    it from the others of that name; numbered where even these look the same in a file's name.
    """
    parts = [source.source.path.strip(os.sep).split(os.sep) for source in session.sources]
    ends = [1] * len(parts)
    while True:
        made = [tuple(path[-end:]) for path, end in zip(parts, ends, strict=True)]
        grown = [
            end + 1 if made.count(name) > 1 and end < len(path) else end
            for name, path, end in zip(made, parts, ends, strict=True)
        ]
        if grown == ends:
            break
        ends = grown
    names: list[str] = []
    for end in made:
        name = plain = re.sub(r"[^\w.-]+", "_", "-".join(end))
        number = 2
        while name in names:
            name, number = f"{plain}-{number}", number + 1
        names.append(name)
    return names


def _draw_source(
    window: MainWindow, session: Session, source: object, name: str, directory: str, factory: str
) -> Iterator[str]:
    session.set_current(source)  # type: ignore[arg-type]
    _settle(session)
    assert session.current is not None
    _choose_one(session)
    if factory:
        window.restoring.model.fill_in(factory=factory)
        window.restoring.model.restore()
        _settle(session)
    for size in SIZES:
        window.resize(size)
        for title in (page.title for page in PAGES):
            window.show_page(title)
            _settle(session)
            for view in _views(window, title):
                _settle(session)
                file = f"{name}-{title.lower()}{view}-{size.width()}x{size.height()}.png"
                path = os.path.join(directory, file)
                if not window.grab().save(path):
                    raise OSError(f"can't write {path}")
                yield path


def _views(window: MainWindow, title: str) -> Iterator[str]:
    """The inspector's tabs, one after the other, beside the variables page; the tabs below a
    restore; else just the page.
    """
    if title == "Restore" and window.restoring.model.result:
        yield from _tabs(window.restoring.outcome.tabs)
        return
    tabs = window.inspector.made.findChild(QTabWidget) if window.inspector.made else None
    if title != "Variables" or tabs is None:
        yield ""
        return
    yield from _tabs(tabs)


def _tabs(tabs: QTabWidget) -> Iterator[str]:
    for at in range(tabs.count()):
        tabs.setCurrentIndex(at)
        yield f"-{tabs.tabText(at).partition(' ·')[0].lower()}"
    tabs.setCurrentIndex(0)


def _choose_one(session: Session) -> None:
    """The largest weight: the one a person would look at first."""

    def worth(variable: Variable) -> tuple[bool, int]:
        return variable.role is Role.WEIGHT and not variable.problem, variable.size

    if session.variables:
        session.choose([session.choice(max(session.variables, key=worth))])


def _settle(session: Session) -> None:
    """Run the event loop until nothing has been going on for a while."""
    loop, timer = QEventLoop(), QTimer(interval=_LOOK_MS)
    quiet = looks = 0

    def look_again() -> None:
        nonlocal quiet, looks
        is_starting = session.worker.state is WorkerState.STARTING
        quiet = 0 if session.is_busy or is_starting else quiet + 1
        looks += 1
        if quiet >= _QUIET_LOOKS or looks >= _MOST_LOOKS:
            loop.quit()

    timer.timeout.connect(look_again)
    timer.start()
    loop.exec()
    timer.stop()
