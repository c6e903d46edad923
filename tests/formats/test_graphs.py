"""Graphs by themselves against TensorFlow's own reading of them."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.formats.table_writer import message, number
from tests.tensorflow_process import TensorFlowProcess
from tfinspector.contents.findings import Unreadable
from tfinspector.contents.sources import SourceKind
from tfinspector.contents.variables import Role
from tfinspector.engine.calling_code import python_for_signature
from tfinspector.engine.checking import check
from tfinspector.engine.measuring import measure
from tfinspector.engine.opening import open_source
from tfinspector.formats.graphs.graph_file import read_graph
from tfinspector.formats.graphs.meta_file import read_meta

Made = Callable[[str], Path]
FILES = ("frozen/frozen.pb", "frozen/frozen.pbtxt", "packed/packed.pb", "function/function.pb")


def _path(made: Made, file: str) -> str:
    maker, name = file.split("/")
    return str(made(f"graph_files.{maker}") / name)


@pytest.mark.parametrize("file", FILES)
def test_constants_are_those_that_tensorflow_reads(
    made: Made, tensorflow: TensorFlowProcess, file: str
) -> None:
    path = _path(made, file)
    truth = tensorflow.call("tests.makers.graph_files:values_of", path)
    _, checkpoint, reader = read_graph(path)
    assert {each.key for each in checkpoint.variables} == set(truth)
    for variable in checkpoint.variables:
        name, shape, data = truth[variable.key]
        assert (variable.dtype.name, variable.shape, variable.problem) == (name, shape, "")
        value = reader.read(variable.key)
        assert value.shape == shape
        assert reader.verify(variable.key) is None
        if name == "string":
            assert value.reshape(-1).tolist() == data
            continue
        assert value.tobytes() == data
        assert b"".join(block.tobytes() for block in reader.blocks(variable.key, 16)) == data


def test_inputs_and_outputs_are_told(made: Made) -> None:
    opened = open_source(_path(made, "frozen/frozen.pb"))
    assert opened.source.kind is SourceKind.GRAPH_DEF
    assert opened.source.saved_model is not None
    [signature] = opened.source.saved_model.meta_graphs[0].signatures
    assert [(each.tensor, each.shape) for each in signature.inputs] == [("x:0", (None, 30))]
    assert [each.tensor for each in signature.outputs] == ["probabilities:0"]
    [finding] = opened.source.findings
    assert finding.title == "frozen.pb takes x and gives probabilities."
    roles = {each.name: each.role for each in opened.source.variables}
    assert (roles["matrix"], roles["scalar"]) == (Role.WEIGHT, Role.OTHER)


@pytest.mark.parametrize("file", ["frozen/frozen.pb", "frozen/frozen.pbtxt"])
def test_the_code_runs_the_graph(made: Made, tensorflow: TensorFlowProcess, file: str) -> None:
    source = open_source(_path(made, file)).source
    assert source.saved_model is not None
    graph = source.saved_model.meta_graphs[0]
    code = python_for_signature(source.saved_model, graph, graph.signatures[0])
    tensorflow.call("builtins:exec", code, {})
    assert source.findings[0].fix is not None
    assert source.findings[0].fix.code == code


def test_a_tensor_is_read_in_place_and_by_region(made: Made) -> None:
    path = _path(made, "frozen/frozen.pb")
    _, _, reader = read_graph(path)
    matrix = reader.read("matrix")
    [piece] = reader.locate("matrix").pieces
    data = Path(path).read_bytes()[piece.offset : piece.offset + piece.nbytes]
    assert data == matrix.tobytes()
    region = (slice(3, 7), slice(2, 4))
    np.testing.assert_array_equal(reader.read("matrix", region), matrix[region])
    _, _, packed = read_graph(_path(made, "packed/packed.pb"))
    assert packed.read("all_ones", (slice(1, 3), slice(6, 7))).tolist() == [[1], [1]]


def test_statistics_and_check(made: Made) -> None:
    opened = open_source(_path(made, "frozen/frozen.pb"))
    figures = measure(opened.reader(), opened.find("matrix"))
    values = opened.reader().read("matrix")
    assert (figures.min, figures.max) == (values.min(), values.max())  # type: ignore[union-attr]
    report = check(opened)
    assert report.checked == len(opened.source.variables)
    assert report.bad == ()


def _graph(*constants: tuple[str, bytes]) -> bytes:
    return b"".join(
        message(1, message(1, name.encode()) + message(2, b"Const")
                + message(5, message(1, b"value") + message(2, message(8, tensor))))
        for name, tensor in constants
    )  # fmt: skip


def test_impossible_constants_are_rows_with_a_problem(tmp_path: Path) -> None:
    def shape(*sizes: int) -> bytes:
        return message(2, b"".join(message(2, number(1, size)) for size in sizes))

    path = tmp_path / "odd.pb"
    path.write_bytes(
        _graph(
            ("bomb", number(1, 1) + shape(1 << 40) + message(5, bytes(4))),
            ("negative", number(1, 1) + shape(-2)),
            ("handle", number(1, 20)),
            ("long", number(1, 1) + shape(2) + message(4, bytes(12))),
        )
    )
    _, checkpoint, reader = read_graph(str(path))
    problems = {each.key: each.problem for each in checkpoint.variables}
    assert "claims 1,099,511,627,776 elements" in problems["bomb"]
    assert "no constant can have" in problems["negative"]
    assert "resource" in problems["handle"]
    for key in problems:
        with pytest.raises(Unreadable):
            reader.read(key)


@pytest.mark.parametrize(
    ("name", "data", "id"),
    [
        ("a.pb", b"\x08\x01", "F12"),
        ("a.pb", b"\x0a\x7fabc", "F07"),
        ("a.pbtxt", b"item { id: 1 }", "F12"),
        ("a.pbtxt", b"node { name: ", "F07"),
    ],
)
def test_other_messages_are_refused(tmp_path: Path, name: str, data: bytes, id: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(Unreadable) as caught:
        open_source(str(tmp_path / name))
    assert caught.value.finding.id == id
    assert caught.value.finding.fix is not None


def test_a_graph_without_its_checkpoint_lists_its_variables(made: Made) -> None:
    opened = open_source(str(made("graph_files.meta") / "alone" / "new.meta"))
    assert opened.source.kind is SourceKind.META_GRAPH
    rows = [(each.name, each.dtype.name, each.shape) for each in opened.source.variables]
    assert rows == [("b", "float64", (2,)), ("w", "float32", (4, 2))]
    assert all("not beside it" in each.problem for each in opened.source.variables)
    assert [each.id for each in opened.source.findings] == ["F06"]
    with pytest.raises(Unreadable, match="graph without values"):
        opened.reader().read("w")
    assert check(opened).checked == 0


@pytest.mark.parametrize(
    ("name", "kind"),
    [("old.meta", SourceKind.CHECKPOINT_V1), ("new.meta", SourceKind.CHECKPOINT)],
)
def test_a_graph_beside_its_checkpoint_opens_that(made: Made, name: str, kind: SourceKind) -> None:
    opened = open_source(str(made("graph_files.meta") / name))
    assert opened.source.kind is kind
    assert opened.reader().read("w").shape == (4, 2)


@pytest.mark.parametrize("file", ["frozen/frozen.pb", "function/function.pb", "meta/new.meta"])
def test_damage_anywhere_is_told_or_harmless(made: Made, tmp_path: Path, file: str) -> None:
    whole = Path(_path(made, file)).read_bytes()
    dice = random.Random(9)
    path = tmp_path / file.rpartition("/")[2]
    for attempt in range(150):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 3)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        path.write_bytes(data[: dice.randrange(len(data))] if attempt % 5 == 0 else data)
        with contextlib.suppress(Unreadable):
            if path.suffix == ".meta":
                read_meta(str(path))
                continue
            _, checkpoint, reader = read_graph(str(path))
            for variable in checkpoint.variables:
                with contextlib.suppress(Unreadable):
                    reader.read(variable.key)
