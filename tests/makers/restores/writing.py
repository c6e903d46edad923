"""Writes the corpus: the cases of Keras 2 in their own environment, all others here."""

from __future__ import annotations

import importlib
import subprocess
from pathlib import Path

from tests.legacy_keras import ROOT, legacy_environment, legacy_python
from tests.makers.restores.cases import GROUPS, MAKERS, Place, write_case


def write_all(directory: Path) -> None:
    """Every case into its own directory; run it in a TensorFlow process."""
    command = [str(legacy_python()), "-m", "tests.makers.restores.keras2", str(directory)]
    legacy = subprocess.Popen(
        command, env=legacy_environment(), cwd=ROOT, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    known = set(MAKERS)
    for group in GROUPS:
        if group == "from_keras2":
            _, said = legacy.communicate(timeout=300)
            assert legacy.returncode == 0, said
        importlib.import_module(f"tests.makers.restores.{group}")
        for name in [name for name in MAKERS if name not in known]:
            write(name, directory)
        known = set(MAKERS)


def write(name: str, directory: Path) -> None:
    """One case."""
    import keras

    keras.utils.clear_session()
    keras.utils.set_random_seed(len(name))
    expected, maker = MAKERS[name]
    place = Place(expected, directory / name)
    place.directory.mkdir(parents=True, exist_ok=True)
    maker(place)
    write_case(expected, place.directory)
