"""A second Python environment that holds TensorFlow and tf_keras (Keras 2) and nothing of ours.

`legacy_python()` makes it once, under `.pytest_cache`, and gives its interpreter. TensorFlow and
what it needs are linked from the environment of the tests; Keras 3 and this program are left out,
so that nobody there can fall back on them; tf_keras comes from the package index. Run it with
`legacy_environment()`, which sets TF_USE_LEGACY_KERAS.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
import venv
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parent.parent
LEFT_OUT = {"keras", "tfinspector"}


def legacy_python() -> Path:
    """The interpreter of the second environment, made on first use."""
    version = metadata.version("tensorflow")
    home = ROOT / ".pytest_cache" / f"legacy_keras-{version}-{sys.version_info[1]}"
    home.parent.mkdir(exist_ok=True)
    with open(home.parent / f"{home.name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "complete").exists():
            shutil.rmtree(home, ignore_errors=True)
            _make(home, version)
            (home / "complete").touch()
    return home / "bin" / "python"


def legacy_environment() -> dict[str, str]:
    """Environment variables to start it with."""
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
    return inherited | quiet | {"TF_USE_LEGACY_KERAS": "1"}


def legacy_command() -> tuple[str, ...]:
    """The worker command of a user who keeps Keras 2."""
    return ("env", "TF_USE_LEGACY_KERAS=1", str(legacy_python()))


def _make(home: Path, version: str) -> None:
    venv.create(home, with_pip=False)
    packages = next((home / "lib").glob("python*/site-packages"))
    for name in sorted(_needed_by("tensorflow") - LEFT_OUT):
        for source in _top_level(name):
            _link(source, packages / source.name)
    wanted = "tf_keras~=" + ".".join([*version.split(".")[:2], "0"])
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
    subprocess.run(
        [*install, "--target", str(packages), wanted], check=True, capture_output=True, timeout=300
    )


def _needed_by(name: str) -> set[str]:
    """The distribution and all that it requires, as far as it is installed here."""
    found: set[str] = set()
    queue = [name]
    while queue:
        here = re.sub(r"[-_.]+", "-", queue.pop()).lower()
        if here in found or here in LEFT_OUT:
            continue
        try:
            required = metadata.requires(here) or []
        except metadata.PackageNotFoundError:  # an extra, or for another system
            continue
        found.add(here)
        queue += [re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in required]
    return found


def _top_level(name: str) -> list[Path]:
    """What the distribution laid into site-packages: its packages, modules and metadata."""
    distribution = metadata.distribution(name)
    tops = {file.parts[0] for file in distribution.files or () if file.parts[0] != ".."}
    return [Path(str(distribution.locate_file(top))) for top in sorted(tops - {"__pycache__"})]


def _link(source: Path, target: Path) -> None:
    if target.exists():
        return  # a namespace that several distributions share
    try:
        target.symlink_to(source, target_is_directory=source.is_dir())
    except OSError:  # a system that lets only some people make links
        copy = shutil.copytree if source.is_dir() else shutil.copy2
        copy(source, target)
