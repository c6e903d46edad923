"""Measuring variables of real checkpoints: figures, reasons, order, progress, cancel, executors."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.analysis.nasty import as_float, numpy_type
from tests.tensorflow_process import TensorFlowProcess
from tfinspector.contents.checkpoints import Checkpoint
from tfinspector.contents.dtypes import DTYPE_BY_NAME
from tfinspector.contents.figures import Statistics, Unmeasured
from tfinspector.contents.findings import Cancelled, Finding, Severity, Unreadable
from tfinspector.contents.tensors import Region, StoredTensor
from tfinspector.contents.variables import Role, Variable
from tfinspector.engine import measuring
from tfinspector.engine.crew import processors
from tfinspector.engine.jobs import Progress, Ticket
from tfinspector.engine.measuring import measure, measure_all
from tfinspector.formats.bundles.bundle import BundleReader
from tfinspector.formats.checkpoints.checkpoint import read_checkpoint

Referee = Callable[[Path | str], dict[str, Any]]


class ArrayReader:
    """Tensors in memory, cut into blocks as a file's are; some can't be read."""

    def __init__(self, arrays: dict[str, NDArray[Any]], broken: str = "") -> None:
        self.arrays = arrays
        self.broken = broken
        self.blocks_read = 0

    def locate(self, key: str) -> StoredTensor:
        raise NotImplementedError

    def blocks(self, key: str, block_nbytes: int = 1 << 20) -> Iterator[NDArray[Any]]:
        flat = self.arrays[key].reshape(-1)
        step = max(1, block_nbytes // flat.itemsize)
        for start in range(0, len(flat), step):
            yield self._read(key, flat[start : start + step])

    def read(self, key: str, region: Region | None = None) -> np.ndarray[Any, Any]:
        array = self.arrays[key]
        return self._read(key, np.array(array if region is None else array[region]))

    def verify(self, key: str, tick: Callable[[int], None] | None = None) -> None:
        raise NotImplementedError

    def _read(self, key: str, part: NDArray[Any]) -> NDArray[Any]:
        self.blocks_read += 1
        if key == self.broken:
            raise Unreadable(Finding("F06", Severity.ERROR, "its shard is missing"))
        return part


def variables_of(reader: ArrayReader) -> list[Variable]:
    return [
        Variable(
            key, key, (), DTYPE_BY_NAME[array.dtype.name], array.shape, array.nbytes, Role.WEIGHT
        )
        for key, array in reader.arrays.items()
    ]


def sizes(*counts: int) -> ArrayReader:
    random = np.random.default_rng(0)
    return ArrayReader({f"v{i}": random.random(n, np.float32) for i, n in enumerate(counts)})


def opened(prefix: Path) -> tuple[Checkpoint, BundleReader]:
    return read_checkpoint(str(prefix))


def test_every_numeric_type_is_measured_as_tensorflow_reads_it(
    made: Callable[[str], Path], referee: Referee
) -> None:
    prefix = made("bundles.all_dtypes") / "model.ckpt-5"
    expected = referee(prefix)
    checkpoint, reader = opened(prefix)
    compared = 0
    for variable, figures in measure_all(reader, checkpoint.variables):
        assert isinstance(figures, Statistics), variable.name
        assert figures.count == variable.size
        dtype, _, data = expected[variable.key]
        if data is None or dtype.startswith("q"):
            continue
        values = as_float(np.frombuffer(data, numpy_type(dtype)))
        finite = values[np.isfinite(values)]
        assert figures.finite == len(finite)
        assert figures.nan == np.count_nonzero(np.isnan(values))
        if len(finite):
            assert (figures.min, figures.max) == (finite.min(), finite.max())
        compared += 1
    assert compared > 60


def test_strings_and_variants_have_a_reason(made: Callable[[str], Path]) -> None:
    checkpoint, reader = opened(made("bundles.strings") / "strings")
    reasons = {figures for _, figures in measure_all(reader, checkpoint.variables)}
    assert reasons == {Unmeasured("holds strings")}


def test_a_missing_shard_is_a_reason_and_the_rest_is_measured(
    made: Callable[[str], Path], tmp_path: Path
) -> None:
    source = made("bundles.shards")
    for file in source.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    lost = sorted(tmp_path.glob("*.data-00002-of-*"))[0]
    lost.unlink()
    prefix = str(lost).partition(".data-")[0]
    checkpoint, reader = opened(Path(prefix))
    figures = [figures for _, figures in measure_all(reader, checkpoint.variables)]
    reasons = [each.reason for each in figures if isinstance(each, Unmeasured)]
    assert reasons
    assert all(lost.name in reason or "missing" in reason for reason in reasons)
    assert any(isinstance(each, Statistics) for each in figures)


def test_a_variable_with_a_problem_is_not_read() -> None:
    reader = sizes(10)
    [variable] = variables_of(reader)
    assert measure(reader, variable._replace(problem="its entry is cut off")) == Unmeasured(
        "its entry is cut off"
    )
    assert reader.blocks_read == 0


@pytest.mark.parametrize("shape", [(6_000_000,), (3, 2_000_000), (2, 3, 1_000_000), (5000, 1200)])
def test_a_large_tensor_is_measured_in_spans(shape: tuple[int, ...]) -> None:
    values = np.random.default_rng(1).standard_normal(shape, np.float32)
    reader = ArrayReader({"large": values})
    figures = measure(reader, variables_of(reader)[0])
    assert isinstance(figures, Statistics)
    assert figures.count == figures.sketch.counts.sum() == values.size
    wide = values.astype(np.float64)
    assert (figures.min, figures.max) == (wide.min(), wide.max())
    assert figures.mean == pytest.approx(wide.mean(), abs=1e-14)
    assert figures.std == pytest.approx(wide.std(), rel=1e-12)


@pytest.mark.parametrize(
    "counts", [(5, 7), (5, 3_000_000, 9, 2_000, 5_000_000, 1), (4_000_000,) * 3, (50_000,) * 150]
)
def test_all_come_in_order_whatever_their_sizes(counts: tuple[int, ...]) -> None:
    reader = sizes(*counts)
    variables = variables_of(reader)
    results = list(measure_all(reader, variables))
    assert [variable for variable, _ in results] == variables
    for variable, figures in results:
        assert isinstance(figures, Statistics)
        assert figures.count == variable.size
        assert figures.mean == pytest.approx(reader.arrays[variable.key].mean(dtype=float))


@pytest.mark.parametrize("size", [1_000, 1_000_000, 6_000_000])
def test_an_unreadable_tensor_does_not_stop_the_others(size: int) -> None:
    reader = sizes(3_000_000, size, 2_000)
    reader.broken = "v1"
    before, broken, after = (figures for _, figures in measure_all(reader, variables_of(reader)))
    assert broken == Unmeasured("its shard is missing")
    assert isinstance(before, Statistics)
    assert isinstance(after, Statistics)


@pytest.mark.parametrize("counts", [(100_000,) * 3, (7_000_000, 100, 3_000_000)])
def test_progress_ends_at_the_total(counts: tuple[int, ...]) -> None:
    reader = sizes(*counts)
    seen: list[Progress] = []
    threads = set()

    def see(progress: Progress) -> None:
        seen.append(progress)
        threads.add(threading.current_thread())

    list(measure_all(reader, variables_of(reader), Ticket(see)))
    assert (seen[-1].done, seen[-1].total) == (sum(counts) * 4, sum(counts) * 4)
    assert [p.done for p in seen] == sorted(p.done for p in seen)
    assert threads == {threading.current_thread()}


@pytest.mark.parametrize("counts", [(300_000,) * 6, (9_000_000,), (1_000_000,) * 12])
def test_cancel_stops_before_the_end_and_leaves_no_thread(counts: tuple[int, ...]) -> None:
    reader = sizes(*counts)
    before = set(threading.enumerate())
    ticket = Ticket()
    plain_read = reader._read

    def cancel_at_third(key: str, part: NDArray[Any]) -> NDArray[Any]:
        if reader.blocks_read == 2:
            ticket.cancel()
        return plain_read(key, part)

    reader._read = cancel_at_third  # type: ignore[method-assign]
    with pytest.raises(Cancelled):
        list(measure_all(reader, variables_of(reader), ticket))
    assert reader.blocks_read <= 3 + 2 * processors()  # each thread ends with its step
    assert {t for t in threading.enumerate() if t.name.startswith("crew")} <= before


def test_who_stops_iterating_stops_the_work() -> None:
    reader = sizes(*[1_500_000] * 40)
    results = measure_all(reader, variables_of(reader))
    next(results)
    results.close()
    assert reader.blocks_read < 40 * 6
    assert not [t for t in threading.enumerate() if t.name.startswith("crew")]


def test_another_executor_does_the_work() -> None:
    reader = sizes(10, 3_000_000, 500_000, 20)
    reader.broken = "v2"
    seen: list[Progress] = []
    with ThreadPoolExecutor(1, thread_name_prefix="elsewhere") as executor:
        results = list(measure_all(reader, variables_of(reader), Ticket(seen.append), executor))
    assert [type(figures) for _, figures in results] == [
        Statistics, Statistics, Unmeasured, Statistics,
    ]  # fmt: skip
    assert seen


def test_cancel_withdraws_what_waits_on_another_executor() -> None:
    reader = sizes(*[2_000_000] * 30)
    ticket = Ticket()
    with ThreadPoolExecutor(1) as executor:
        results = measure_all(reader, variables_of(reader), ticket, executor)
        next(results)
        ticket.cancel()
        with pytest.raises(Cancelled):
            list(results)
    assert reader.blocks_read < 30 * 8


def test_what_is_sent_elsewhere_can_be_sent(made: Callable[[str], Path]) -> None:
    import pickle

    checkpoint, reader = opened(made("bundles.all_dtypes") / "model.ckpt-5")
    variable = checkpoint.variables[0]
    call = pickle.loads(pickle.dumps((measuring._measure_batch, reader, (variable,))))
    [figures] = call[0](*call[1:])
    assert pickle.loads(pickle.dumps(figures)).count == variable.size


def test_nothing_to_measure() -> None:
    assert list(measure_all(sizes(), [])) == []


def test_figures_equal_those_of_numpy_on_what_tensorflow_reads(
    made: Callable[[str], Path], tensorflow: TensorFlowProcess, tmp_path: Path
) -> None:
    prefix = tmp_path / "large" / "ck"
    tensorflow.call("tests.makers.large:write", str(prefix), "float32", 24 << 20)
    checkpoint, reader = opened(prefix)
    for variable, figures in measure_all(reader, checkpoint.variables):
        values = reader.read(variable.key).astype(np.float64)
        assert isinstance(figures, Statistics)
        assert (figures.min, figures.max) == (values.min(), values.max())
        assert figures.mean == pytest.approx(values.mean(), abs=1e-15)
        assert figures.std == pytest.approx(values.std(), rel=1e-12)
