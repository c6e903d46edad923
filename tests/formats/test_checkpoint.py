from __future__ import annotations

import gc
import os
import shutil

import pytest

from tfinspector.contents.checkpoints import Dialect
from tfinspector.contents.findings import Unreadable
from tfinspector.contents.variables import Role
from tfinspector.formats.checkpoints.checkpoint import read_checkpoint
from tfinspector.formats.checkpoints.variables import OBJECT_GRAPH_KEY

KEPT = (Role.SLOT, Role.OPTIMIZER)


@pytest.fixture
def copied(made, tmp_path):
    def copy(name):
        target = tmp_path / name.replace(".", "_")
        shutil.copytree(made(name), target)
        return target

    return copy


def test_what_a_checkpoint_holds(made):
    prefix = made("runs.shards") / "many"
    checkpoint, reader = read_checkpoint(str(prefix))
    assert checkpoint.prefix == str(prefix)
    assert checkpoint.index_nbytes == os.path.getsize(f"{prefix}.index")
    assert checkpoint.mtime == os.path.getmtime(f"{prefix}.index")
    assert [shard.size for shard in checkpoint.shards] == [
        os.path.getsize(shard.path) for shard in checkpoint.shards
    ]
    assert len(checkpoint.shards) == 4
    assert all(shard.needed == shard.size for shard in checkpoint.shards)
    assert (checkpoint.big_endian, checkpoint.producer, checkpoint.min_consumer) == (False, 1, 0)
    assert reader.read(checkpoint.variables[0].key).shape == checkpoint.variables[0].shape


def test_a_checkpoint_whose_graph_is_cut_off_is_named_by_its_keys(copied):
    directory = copied("checkpoints.module")
    data = directory / "plain.data-00000-of-00001"
    graph = read_checkpoint(str(directory / "plain"))[1].locate(OBJECT_GRAPH_KEY).pieces[0]
    os.truncate(data, graph.offset + 10)
    checkpoint, _ = read_checkpoint(str(directory / "plain"))
    assert checkpoint.graph is None
    assert checkpoint.dialect is Dialect.OBJECT
    assert any("the object graph can't be read" in problem for problem in checkpoint.problems)
    assert "first/w" in {variable.name for variable in checkpoint.variables}


def test_a_damaged_graph_still_gives_rows(copied):
    directory = copied("checkpoints.legacy_slots")
    prefix = str(directory / "ckpt-1")
    piece = read_checkpoint(prefix)[1].locate(OBJECT_GRAPH_KEY).pieces[0]
    with open(piece.file, "r+b") as file:
        file.seek(piece.offset + piece.nbytes - 30)
        file.write(b"\x0a\x7f" * 15)
    checkpoint, _ = read_checkpoint(prefix)
    assert len(checkpoint.variables) == 9
    assert checkpoint.graph is not None
    assert checkpoint.problems


def test_a_missing_shard_leaves_its_variables_as_rows_with_a_problem(copied):
    directory = copied("runs.shards")
    whole = {v.key for v in read_checkpoint(str(directory / "many"))[0].variables}
    (directory / "many.data-00001-of-00004").unlink()
    checkpoint, _ = read_checkpoint(str(directory / "many"))
    assert {variable.key for variable in checkpoint.variables} == whole
    lost = [variable for variable in checkpoint.variables if variable.problem]
    assert lost
    assert all("data file 1" in variable.problem for variable in lost)


def test_there_is_nothing_to_read(tmp_path):
    with pytest.raises(Unreadable):
        read_checkpoint(str(tmp_path / "ckpt-1"))


def test_collecting_garbage_goes_on_afterwards(made, tmp_path):
    assert gc.isenabled()
    read_checkpoint(str(made("runs.shards") / "one"))
    assert gc.isenabled()
    with pytest.raises(Unreadable):
        read_checkpoint(str(tmp_path / "none"))
    assert gc.isenabled()


def test_slots_with_a_lost_graph_keep_their_owners(copied):
    """The keys of slot variables say whose they are."""
    directory = copied("checkpoints.legacy_slots")
    prefix = str(directory / "ckpt-1")
    piece = read_checkpoint(prefix)[1].locate(OBJECT_GRAPH_KEY).pieces[0]
    with open(piece.file, "r+b") as file:
        file.seek(piece.offset)
        file.write(b"\xff" * piece.nbytes)
    slots = [v for v in read_checkpoint(prefix)[0].variables if v.role is Role.SLOT]
    assert len(slots) == 4
    assert {slot.slot_of for slot in slots} == {"model/dense/kernel", "model/dense/bias"}


def test_keys_tell_where_the_object_graph_is_lost(copied):
    directory = copied("checkpoints.keras_functional")
    prefix = str(directory / "ckpt-1")
    whole, _ = read_checkpoint(prefix)
    role_of = {one.key: one.role for one in whole.variables}
    for shard in whole.shards:
        os.remove(shard.path)
    lost, _ = read_checkpoint(prefix)
    assert lost.graph is None
    assert lost.dialect is Dialect.KERAS3
    wrong = {
        one.key: (one.role, role_of[one.key])
        for one in lost.variables
        if (one.role in KEPT) != (role_of[one.key] in KEPT)
    }
    assert wrong == {}
