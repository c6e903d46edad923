"""What a graph by itself would do: frozen ones and those beside a checkpoint."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.formats.table_writer import message
from tests.tensorflow_process import TensorFlowProcess
from tfinspector.contents.findings import Unreadable
from tfinspector.contents.trust import EntryKind, Reach
from tfinspector.engine.checking import check
from tfinspector.engine.opening import open_source
from tfinspector.engine.trusting import trust

Made = Callable[[str], Path]


@pytest.mark.parametrize(
    "file",
    [
        "frozen/frozen.pb",
        "frozen/frozen.pbtxt",
        "packed/packed.pb",
        "function/function.pb",
        "meta/alone/new.meta",
    ],
)
def test_operations_are_those_that_tensorflow_counts(
    made: Made, tensorflow: TensorFlowProcess, file: str
) -> None:
    maker, _, name = file.partition("/")
    path = str(made(f"graph_files.{maker}") / name)
    report = trust(open_source(path))
    assert report.executes
    assert report.ops == tensorflow.call("tests.makers.graph_files:operations_of", path)
    assert report.reaching == report.unknown == report.findings == ()


def _node(name: str, op: str, *inputs: str) -> bytes:
    given = b"".join(message(3, one.encode()) for one in inputs)
    return message(1, message(1, name.encode()) + message(2, op.encode()) + given)


@pytest.mark.parametrize("ending", ["pb", "pbtxt"])
def test_what_reaches_out_is_told(tmp_path: Path, ending: str) -> None:
    """Also behind a node that gives nothing: whoever runs a graph may run any node of it."""
    path = tmp_path / f"net.{ending}"
    if ending == "pb":
        nodes = _node("w", "WriteFile") + _node("init", "NoOp", "^w") + _node("o", "OtherOp")
        path.write_bytes(nodes)
    else:
        nodes = 'node { name: "w" op: "WriteFile" } node { name: "init" op: "NoOp" input: "^w" }'
        path.write_text(nodes + ' node { name: "o" op: "OtherOp" }')
    report = trust(open_source(str(path)))
    [written] = report.reaching
    assert (written.op, written.reach) == ("WriteFile", Reach.WRITES_FILES)
    assert (written.when, written.called_from) == ((EntryKind.SIGNATURE,), ("the graph",))
    assert [one.op for one in report.unknown] == ["OtherOp"]
    assert [finding.id for finding in report.findings] == ["S07", "T03"]
    fix = report.findings[0].fix
    assert fix is not None
    assert "import_graph_def" in fix.code


def test_a_graph_that_was_damaged_since(made: Made, tmp_path: Path) -> None:
    for file in ("frozen/frozen.pb", "meta/alone/new.meta"):
        maker, _, name = file.partition("/")
        path = tmp_path / Path(name).name
        path.write_bytes((made(f"graph_files.{maker}") / name).read_bytes())
        opened = open_source(str(path))
        path.write_bytes(path.read_bytes()[:-1] + b"\xff\xff\xff")
        with pytest.raises(Unreadable) as caught:
            trust(opened)
        assert caught.value.finding.id == "F07"


def test_what_a_check_reads_of_a_graph_is_not_proved(made: Made) -> None:
    report = check(open_source(str(made("graph_files.frozen") / "frozen.pb")))
    assert report.unproved == report.checked > 0
