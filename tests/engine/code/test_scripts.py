"""Every script that is copied is run by TensorFlow, and says what the program says."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.tensorflow_process import TensorFlowProcess
from tfinspector.contents.drift_metrics import METRICS, Reference
from tfinspector.contents.dtypes import DTypeKind
from tfinspector.contents.figures import Scale, Statistics
from tfinspector.contents.findings import Unreadable
from tfinspector.contents.sources import SourceKind
from tfinspector.contents.variables import Variable
from tfinspector.engine.code.comparing import comparison_of
from tfinspector.engine.code.drifting import drift_of
from tfinspector.engine.code.inspecting import Drawn, histograms_of, slice_of
from tfinspector.engine.code.listing import open_and_list, read_variables
from tfinspector.engine.code.reading import opening_code
from tfinspector.engine.code.trusting import trust_of
from tfinspector.engine.comparing.comparing import Side, compare
from tfinspector.engine.comparing.drifting import drift
from tfinspector.engine.histograms import draw_exact
from tfinspector.engine.measuring import measure
from tfinspector.engine.open_source import OpenSource
from tfinspector.engine.opening import open_source
from tfinspector.engine.trusting import trust
from tfinspector.engine.values import parse_slice, read_values

Made = Callable[[str], Path]
Run = Callable[[str], list[str]]
SOURCES = [
    "checkpoints.keras_functional:ckpt-1", "checkpoints.exported:saved", "v1_checkpoints.run:",
    "v1_checkpoints.sharded:", "drift.run:", "saved_models.everything:model",
    "keras_files.every_kind:model.keras", "keras_files.every_kind:unpacked",
    "keras_files.every_kind:model.weights.h5", "keras_files.every_kind:shards.weights.json",
    "keras_files.every_kind:whole.h5", "keras_files.callbacks:models",
    "graph_files.frozen:frozen.pb", "graph_files.frozen:frozen.pbtxt",
]  # fmt: skip


@pytest.fixture
def run(tensorflow: TensorFlowProcess) -> Run:
    """What a script prints, line by line."""

    def call(code: str) -> list[str]:
        assert "tfinspector" not in code
        printed: str = tensorflow.call("tests.makers.saved_model_referee:run", code)
        return printed.splitlines()

    return call


@pytest.fixture
def opened(made: Made) -> Callable[[str], OpenSource]:
    """`opened("maker.function:part")`."""

    def open_it(where: str) -> OpenSource:
        maker, _, part = where.partition(":")
        return open_source(str(made(maker) / part))

    return open_it


Opened = Callable[[str], OpenSource]


def newest(source: OpenSource) -> str:
    return source.checkpoint().prefix


def figures_of(line: str) -> dict[str, float]:
    """ "min 1 max 2" as a dictionary."""
    words = line.split()
    return {name: float(value) for name, value in zip(words[::2], words[1::2], strict=True)}


def close(told: float, known: float) -> bool:
    return bool(np.isclose(told, known, rtol=1e-6, atol=1e-12, equal_nan=True))


@pytest.mark.parametrize("where", SOURCES)
def test_what_is_inside_is_listed(opened: Opened, run: Run, where: str) -> None:
    source = opened(where)
    lines = run(open_and_list(source, newest(source)))
    variables = source.checkpoint().variables
    assert lines[-1].startswith(f"{len(variables)} ")
    if source.source.kind not in (SourceKind.KERAS, SourceKind.KERAS_WEIGHTS):
        assert {each.key for each in variables} <= {line.split(" ")[0] for line in lines}
    if source.source.saved_model and source.source.kind is SourceKind.SAVED_MODEL:
        graph = source.source.saved_model.meta_graphs[0]
        assert {f"signature {each.name}" for each in graph.signatures} <= set(lines)


@pytest.mark.parametrize("where", SOURCES)
def test_variables_are_read_with_their_figures(opened: Opened, run: Run, where: str) -> None:
    source = opened(where)
    variables = source.checkpoint().variables
    lines = run(read_variables(source, newest(source), variables))
    told = 0
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        name = next((each.name for each in variables if line.startswith(f"{each.name} ")), "")
        if not name or not after.startswith("  min "):
            continue
        known = measure(source.reader(), source.find(name))
        if not isinstance(known, Statistics):
            continue
        told += 1
        for figure, value in figures_of(after).items():
            assert close(value, getattr(known, figure)), (name, figure)
        counts = re.search(r"zeros (\d+) nan (\d+) inf (\d+)", line)
        assert counts is not None
        assert tuple(map(int, counts.groups())) == (
            known.zero, known.nan, known.posinf + known.neginf,
        )  # fmt: skip
    assert told >= 1


def largest(source: OpenSource) -> Variable:
    kinds = (DTypeKind.FLOAT, DTypeKind.INTEGER)
    numbers = [each for each in source.checkpoint().variables if each.dtype.kind in kinds]
    return max(numbers, key=lambda each: each.size)


@pytest.mark.parametrize("where", SOURCES)
def test_a_slice_is_the_one_on_the_screen(opened: Opened, run: Run, where: str) -> None:
    source = opened(where)
    variable = largest(source)
    text = ", ".join(["1:3", *[":"] * (len(variable.shape) - 1)]) if variable.shape else ""
    lines = run(slice_of(source, newest(source), variable, text))
    region = parse_slice(text, variable.shape)
    values = read_values(source.reader(), variable, region)
    assert "\n".join(lines[1:]) == str(values)


@pytest.mark.parametrize("where", SOURCES)
def test_a_histogram_has_the_same_counts(opened: Opened, run: Run, where: str) -> None:
    source = opened(where)
    variable = largest(source)
    for edges, scale in (
        (np.linspace(-0.25, 0.5, 17), Scale.LINEAR), (np.geomspace(1e-3, 2, 9), Scale.LOG),
    ):  # fmt: skip
        drawn = [Drawn(source, newest(source), variable)]
        lines = run(histograms_of(drawn, edges, scale))
        known = draw_exact(source.reader(), variable, edges, scale)
        assert lines[1] == str(known.counts.astype(int).tolist())
        assert f"below {known.below} above {known.above} " in lines[0]


@pytest.mark.parametrize("reference", [Reference.FIRST, Reference.PREVIOUS])
@pytest.mark.parametrize("metric", [each.name for each in METRICS])
def test_a_metric_of_a_run_is_the_one_in_the_heat_map(
    opened: Opened, run: Run, metric: str, reference: Reference
) -> None:
    source = opened("drift.run:")
    table = drift([source])
    lines = run(drift_of(source, table, metric, reference, range(len(table.rows))))
    values, errors = table.values(metric, reference), table.errors(metric, reference)
    paired = table.paired(metric, reference)
    told = {tuple(line.rsplit(" ", 2)[:2]): float(line.rsplit(" ", 1)[1]) for line in lines}
    for row, about in enumerate(table.rows):
        for at, snapshot in enumerate(table.snapshots):
            value = told.pop((about.name, str(snapshot.step)), None)
            if value is None:
                assert not paired[row, at] or about.dtype.kind is DTypeKind.STRING
                continue
            off = 0.0 if errors is None else errors[row, at] * 1.001
            assert close(value, values[row, at]) or abs(value - values[row, at]) <= off + 1e-9, (
                about.name, snapshot.step,
            )  # fmt: skip
    assert not told


def test_drift_of_keras_files_and_of_old_checkpoints(opened: Opened, run: Run) -> None:
    for where in ("keras_files.callbacks:models", "v1_checkpoints.run:"):
        source = opened(where)
        table = drift([source])
        lines = run(drift_of(source, table, "l2", Reference.FIRST, range(len(table.rows))))
        last = {line.split(" ")[0]: float(line.rsplit(" ", 1)[1]) for line in lines}
        for row, about in enumerate(table.rows):
            if about.name in last:
                assert close(last[about.name], table.values("l2")[row, -1]), about.name
        assert last


def test_two_snapshots_side_by_side(opened: Opened, run: Run) -> None:
    source = opened("drift.run:")
    first, last = source.source.snapshots[0].path, source.source.snapshots[-1].path
    found = compare(Side(source, first), Side(source, last))
    lines = run(comparison_of(source, source, found))
    assert sum(line.startswith("identical ") for line in lines) == len(found.identical)
    for pair in found.moved:
        line = next(line for line in lines if line.startswith(f"moved {pair.name} l2 "))
        for figure, value in figures_of(line.removeprefix(f"moved {pair.name} ")).items():
            assert close(value, pair.figures[figure]), (pair.name, figure)
    totals = found.totals
    told = re.fullmatch(r"(\d+) of (\d+) parameters moved, by (\S+) in all", lines[-1])
    assert told is not None
    assert (int(told[1]), int(told[2])) == (totals.moved_parameters, totals.parameters)
    assert close(float(told[3]), totals.l2)


def test_what_is_on_one_side_only_and_what_has_another_shape(opened: Opened, run: Run) -> None:
    a, b = opened("keras_files.every_kind:model.keras"), opened("keras_files.callbacks:models")
    found = compare(Side(a, newest(a)), Side(b, newest(b)))
    lines = run(comparison_of(a, b, found))
    for words, told in (("only in A", found.removed), ("only in B", found.added)):
        assert {f"{words} {each.name}" for each in told} == {
            line for line in lines if line.startswith(words)
        }
    assert found.removed or found.added
    checkpoint = opened("checkpoints.keras_functional:ckpt-1")
    with pytest.raises(Unreadable) as refusal:
        comparison_of(
            a, checkpoint, compare(Side(a, newest(a)), Side(checkpoint, newest(checkpoint)))
        )
    assert "different kinds" in refusal.value.finding.title


@pytest.mark.parametrize("where", SOURCES)
def test_operations_are_counted_and_bytes_are_checked(opened: Opened, run: Run, where: str) -> None:
    source = opened(where)
    lines = run(trust_of(source))
    ops = trust(source).ops
    told = dict(line.split(" ") for line in lines if re.fullmatch(r"\w+ \d+", line))
    assert {name: int(count) for name, count in told.items()} == dict(ops)
    read = [line for line in lines if " values read" in line]
    assert len(read) == len(source.source.snapshots)
    count = len(source.checkpoint().variables)
    assert any(re.search(rf" ({count}|{count + 1}) values read", line) for line in read)


def test_foreign_classes_and_code_of_a_keras_file_are_named(made: Made, run: Run) -> None:
    for path in sorted(made("keras_files.custom_objects").glob("*.keras")):
        source = open_source(str(path))
        lines = run(trust_of(source))
        for each in trust(source).custom_objects:
            named = [line for line in lines if line.startswith("not of Keras ")]
            assert any(each.class_name in line for line in named), each
    lines = run(trust_of(open_source(str(made("keras_files.executing") / "wrapped.keras"))))
    assert any(line.startswith("executes code ") for line in lines)


def test_a_damaged_value_is_found_by_tensorflow_too(made: Made, run: Run, tmp_path: Path) -> None:
    for file in made("checkpoints.keras_functional").iterdir():
        shutil.copy(file, tmp_path / file.name)
    data = tmp_path / "ckpt-1.data-00000-of-00001"
    octets = bytearray(data.read_bytes())
    octets[-9] ^= 255
    data.write_bytes(octets)
    lines = run(trust_of(open_source(str(tmp_path / "ckpt-1"))))
    assert lines[-1].endswith(", 1 damaged")


def test_a_path_that_tensorflow_takes_for_a_pattern(made: Made, run: Run, tmp_path: Path) -> None:
    place = tmp_path / 'run[1] "x"'
    shutil.copytree(made("checkpoints.keras_functional"), place)
    source = open_source(str(place / "ckpt-1"))
    lines = run(open_and_list(source, newest(source)))
    assert lines[-1].startswith(f"{len(source.checkpoint().variables)} variables")


def test_no_script_for_what_is_not_read_where_it_lies(opened: Opened) -> None:
    checkpoint, model = opened("drift.run:"), opened("keras_files.every_kind:model.keras")
    with pytest.raises(Unreadable) as refusal:
        opening_code([(checkpoint, "https://host/run/ckpt-1")])
    assert "https://" in refusal.value.finding.title
    model.source = replace(model.source, path="gs://bucket/model.keras")
    with pytest.raises(Unreadable) as refusal:
        opening_code([(model, newest(model))])
    assert refusal.value.finding.title.startswith("No short script")
