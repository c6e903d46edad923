"""The floor plan is a test: what import-linter can't say is checked here."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "tfinspector"
FILES = sorted(PACKAGE.rglob("*.py"))


def imports_of(path: Path) -> set[str]:
    """Every module a file imports, at any depth."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def in_room(room: str) -> list[Path]:
    return [path for path in FILES if path.is_relative_to(PACKAGE / room)]


def test_importing_the_app_does_not_import_tensorflow() -> None:
    code = "import sys, tfinspector.app; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("path", in_room("viewmodels"), ids=lambda path: path.name)
def test_viewmodels_know_no_widgets(path: Path) -> None:
    allowed = {"PySide6.QtCore", "PySide6.QtGui", "PySide6"}
    qt = {name for name in imports_of(path) if name.startswith("PySide6")}
    assert {name for name in qt if ".".join(name.split(".")[:2]) not in allowed} == set()


@pytest.mark.parametrize("path", in_room("engine"), ids=lambda path: path.name)
def test_of_the_worker_the_engine_knows_the_protocol_only(path: Path) -> None:
    worker = {name for name in imports_of(path) if name.startswith("tfinspector.worker")}
    allowed = ("tfinspector.worker", "tfinspector.worker.protocol")
    assert {n for n in worker if n not in allowed and not n.startswith(allowed[1] + ".")} == set()


@pytest.mark.parametrize("path", in_room("contents"), ids=lambda path: path.name)
def test_contents_need_only_numpy(path: Path) -> None:
    outside = {name.split(".")[0] for name in imports_of(path)} - sys.stdlib_module_names
    assert outside <= {"numpy", "tfinspector"}


@pytest.mark.parametrize("path", in_room("worker"), ids=lambda path: path.name)
def test_the_worker_is_written_for_python_3_9(path: Path) -> None:
    ast.parse(path.read_text(), feature_version=(3, 9))
    assert not any(isinstance(node, ast.Match) for node in ast.walk(ast.parse(path.read_text())))


def test_no_room_is_an_attic() -> None:
    attics = {"utils", "util", "helpers", "helper", "common", "misc"}
    assert [
        path for path in FILES if attics & set(path.relative_to(PACKAGE).with_suffix("").parts)
    ] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_files_are_short_and_say_their_purpose(path: Path) -> None:
    text = path.read_text()
    assert ast.get_docstring(ast.parse(text)), "the first lines of a file say what it is for"
    assert len(text.splitlines()) <= 400
