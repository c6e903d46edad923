"""The store: bounded, shared by threads and processes, and never in the way."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from tfinspector.engine.cache import store as store_module
from tfinspector.engine.cache.store import Store

ROOT = Path(__file__).parent.parent.parent.parent
SOME = {b"one": b"1" * 1000, b"two": b"", b"three": b"\x00\xff"}


def test_what_is_put_comes_back(store: Store) -> None:
    assert store.get([b"one"]) == {}
    assert not store.path.exists(), "a look makes no file"
    store.put(SOME)
    assert store.get([b"one", b"two", b"three", b"four", b"one"]) == SOME
    assert store.holding([b"two", b"four"]) == {b"two"}
    store.put({b"one": b"another"})
    assert store.get([b"one"]) == {b"one": b"another"}
    assert store.problem is None


def test_more_keys_than_one_question_takes(store: Store) -> None:
    many = {f"key {at}".encode(): bytes([at % 256]) for at in range(2500)}
    store.put(many)
    assert store.get(many) == many


def test_the_oldest_go_first_and_what_is_used_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path, 10_000)
    day = 100
    monkeypatch.setattr(store_module, "_today", lambda: day)
    for at in range(9):
        day += 1
        store.put({bytes([at]): bytes(1000)})
    day += 1
    store.get([bytes([0])])
    store.put({b"last": bytes(3000)})
    left = store.holding([bytes([at]) for at in range(9)] + [b"last"])
    assert b"last" in left
    assert bytes([0]) in left, "it was used today"
    assert bytes([1]) not in left
    assert sum(map(len, store.get(left).values())) <= 10_000


def test_the_file_shrinks_with_what_is_evicted(tmp_path: Path) -> None:
    store = Store(tmp_path, 1 << 20)
    for at in range(40):
        store.put({bytes([at]): bytes(100_000)})
    assert store.path.stat().st_size < 2 << 20
    Store(tmp_path, 1000).put({b"new": b"small"})
    assert store.path.stat().st_size < 100_000


@pytest.mark.parametrize("damage", ["text", "cut", "zeroed", "other tables", "empty"])
def test_a_broken_file_is_told_and_made_anew(store: Store, damage: str) -> None:
    store.put({bytes([at]): bytes([at]) * 5000 for at in range(50)})
    whole = store.path.read_bytes()
    if damage == "text":
        store.path.write_bytes(b"not a database at all" * 1000)
    elif damage == "cut":
        store.path.write_bytes(whole[: len(whole) // 2])
    elif damage == "zeroed":
        store.path.write_bytes(whole[:4096] + bytes(len(whole) - 4096))
    elif damage == "other tables":
        store.path.unlink()
        with closing(sqlite3.connect(store.path)) as db:
            db.execute("CREATE TABLE kept (something TEXT)")
    else:
        store.path.write_bytes(b"")
    store.get([bytes([at]) for at in range(50)])
    store.put(SOME)
    if store.problem is None:  # SQLite takes an empty file for a new one
        assert damage == "empty"
    else:
        assert store.problem.id == "P04"
    store.put(SOME)
    assert store.get(SOME) == SOME


def test_it_may_be_deleted_at_any_time(store: Store) -> None:
    store.put(SOME)
    for file in store.path.parent.iterdir():
        file.unlink()
    store.path.parent.rmdir()
    assert store.get(SOME) == {}
    store.put(SOME)
    assert store.get(SOME) == SOME
    assert store.problem is None


def test_a_place_that_cannot_be_written_is_told_once_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = Store(tmp_path / "file" / "cache", 1000)
    store.put(SOME)
    assert store.get(SOME) == {}
    assert store.problem is not None
    assert store.problem.fix is not None


def test_threads_share_it(store: Store) -> None:
    def work(number: int) -> bool:
        mine = {f"{number} {at}".encode(): bytes(at) for at in range(20)}
        for key, body in mine.items():
            store.put({key: body})
        return store.get(mine) == mine

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(work, range(4)))
    assert store.problem is None


CODE = """
import sys
from pathlib import Path
from tfinspector.engine.cache.store import Store
store = Store(Path(sys.argv[1]), 1 << 30)
for at in range(60):
    store.put({f"{sys.argv[2]} {at}".encode(): bytes(2000), b"both": bytes(at)})
    store.get([b"both"])
assert store.problem is None, store.problem
"""


def test_two_processes_share_it(store: Store) -> None:
    both = [
        subprocess.Popen(
            [sys.executable, "-c", CODE, str(store.path.parent), name], cwd=ROOT,
            stderr=subprocess.PIPE, text=True,
        )
        for name in ("a", "b")
    ]  # fmt: skip
    for process in both:
        _, told = process.communicate(timeout=120)
        assert process.returncode == 0, told
    keys = [f"{name} {at}".encode() for name in "ab" for at in range(60)]
    assert store.holding(keys) == set(keys)
