"""Colours a person can read, in both schemes, and icons in the colours of the scheme."""

from __future__ import annotations

import re
from importlib import resources

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tfinspector.views import theme
from tfinspector.views.dressing import apply
from tfinspector.views.icons import icon, pixmap
from tfinspector.views.overview.largest_list import BAR_ALPHA
from tfinspector.views.style_sheet import style_sheet
from tfinspector.views.theme import DARK, LIGHT, Colours, contrast, with_alpha


@pytest.mark.parametrize("roles", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["surface", "raised", "hover", "chosen"])
@pytest.mark.parametrize("role", ["text", "muted", "accent", "proved", "attention", "wrong"])
def test_words_can_be_read(roles: Colours, ground: str, role: str) -> None:
    assert contrast(getattr(roles, role), getattr(roles, ground)) >= 4.5


@pytest.mark.parametrize("roles", [LIGHT, DARK], ids=["light", "dark"])
def test_marked_and_pressed_text_can_be_read(roles: Colours) -> None:
    assert contrast(roles.text, roles.mark) >= 4.5
    assert contrast(roles.on_accent, roles.accent) >= 4.5


@pytest.mark.parametrize("roles", [LIGHT, DARK], ids=["light", "dark"])
def test_categories_stand_out_and_differ(roles: Colours) -> None:
    assert len(set(roles.categories)) == 8
    for colour in roles.categories:
        assert contrast(colour, roles.surface) >= 1.9


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_the_whole_program_changes_dress(qapp: QApplication) -> None:
    apply(qapp, theme.Mode.DARK)
    assert theme.colours() is DARK
    apply(qapp, theme.Mode.LIGHT)
    assert theme.colours() is LIGHT
    assert LIGHT.accent in qapp.styleSheet()


def test_icons_follow_the_scheme(qapp: QApplication, qtbot: QtBot) -> None:
    for mode, roles in ((theme.Mode.DARK, DARK), (theme.Mode.LIGHT, LIGHT)):
        apply(qapp, mode)
        image = pixmap("open").toImage().convertToFormat(QImage.Format.Format_ARGB32)
        strokes = {
            QColor(image.pixel(x, y)).name()
            for x in range(20)
            for y in range(20)
            if QColor.fromRgba(image.pixel(x, y)).alpha() == 255
        }
        assert roles.text in strokes


def test_every_icon_is_on_the_grid_in_one_stroke() -> None:
    files = list((resources.files("tfinspector.resources") / "icons").iterdir())
    assert len(files) > 30
    for file in files:
        text = file.read_text()
        assert 'viewBox="0 0 20 20"' in text, file
        assert text.count("stroke-width") == 1, file
        assert "currentColor" in text, file
        assert not icon(file.name.removesuffix(".svg")).isNull()


@pytest.mark.parametrize("side", ["up", "down"])
def test_the_arrows_of_fields_stand_out_in_both_schemes(side: str) -> None:
    text = (resources.files("tfinspector.resources") / "arrows" / f"{side}.svg").read_text()
    (grey,) = re.findall(r'stroke="(#[0-9a-f]{6})"', text)
    for roles in (LIGHT, DARK):
        assert contrast(grey, roles.surface) >= 3
        assert f"arrows/{side}.svg" in style_sheet(roles)


def test_a_wrong_icon_name_fails_at_once() -> None:
    with pytest.raises(FileNotFoundError):
        icon("no_such_icon")


@pytest.mark.parametrize("roles", [theme.LIGHT, theme.DARK])
def test_words_on_the_bars_of_the_largest_variables_can_be_read(roles: theme.Colours) -> None:
    for ground in (roles.surface, roles.hover):
        under, over = QColor(ground), with_alpha(roles.accent, BAR_ALPHA)
        mixed = [
            int(over.alphaF() * top + (1 - over.alphaF()) * below)
            for top, below in zip(over.getRgb()[:3], under.getRgb()[:3], strict=True)
        ]
        assert theme.contrast(roles.text, QColor(*mixed).name()) >= 4.5
