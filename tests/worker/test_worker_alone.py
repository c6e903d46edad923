"""The worker's sources: they must run in any interpreter, far from this project."""

from __future__ import annotations

import ast
import hashlib
import re
import subprocess
import sys
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest

import tfinspector.worker
from tfinspector.worker.hashing import hash_of

SOURCES = sorted(Path(tfinspector.worker.__file__).parent.glob("*.py"))
THIRD_PARTY = {"numpy", "tensorflow", "tfinspector_worker"}


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_python_3_9_can_parse_it(source: Path) -> None:
    ast.parse(source.read_text(), feature_version=(3, 9))


def test_annotations_are_those_of_python_3_9() -> None:
    """FA102 finds `int | None`, which 3.9 parses and then can't evaluate."""
    ruff = [sys.executable, "-m", "ruff", "check", "--isolated", "--target-version", "py39"]
    subprocess.run([*ruff, "--select", "FA102,F,E9,W605", *map(str, SOURCES)], check=True)


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_it_imports_the_standard_library_numpy_tensorflow_and_itself(source: Path) -> None:
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Import):
            roots = [alias.name.partition(".")[0] for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            roots = [(node.module or "").partition(".")[0]]
        else:
            continue
        for root in roots:
            assert root in sys.stdlib_module_names | THIRD_PARTY, f"{source.name}: {root}"


def test_numpy_and_tensorflow_are_imported_late() -> None:
    """Where they are missing the worker must start and say so."""
    heavy = re.compile(r"^(import|from) (numpy|tensorflow)", re.MULTILINE)
    assert not [source.name for source in SOURCES if heavy.search(source.read_text())]


def test_the_bootstrap_can_be_parsed_by_old_pythons() -> None:
    """So that one that is too old can say so itself."""
    source = next(source for source in SOURCES if source.name == "bootstrap.py").read_text()
    tree = ast.parse(source, feature_version=(3, 5))
    assert not any(isinstance(node, (ast.JoinedStr, ast.AnnAssign)) for node in ast.walk(tree))


@pytest.mark.parametrize("name", ["<f4", ">f4", "<i8", "bool", "<c16", "bfloat16", "float8_e5m2"])
@pytest.mark.parametrize("shape", [(), (0, 3), (4, 5)])
def test_hash_is_of_the_bytes_in_row_major_little_endian_order(
    name: str, shape: tuple[int, ...]
) -> None:
    dtype = np.dtype(getattr(ml_dtypes, name, name))
    array = np.arange(int(np.prod(shape))).reshape(shape).astype(dtype)
    expected = hashlib.sha256(array.astype(dtype.newbyteorder("<")).tobytes()).hexdigest()
    assert hash_of(array) == expected
    assert hash_of(np.asfortranarray(array)) == expected


def test_hash_of_more_than_a_block() -> None:
    array = np.random.default_rng(1).integers(0, 256, 9_000_001, np.uint8)
    assert hash_of(array) == hashlib.sha256(array.tobytes()).hexdigest()
    assert hash_of(array[::2]) == hashlib.sha256(array[::2].tobytes()).hexdigest()


def test_bits_that_mean_nothing_do_not_count() -> None:
    positive, negative = np.array([1, 15], np.uint8), np.array([1, 255], np.uint8)
    low, high = positive.view(ml_dtypes.int4), negative.view(ml_dtypes.int4)
    assert hash_of(low) == hash_of(high) == hashlib.sha256(b"\1\x0f").hexdigest()


def test_strings_are_told_apart_by_their_lengths() -> None:
    assert hash_of(np.array([b"a", b"bc"], object)) != hash_of(np.array([b"ab", b"c"], object))
    assert hash_of(b"a\0") != hash_of(b"a")
    assert hash_of(b"a") == hash_of(np.array(b"a", object))
