"""Listing a file's callables by parsing it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tfinspector.contents.findings import Unreadable
from tfinspector.engine.restoring.factories import has_sample_inputs, list_callables

CODE = '''
"""A user's file."""
import sys
import tensorflow as tf

open("{mark}", "w").close()  # would be seen if this were imported

try:
    import keras
    def within_try(): ...
except ImportError:
    def fallback(): ...

def make_model(width, depth=2, *, dropout, seed=1, **rest):
    """Builds it.

    More."""

def plain(): ...
async def waits(): ...
def _private(): ...
def sample_inputs(): ...

class Base(tf.Module):
    def __init__(self, size): ...

class Net(Base):
    def __call__(self, x): ...

class Small(tf.keras.Model):
    def __init__(self): ...

class Mistake(ValueError): ...

if __name__ == "__main__":
    def main(): ...
else:
    def imported(): ...
'''


def test_names_arguments_and_what_is_needed(tmp_path: Path) -> None:
    mark = tmp_path / "imported"
    file = tmp_path / "models.py"
    file.write_text(CODE.replace("{mark}", str(mark)))
    found = {each.name: each for each in list_callables(str(file))}
    assert list(found) == [
        "within_try", "fallback", "make_model", "plain", "_private", "Base", "Net", "Small",
        "Mistake", "imported",
    ]  # fmt: skip
    make = found["make_model"]
    assert make.arguments == ("width", "depth", "dropout", "seed", "**rest")
    assert make.needed == ("width", "dropout")
    assert (make.kind, make.summary, make.line) == ("function", "Builds it.", 14)
    assert found["Net"].needed == ("size",)
    assert found["Small"].needed == ()
    likely = [name for name, each in found.items() if each.likely]
    assert likely == ["within_try", "fallback", "plain", "Small", "imported"]
    assert not mark.exists()
    assert has_sample_inputs(str(file))


def test_a_class_that_is_its_own_base_does_not_hang(tmp_path: Path) -> None:
    file = tmp_path / "odd.py"
    file.write_text("class A(B): ...\nclass B(A): ...\nclass A(A): ...\n")
    assert [each.name for each in list_callables(str(file))] == ["A", "B"]


def test_a_syntax_error_is_a_finding_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "broken.py"
    file.write_text("x = 1\ndef f(:\n    pass\n")
    with pytest.raises(Unreadable) as caught:
        list_callables(str(file))
    finding = caught.value.finding
    assert finding.where == f"{file}:2"
    assert finding.evidence["code"] == "def f(:"
    assert finding.fix is not None
    assert "broken.py, line 2" in finding.title


@pytest.mark.parametrize("content", [b"a\0b", b"\xff\xfe\x00", b"(" * 5000, b"x = \xe9\n"])
def test_what_is_no_python_is_a_finding(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "strange.py"
    file.write_bytes(content)
    with pytest.raises(Unreadable) as caught:
        list_callables(str(file))
    assert "strange.py" in caught.value.finding.title


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for path in (tmp_path / "none.py", tmp_path):
        with pytest.raises(Unreadable) as caught:
            list_callables(str(path))
        assert caught.value.finding.fix is not None
