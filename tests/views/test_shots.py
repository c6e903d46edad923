"""Pictures of every page, drawn after everything has settled."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import qWarning
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from tfinspector.views import theme
from tfinspector.views.dressing import apply
from tfinspector.views.pages import PAGES
from tfinspector.views.shots import draw_pages, plugin_is_quiet


@pytest.fixture(autouse=True)
def _undressed(qapp: QApplication) -> Iterator[None]:
    yield
    apply(qapp, theme.Mode.LIGHT)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_in_two_sizes(
    scheme: str, made: Callable[[str], Path], tmp_path: Path, qapp: QApplication
) -> None:
    prefix = made("checkpoints.keras_sequential") / "ckpt-5"
    drawn = draw_pages([str(prefix)], str(tmp_path), scheme, with_worker=False)
    assert drawn.unopened == ()
    images = {Path(path).name: QImage(path) for path in drawn.pictures}
    for title in (page.title for page in PAGES):
        for size in ("1440x900", "1280x720"):
            assert any(
                name.startswith(f"ckpt-5-{title.lower()}") and size in name for name in images
            )
    assert {(image.width(), image.height()) for image in images.values()} == {
        (1440, 900),
        (1280, 720),
    }
    corner = images["ckpt-5-overview-1280x720.png"].pixelColor(2, 2)
    assert (corner.lightness() < 128) == (scheme == "dark")
    histogram = images["ckpt-5-variables-histogram-1280x720.png"]
    coloured = sum(
        histogram.pixelColor(x, y).saturation() > 100
        for x in range(940, 1270, 3)
        for y in range(200, 480, 3)
    )
    assert coloured > 50, "the histogram of the chosen variable is not there"


def test_what_cannot_be_opened_is_told(tmp_path: Path, qapp: QApplication) -> None:
    drawn = draw_pages([str(tmp_path / "nothing")], str(tmp_path / "out"), with_worker=False)
    assert drawn.pictures == ()
    assert len(drawn.unopened) == 1
    assert drawn.unopened[0].fix is not None


def test_of_qt_only_the_words_of_the_platform_are_kept_back(qtlog: Any) -> None:
    with plugin_is_quiet():
        qWarning("This plugin does not support propagateSizeHints()")
        qWarning("This plugin does not support propagateSizeHints() twice")
    assert [record.message for record in qtlog.records] == [
        "This plugin does not support propagateSizeHints() twice"
    ]


def test_two_sources_of_one_name_have_pictures_of_their_own(
    made: Callable[[str], Path], tmp_path: Path, qapp: QApplication
) -> None:
    files = made("checkpoints.keras_sequential")
    for parent in ("one", "two"):
        shutil.copytree(files, tmp_path / parent)
    paths = [str(tmp_path / parent / "ckpt-5") for parent in ("one", "two")]
    drawn = draw_pages(paths, str(tmp_path / "out"), with_worker=False)
    assert len(set(drawn.pictures)) == len(drawn.pictures)
    names = [Path(path).name for path in drawn.pictures]
    half = len(names) // 2
    assert all(name.startswith("one-ckpt-5-") for name in names[:half])
    assert all(name.startswith("two-ckpt-5-") for name in names[half:])
