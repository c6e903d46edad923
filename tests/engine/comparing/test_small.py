"""Small variables many at once: the same as each by itself, whatever is odd about some of them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from tests.analysis.nasty import numpy_type
from tests.engine.comparing.test_drift import opened, same
from tests.formats.table_writer import BundleWriter, entry
from tfinspector.analysis.drift import ready
from tfinspector.analysis.drift.ready import warm_up_pairs
from tfinspector.contents.drifts import DriftTable
from tfinspector.engine.comparing import sharing_out, small
from tfinspector.engine.comparing.drifting import drift

Made = Callable[[str], Path]
CODES = {"float32": 1, "float64": 2, "int64": 9, "bfloat16": 14, "float16": 19}
STEPS = 4


def tensors_at(step: int) -> dict[str, np.ndarray]:
    """What lies in each snapshot: a few sizes and types, and odd ones."""
    random = np.random.default_rng(step)
    found = {
        f"{dtype}/{size:05}": random.standard_normal(size).astype(numpy_type(dtype))
        for dtype in ("float32", "float64", "bfloat16", "float16")
        for size in (1, 7, 64, 4096, 5000)
    }
    found["matrix"] = random.standard_normal((3, 5)).astype("f4")
    found["constant"] = np.ones(9, "f4")
    found["empty"] = np.ones((0, 3), "f4")
    found["whole"] = np.arange(step, step + 6)
    found["odd"] = np.array([np.nan, step, -np.inf, 2.0] if step == 2 else [step] * 4, "f4")
    found["huge"] = np.array([1e200, step, -1e200])
    found["tiny"] = np.array([1e-200 * step, 1e-170])
    found["grows"] = np.ones(3 + step // 2, "f4") * (step + 1)
    found["other type"] = np.ones(4, "f4" if step < 2 else "f8") * step
    if step != 1:
        found["gone and back"] = random.standard_normal(5).astype("f4")
    if step > 1:
        found["new"] = random.standard_normal(5).astype("f4")
    return found


@pytest.fixture
def run(tmp_path: Path) -> Path:
    for step in range(STEPS):
        writer, data = BundleWriter(), b""
        for name, values in sorted(tensors_at(step).items()):
            raw = values.tobytes()
            code = CODES[values.dtype.name]
            writer.entries[name.encode()] = entry(code, values.shape, 0, len(data), len(raw), 1)
            data += raw
        writer.write(tmp_path / f"ckpt-{step}")
        (tmp_path / f"ckpt-{step}.data-00000-of-00001").write_bytes(data)
    return tmp_path


def both_ways(
    monkeypatch: pytest.MonkeyPatch, run: Path, reference: str = "first", cut: str = ""
) -> tuple[DriftTable, DriftTable]:
    """The drift of the run with small variables together, and with each by itself."""
    assert warm_up_pairs().result() is not None
    tables = []
    for together in (True, False):
        if not together:
            monkeypatch.setattr(small, "can_compare", lambda: False)
        sources = opened(run)
        if cut:
            data = run / f"{cut}.data-00000-of-00001"
            whole = data.read_bytes()
            data.write_bytes(whole[:2000])
        tables.append(drift(sources, reference))
        if cut:
            data.write_bytes(whole)
    return tables[0], tables[1]


def alike(one: DriftTable, other: DriftTable) -> None:
    same(one, other)
    for name in ("present", "anchored", "chained"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    assert one.failed == other.failed
    assert one.path is not None
    assert other.path is not None
    np.testing.assert_allclose(one.path.points, other.path.points, 1e-9, 1e-12)


@pytest.mark.parametrize("reference", ["first", "previous", "ckpt-1", "ckpt-3"])
def test_all_kinds(monkeypatch: pytest.MonkeyPatch, run: Path, reference: str) -> None:
    alike(*both_ways(monkeypatch, run, reference))


def test_what_tensorflow_wrote(monkeypatch: pytest.MonkeyPatch, made: Made) -> None:
    alike(*both_ways(monkeypatch, made("drift.run")))


def test_tensors_that_can_not_be_read_say_why(monkeypatch: pytest.MonkeyPatch, run: Path) -> None:
    one, other = both_ways(monkeypatch, run, cut="ckpt-2")
    assert one.failed
    same(one, other)
    assert one.failed == other.failed


def test_most_are_not_looked_at_one_by_one(monkeypatch: pytest.MonkeyPatch, run: Path) -> None:
    assert warm_up_pairs().result() is not None
    alone: list[str] = []
    weave = sharing_out.weave

    def noted(order, strand, *about):  # type: ignore[no-untyped-def]
        alone.append(next(cell.name for cell in strand.cells if cell is not None))
        return weave(order, strand, *about)

    monkeypatch.setattr(sharing_out, "weave", noted)
    drift(opened(run))
    assert sorted(alone) == [
        "bfloat16/05000", "empty", "float16/05000", "float32/05000", "float64/05000",
        "grows", "huge", "other type", "tiny", "whole",
    ]  # fmt: skip


def test_kernels_are_waited_for_as_long_as_they_save(
    monkeypatch: pytest.MonkeyPatch, run: Path
) -> None:
    assert warm_up_pairs().result() is not None
    waited: list[float] = []
    alone: list[object] = []
    weave = sharing_out.weave

    def noted(*about):  # type: ignore[no-untyped-def]
        alone.append(about)
        return weave(*about)

    monkeypatch.setattr(small, "can_compare", lambda: bool(waited))
    monkeypatch.setattr(small, "await_pairs", lambda seconds, tick: waited.append(seconds))
    monkeypatch.setattr(sharing_out, "weave", noted)
    drift(opened(run))
    assert len(alone) == 10
    tensors = sum(len(tensors_at(step)) for step in range(STEPS))
    assert 0 < sum(waited) < tensors * small._SAVED_SECONDS


def test_waiting_for_kernels_ends_when_they_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    loading: Future[ModuleType | None] = Future()
    monkeypatch.setattr(ready, "_loading", loading)
    ready.await_pairs(0.0, lambda: pytest.fail("it does not wait longer than it may"))
    ready.await_pairs(1e9, lambda: loading.set_result(None))
    monkeypatch.setattr(ready, "_loading", None)
    ready.await_pairs(1e9, lambda: pytest.fail("nothing is being loaded"))


def test_what_many_small_tensors_take_is_worth_loading_the_kernels(
    monkeypatch: pytest.MonkeyPatch, run: Path
) -> None:
    asked: list[None] = []
    monkeypatch.setattr(sharing_out, "warm_up_pairs", lambda: asked.append(None))
    drift(opened(run))
    assert not asked
    tensors = sum(len(tensors_at(step)) for step in range(STEPS))
    monkeypatch.setattr(sharing_out, "_SMALL_WORK", sharing_out._WORTH_COMPILING // tensors + 1)
    drift(opened(run))
    assert asked
