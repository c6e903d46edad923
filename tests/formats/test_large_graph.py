"""A graph of 400 MB costs nothing: it is hopped over, not read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tfinspector.formats.saved_models.saved_model import read_saved_model
from tfinspector.formats.wire import walk, write_varint

Made = Callable[[str], Path]

CONSTANT_NBYTES, CONSTANTS = 100 << 20, 4
META_GRAPHS, GRAPH_DEF, NODE = 2, 2, 1
TENSOR_FIELD = 4  # TensorProto.tensor_content


def head(number: int, nbytes: int) -> bytes:
    return write_varint(number << 3 | 2) + write_varint(nbytes)


def constant(index: int) -> bytes:
    """A Const node up to its 100 MB of content, which are left a hole in the file."""
    content = head(TENSOR_FIELD, CONSTANT_NBYTES)
    tensor = b"\x08\x04" + head(2, 6) + head(2, 4) + b"\x08" + write_varint(CONSTANT_NBYTES)[:3]
    inside = len(tensor) + len(content) + CONSTANT_NBYTES
    attribute = head(8, inside)
    value = head(2, len(attribute) + inside)
    key = head(1, 5) + b"value"
    entry = head(5, len(key) + len(value) + len(attribute) + inside)
    name = f"constant_{index}".encode()
    before = head(1, len(name)) + name + head(2, 5) + b"Const"
    node = len(before) + len(entry) + len(key) + len(value) + len(attribute) + inside
    return head(NODE, node) + before + entry + key + value + attribute + tensor + content


def write_large(source: Path, target: Path) -> int:
    """`source`'s model with four more constants in each graph, a sparse file; its size."""
    target.mkdir()
    with open(target / "saved_model.pb", "wb") as file:
        for number, wire_type, value in walk((source / "saved_model.pb").read_bytes()):
            if number != META_GRAPHS:
                file.write(write_varint(number << 3 | wire_type) + write_varint(int(value)))
                continue
            assert isinstance(value, bytes)
            constants = [constant(index) for index in range(CONSTANTS)]
            grown = sum(map(len, constants)) + CONSTANTS * CONSTANT_NBYTES
            parts = [(n, content) for n, _, content in walk(value) if isinstance(content, bytes)]
            graph = next(content for n, content in parts if n == GRAPH_DEF)
            graph_head = head(GRAPH_DEF, len(graph) + grown)
            small = [head(n, len(content)) + content for n, content in parts if n != GRAPH_DEF]
            inside = sum(map(len, small)) + len(graph_head) + len(graph) + grown
            file.write(head(META_GRAPHS, inside) + small[0] + graph_head + graph)
            for each in constants:
                file.write(each)
                file.seek(CONSTANT_NBYTES, os.SEEK_CUR)
            file.write(b"".join(small[1:]))
        return file.tell()


@pytest.fixture(scope="module", params=["everything/model", "tensorflow1/binary"])
def pair(
    request: pytest.FixtureRequest, made: Made, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path]:
    """(the model as TensorFlow wrote it, the same with 400 MB in each graph)."""
    maker, name = request.param.split("/")
    source = made(f"saved_models.{maker}") / name
    target = tmp_path_factory.mktemp("large") / "model"
    assert write_large(source, target) > CONSTANTS * CONSTANT_NBYTES
    return source, target


def test_contents_are_those_of_the_small_model(pair: tuple[Path, Path]) -> None:
    small, large = map(read_saved_model, pair)
    for one, other in zip(small.meta_graphs, large.meta_graphs, strict=True):
        assert other.graph_nbytes > one.graph_nbytes + CONSTANTS * CONSTANT_NBYTES
        assert (other.signatures, other.functions) == (one.signatures, one.functions)
        assert (other.variables, other.tags) == (one.variables, one.tags)


def test_only_the_small_parts_are_read(
    pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    read = 0
    pread = os.pread

    def counting(descriptor: int, nbytes: int, offset: int) -> bytes:
        nonlocal read
        data = pread(descriptor, nbytes, offset)
        read += len(data)
        return data

    monkeypatch.setattr(os, "pread", counting)
    read_saved_model(pair[1])
    assert 0 < read < 3 << 20


def test_memory_does_not_grow_with_the_graph(pair: tuple[Path, Path]) -> None:
    code = (
        "import json, sys\n"
        "from tfinspector.formats.saved_models.saved_model import read_saved_model\n"
        "def peak():\n"
        "    line = next(l for l in open('/proc/self/status') if l.startswith('VmHWM'))\n"
        "    return int(line.split()[1]) * 1024\n"
        "before = peak()\n"
        "graphs = len(read_saved_model(sys.argv[1]).meta_graphs)\n"
        "print(json.dumps([graphs, peak() - before]))\n"
    )
    command = [sys.executable, "-W", "ignore", "-c", code, str(pair[1])]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    graphs, growth = json.loads(done.stdout)
    assert graphs >= 1
    assert growth < 60 << 20
