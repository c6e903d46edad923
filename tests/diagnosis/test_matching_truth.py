"""Matching on data against what TensorFlow's own restore does to the very same model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.tensorflow_process import TensorFlowProcess
from tfinspector.contents.models import ModelDescription
from tfinspector.contents.reports import Interpreter
from tfinspector.contents.restores import MatchTable, State
from tfinspector.diagnosis.matching.match_table import match
from tfinspector.diagnosis.matching.states import prove, refused
from tfinspector.engine.opening import OpenSource, open_source
from tfinspector.engine.restoring.file_hashes import hash_keys
from tfinspector.engine.restoring.model_reports import description_of

NOBODY = Interpreter("3.11", "python", "2.21", "3.15", "2.4", (), 1)
FITS, HERE_ONLY, THERE_ONLY = "restored", "missing_in_checkpoint", "missing_in_model"

# file, factory, where the model stands, states of all rows (the save counter is a row)
CASES: list[tuple[str, str, str, dict[str, int]]] = [
    ("functional-1", "functional", "model", {FITS: 9, "unreachable": 1}),
    ("functional_root", "functional", "", {FITS: 8, "unreachable": 1}),
    ("functional-1", "named", "", {FITS: 9, "unreachable": 1}),
    ("functional-1", "renamed", "", {FITS: 1, THERE_ONLY: 8, HERE_ONLY: 8, "unreachable": 1}),
    ("functional-1", "user_checkpoint", "",
     {FITS: 1, THERE_ONLY: 8, HERE_ONLY: 9, "unreachable": 1}),
    ("user_checkpoint-1", "user_checkpoint", "", {FITS: 10, "unreachable": 1}),
    ("user_checkpoint-1", "functional", "", {FITS: 9, THERE_ONLY: 1, "unreachable": 1}),
    ("functional-1", "longer", "model",
     {FITS: 7, "shape_mismatch": 2, HERE_ONLY: 2, "unreachable": 1}),
    ("longer-1", "functional", "model",
     {FITS: 7, "shape_mismatch": 2, THERE_ONLY: 2, "unreachable": 1}),
    ("functional-1", "wider", "model", {FITS: 2, "shape_mismatch": 7, "unreachable": 1}),
    ("functional-1", "halved", "model", {FITS: 1, "dtype_mismatch": 8, "unreachable": 1}),
    ("sequential-1", "sequential", "model", {FITS: 5}),
    ("sequential_root", "sequential", "", {FITS: 4}),
    ("subclassed-1", "subclassed", "model", {FITS: 5}),
    ("subclassed-1", "headless", "model", {FITS: 3, THERE_ONLY: 2}),
    ("subclassed-1", "unbuilt", "model", {FITS: 1, "not_built": 4}),
    ("listed-1", "listed", "model", {FITS: 5, "unreachable": 4}),
    ("trained-1", "trained", "", {FITS: 23, "unreachable": 1}),
    ("trained-1", "functional", "model", {FITS: 9, THERE_ONLY: 14, "unreachable": 1}),
    ("functional-1", "trained", "", {FITS: 9, HERE_ONLY: 14, "unreachable": 1}),
    ("trained-1", "unbuilt_optimizer", "", {FITS: 11, "not_built": 12, "unreachable": 1}),
    ("module-1", "module", "model", {FITS: 7, "not_comparable": 2}),
    ("saved", "module", "", {FITS: 6, "not_comparable": 2}),
    ("tied-1", "tied", "model", {FITS: 3}),
    ("tied-1", "untied", "model", {FITS: 3, HERE_ONLY: 1}),
    ("untied-1", "tied", "model", {FITS: 3, "not_assigned": 1}),
    ("looped-1", "looped", "model", {FITS: 3}),
    ("looped_root", "looped", "", {FITS: 2}),
    ("by_name", "by_name", "", {FITS: 3, "shape_mismatch": 1, THERE_ONLY: 1, HERE_ONLY: 1}),
    ("by_name", "fitting_by_name", "", {FITS: 2, THERE_ONLY: 2, HERE_ONLY: 1}),
    ("by_name", "keras_by_name", "", {THERE_ONLY: 4, HERE_ONLY: 2}),
    ("old_optimizer-1", "old_optimizer", "", {FITS: 9}),
    ("old_optimizer-1", "new_optimizer", "", {FITS: 3, THERE_ONLY: 6, HERE_ONLY: 6}),
]  # fmt: skip
NAMES = [f"{file}-into-{factory}" for file, factory, _, _ in CASES]


@pytest.fixture(scope="module")
def directory(made: Callable[[str], Path]) -> Path:
    return made("matching.checkpoints")


def matched(
    tensorflow: TensorFlowProcess, opened: OpenSource, factory: str, expected: str
) -> tuple[MatchTable, ModelDescription, dict[str, Any]]:
    """Ours by the description made before TensorFlow's restore, and what that did."""
    checkpoint = opened.checkpoint()
    graph = checkpoint.graph
    counts = graph is not None and any(e.name == "save_counter" for e in graph.nodes[0].children)
    truth = tensorflow.call(
        "tests.makers.matching:truth", factory, checkpoint.prefix, expected, not counts
    )
    description = description_of(truth["description"], NOBODY)
    return match(checkpoint, description), description, truth


@pytest.mark.parametrize(("file", "factory", "place", "states"), CASES, ids=NAMES)
def test_every_rule(
    tensorflow: TensorFlowProcess,
    directory: Path,
    file: str,
    factory: str,
    place: str,
    states: dict[str, int],
) -> None:
    opened = open_source(str(directory / file))
    table, description, truth = matched(tensorflow, opened, factory, place)
    assert table.attachment.name == place
    assert Counter(row.expected.value for row in table.rows) == states
    assert bool(refused(table.rows)) == bool(truth["error"])
    assert {row.variable for row in table.rows} >= set(range(len(description.variables)))
    if not truth["error"]:
        check_values(opened, table, description, truth)
        check_nodes(opened, table, truth)


def check_values(
    opened: OpenSource, table: MatchTable, description: ModelDescription, truth: dict[str, Any]
) -> None:
    """What we say matches holds the file's value afterwards, everything else what it held."""
    stored = hash_keys(opened.reader(), [row.key for row in table.rows if row.key]).by_key
    rows = prove(table, description, dict(enumerate(truth["after"])), stored)
    for before, after in zip(table.rows, rows, strict=True):
        if before.fits and before.variable >= 0:
            assert after.state is State.RESTORED, before
    restored = {row.variable for row in rows if row.state is State.RESTORED}
    for at in set(range(len(description.variables))) - restored:
        assert truth["after"][at] == truth["before"][at], description.variables[at]


def check_nodes(opened: OpenSource, table: MatchTable, truth: dict[str, Any]) -> None:
    """TensorFlow bound the same nodes of the file; its own assertion agrees."""
    graph = opened.checkpoint().graph
    if graph is None:
        assert truth["bound"] is None
        assert truth["status"] == "NameBasedSaverStatus"
        return
    counter = {e.node for e in graph.nodes[0].children if e.name == "save_counter"}
    bound = set(table.bound) | counter
    assert bound == set(truth["bound"])
    states = {row.expected.value for row in table.rows}
    # Of two values for one shared variable it drops the second and is content all the same.
    assert truth["consumed"] == (states <= {FITS, "unreachable", "not_comparable", "not_assigned"})
