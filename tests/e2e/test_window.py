"""The installed program in a real window on a real X server, driven like a person drives it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

PROGRAM = Path(sys.executable).parent / "tfinspector"
PICTURES = Path(__file__).parent.parent.parent / ".pytest_cache" / "e2e"
SIZE = "1440x900x24"
MOST_LOOKS = 300

pytestmark = pytest.mark.e2e


class Screen:
    """An X server of our own; keys go to it, pictures come from it."""

    def __init__(self, display: str) -> None:
        self.environment = os.environ | {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}

    def xdotool(self, *words: str) -> str:
        ran = subprocess.run(
            ["xdotool", *words], check=True, capture_output=True, text=True, timeout=120,
            env=self.environment,
        )  # fmt: skip
        return ran.stdout.strip()

    def wait_for_window(self, title: str) -> str:
        """The id of the visible window with this title; waits for it."""
        return self.xdotool("search", "--sync", "--onlyvisible", "--name", title).splitlines()[0]

    def picture(self, name: str) -> QImage:
        """What is on the screen now, kept as PICTURES/name.png."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        path = PICTURES / f"{name}.png"
        subprocess.run(
            ["import", "-window", "root", str(path)], check=True, env=self.environment, timeout=60
        )
        return QImage(str(path))

    def wait_until(self, name: str, looks_right: Callable[[QImage], bool]) -> QImage:
        """Take pictures until one looks right; each takes a tenth of a second or so."""
        for _ in range(MOST_LOOKS):
            image = self.picture(name)
            if looks_right(image):
                return image
        raise AssertionError(f"it never looked right; see {PICTURES / name}.png")


@pytest.fixture
def screen() -> Iterator[Screen]:
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", SIZE, "-nolisten", "tcp"],
        pass_fds=[writing], stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writing)
    with os.fdopen(reading) as told:
        number = told.readline().strip()
    yield Screen(f":{number}")
    server.terminate()
    server.wait()


def coloured(image: QImage, area: tuple[int, int, int, int]) -> int:
    """How many pixels of an area are neither white nor grey."""
    left, top, right, bottom = area
    count = 0
    for x in range(left, right, 2):
        for y in range(top, bottom, 2):
            colour = image.pixelColor(x, y)
            levels = (colour.red(), colour.green(), colour.blue())
            count += max(levels) - min(levels) > 40
    return count


TABLE = (220, 130, 900, 520)
INSPECTOR = (930, 190, 1270, 480)


def test_open_filter_choose_and_leave(
    screen: Screen, made: Callable[[str], Path], tmp_path: Path
) -> None:
    prefix = made("checkpoints.keras_sequential") / "ckpt-5"
    program = subprocess.Popen(
        [str(PROGRAM), str(prefix)], start_new_session=True, stderr=subprocess.PIPE, text=True,
        env=screen.environment | {
            "TFINSPECTOR_CONFIG_DIR": str(tmp_path / "config"),
            "TFINSPECTOR_CACHE_DIR": str(tmp_path / "cache"),
            "TFINSPECTOR_DATA_DIR": str(tmp_path / "data"),
        },
    )  # fmt: skip
    try:
        window = screen.wait_for_window("ckpt-5 – tfinspector")
        screen.xdotool("windowmove", window, "0", "0", "windowsize", window, "1280", "720")
        screen.xdotool("windowfocus", "--sync", window)
        screen.xdotool("key", "ctrl+f")
        screen.xdotool("type", "dense/kernel")
        screen.wait_until("filtered", lambda image: coloured(image, TABLE) > 20)
        screen.xdotool("mousemove", "300", "163", "click", "1")
        screen.wait_until("chosen", lambda image: coloured(image, INSPECTOR) > 500)
        screen.xdotool("key", "ctrl+q")
        assert program.wait(timeout=60) == 0
    finally:
        program.kill()
        _, said = program.communicate()
    assert "Traceback" not in said
    assert "QObject" not in said
    settings = json.loads((tmp_path / "config" / "settings.json").read_text())
    assert settings["recent"] == [str(prefix)]
    with pytest.raises(ProcessLookupError):
        os.killpg(program.pid, 0)


def test_nothing_to_open_shows_how_to_begin(screen: Screen, tmp_path: Path) -> None:
    program = subprocess.Popen(
        [str(PROGRAM)],
        env=screen.environment | {
            "TFINSPECTOR_CONFIG_DIR": str(tmp_path / "config"),
            "TFINSPECTOR_CACHE_DIR": str(tmp_path / "cache"),
            "TFINSPECTOR_DATA_DIR": str(tmp_path / "data"),
        },
    )  # fmt: skip
    try:
        window = screen.wait_for_window("^tfinspector$")
        screen.wait_until("empty", lambda image: image.pixelColor(750, 235).value() > 0)
        screen.xdotool("windowfocus", "--sync", window)
        screen.xdotool("key", "ctrl+q")
        assert program.wait(timeout=60) == 0
    finally:
        program.kill()
        program.wait()
