"""Exports: complete or not there, readable by NumPy and csv, never over a model's files."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.analysis.nasty import as_float
from tests.engine.test_measuring import ArrayReader, variables_of
from tfinspector.contents.findings import Cancelled, Unreadable
from tfinspector.engine.exporting import new_file, write_csv, write_npy
from tfinspector.engine.jobs import Progress, Ticket
from tfinspector.formats.checkpoints.checkpoint import read_checkpoint


def test_csv_comes_back_as_it_was(tmp_path: Path) -> None:
    rows = [["plain", 1, 2.5], ['with "quotes", commas', "über\nzwei Zeilen", ""]]
    write_csv(tmp_path / "t.csv", ["a", "b", "c"], iter(rows))
    with open(tmp_path / "t.csv", encoding="utf-8", newline="") as file:
        back = list(csv.reader(file))
    assert back == [["a", "b", "c"], *[[str(cell) for cell in row] for row in rows]]


@pytest.mark.parametrize("dtype", ["float32", "int8", "bool", "complex64"])
@pytest.mark.parametrize("shape", [(), (0,), (3, 0, 2), (4, 3)])
def test_an_array_comes_back_as_it_was(tmp_path: Path, shape: tuple[int, ...], dtype: str) -> None:
    values = np.random.default_rng(0).integers(0, 2, shape).astype(dtype)
    write_npy(tmp_path / "v.npy", values)
    back = np.load(tmp_path / "v.npy", allow_pickle=False)
    assert (back.dtype, back.shape) == (values.dtype, values.shape)
    np.testing.assert_array_equal(back, values)


def test_a_transposed_array_keeps_its_order(tmp_path: Path) -> None:
    values = np.arange(12).reshape(3, 4).T
    write_npy(tmp_path / "v.npy", values)
    np.testing.assert_array_equal(np.load(tmp_path / "v.npy"), values)


def test_every_variable_of_every_type_is_exported_value_for_value(
    made: Callable[[str], Path], tmp_path: Path
) -> None:
    checkpoint, reader = read_checkpoint(str(made("bundles.all_dtypes") / "model.ckpt-5"))
    for variable in checkpoint.variables:
        target = tmp_path / "v.npy"
        write_npy(target, reader, variable)
        back = np.load(target, allow_pickle=False)
        assert back.shape == variable.shape
        assert back.dtype.isbuiltin == 1
        np.testing.assert_array_equal(as_float(back), as_float(reader.read(variable.key)))


def test_a_large_variable_is_written_in_blocks(tmp_path: Path) -> None:
    values = np.arange(3_000_000, dtype=np.int64).reshape(3, 1000, 1000)
    reader = ArrayReader({"v": values})
    reader.locate = lambda key: _no_pieces()  # type: ignore[method-assign, assignment, return-value]
    seen: list[Progress] = []
    write_npy(tmp_path / "v.npy", reader, variables_of(reader)[0], Ticket(seen.append))
    np.testing.assert_array_equal(np.load(tmp_path / "v.npy"), values)
    assert reader.blocks_read > 20
    assert seen[-1].done == seen[-1].total == values.nbytes


def test_a_partitioned_variable_is_put_together(
    made: Callable[[str], Path], tmp_path: Path
) -> None:
    prefix = next(iter(made("bundles.cut_up").glob("*.index"))).with_suffix("")
    checkpoint, reader = read_checkpoint(str(prefix))
    exported = 0
    for variable in checkpoint.variables:
        if variable.problem or not variable.dtype.is_numeric:
            continue
        write_npy(tmp_path / "v.npy", reader, variable)
        back = np.load(tmp_path / "v.npy")
        np.testing.assert_array_equal(as_float(back), as_float(reader.read(variable.key)))
        exported += reader.locate(variable.key).is_partitioned
    assert exported


def test_strings_become_bytes_or_are_refused(made: Callable[[str], Path], tmp_path: Path) -> None:
    checkpoint, reader = read_checkpoint(str(made("bundles.strings") / "strings"))
    by_key = {variable.key: variable for variable in checkpoint.variables}
    for key in ("matrix", "scalar", "blank", "empty"):
        write_npy(tmp_path / "s.npy", reader, by_key[key])
        back = np.load(tmp_path / "s.npy", allow_pickle=False)
        assert back.tolist() == reader.read(key).tolist()
    with pytest.raises(Unreadable, match="end with a zero byte"):
        write_npy(tmp_path / "s.npy", np.array([b"a\0"], object))


def test_an_error_leaves_nothing_behind_and_the_old_file_alone(tmp_path: Path) -> None:
    target = tmp_path / "t.csv"
    target.write_text("old")

    def rows() -> Iterator[list[int]]:
        yield [1]
        raise Cancelled

    with pytest.raises(Cancelled):
        write_csv(target, ["a"], rows())
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["t.csv"]


def test_a_cancelled_export_is_not_there(tmp_path: Path) -> None:
    reader = ArrayReader({"v": np.zeros(1_000_000)})
    reader.locate = lambda key: _no_pieces()  # type: ignore[method-assign, assignment, return-value]
    ticket = Ticket()
    ticket.cancel()
    with pytest.raises(Cancelled):
        write_npy(tmp_path / "v.npy", reader, variables_of(reader)[0], ticket)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    "name",
    [
        "checkpoint",
        "m.index",
        "m.data-00000-of-00002",
        "saved_model.pb",
        "m.h5",
        "M.KERAS",
        "m.meta",
    ],
)
def test_the_files_of_a_model_are_never_replaced(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"precious")
    for write in (
        lambda: write_npy(tmp_path / name, np.zeros(3)),
        lambda: write_csv(tmp_path / name, ["a"], []),
    ):
        with pytest.raises(Unreadable, match="never changed") as caught:
            write()
        assert caught.value.finding.fix
    assert (tmp_path / name).read_bytes() == b"precious"


def test_a_link_to_the_files_of_a_model_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "m.index").write_bytes(b"precious")
    (tmp_path / "out.npy").symlink_to(tmp_path / "m.index")
    with pytest.raises(Unreadable, match="never changed"):
        write_npy(tmp_path / "out.npy", np.zeros(3))


def test_the_files_being_read_are_safe_under_any_name(
    made: Callable[[str], Path], tmp_path: Path
) -> None:
    source = made("bundles.all_dtypes")
    checkpoint, reader = read_checkpoint(str(source / "model.ckpt-5"))
    data = next(source.glob("*.data-*"))
    before = data.read_bytes()
    os.link(data, tmp_path / "harmless.npy")
    with pytest.raises(Unreadable, match="being read from it"):
        write_npy(tmp_path / "harmless.npy", reader, checkpoint.variables[0])
    assert data.read_bytes() == before


def test_a_place_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"x\.csv can't be written: No such file") as caught:
        write_csv(tmp_path / "gone" / "x.csv", ["a"], [])
    assert caught.value.finding.where == str(tmp_path / "gone" / "x.csv")
    (tmp_path / "folder").mkdir()
    with pytest.raises(Unreadable, match="can't be written"):
        write_csv(tmp_path / "folder", ["a"], [])
    assert os.listdir(tmp_path) == ["folder"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.fsync", lambda handle: os.write(_full(), b"x"))
    with pytest.raises(Unreadable, match="No space left"), new_file(tmp_path / "x") as file:
        file.write(b"much")
    assert os.listdir(tmp_path) == []


def test_new_files_have_ordinary_permissions(tmp_path: Path) -> None:
    write_csv(tmp_path / "t.csv", ["a"], [])
    (tmp_path / "plain").write_text("")
    assert (tmp_path / "t.csv").stat().st_mode == (tmp_path / "plain").stat().st_mode


class _NoPieces:
    pieces = ()


def _no_pieces() -> _NoPieces:
    return _NoPieces()


def _full() -> int:
    return os.open("/dev/full", os.O_WRONLY)
