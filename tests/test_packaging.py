"""What is shipped is complete: every room, every resource."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
SETUP = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]


def test_every_package_of_the_source_is_in_the_wheel() -> None:
    package = ROOT / "tfinspector"
    names = {".".join(path.parent.relative_to(ROOT).parts) for path in package.rglob("__init__.py")}
    assert set(SETUP["packages"]) == names | {"tfinspector.resources"}


def test_resources_lie_beside_the_code_and_go_along() -> None:
    assert SETUP["package-dir"] == {"tfinspector.resources": "resources"}
    assert SETUP["package-data"]["tfinspector.resources"] == ["**/*"]
    assert (ROOT / "resources" / "demo" / "factory.py").is_file()
