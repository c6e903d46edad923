"""One restore on two devices: the same input, and differences as they are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tfinspector.contents.devices import DeviceReport
from tfinspector.contents.findings import Cancelled
from tfinspector.contents.restores import Outcome
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.restoring.device_comparing import compare_devices, differences
from tfinspector.engine.restoring.restore import RestoreRequest
from tfinspector.engine.worker.client import WorkerClient

FACTORIES = Path(__file__).parent.parent / "makers" / "cli_devices.py"


@pytest.fixture(scope="module")
def net(made: Callable[[str], Path]) -> str:
    return str(made("cli_restores.nets") / "net-1")


@pytest.fixture(scope="module")
def said() -> list[str]:
    return []


@pytest.fixture(scope="module")
def compared(net: str, said: list[str]) -> DeviceReport:
    """Two halves of this CPU, and a GPU that nobody has."""
    request = RestoreRequest(net, f"{FACTORIES}:noisy", logical_cpus=2)
    ticket = Ticket(lambda progress: said.append(progress.text))
    return compare_devices(request, ("CPU:0", "CPU:1", "GPU:7"), WorkerClient, ticket)


def test_both_are_restored_and_placed(compared: DeviceReport) -> None:
    first, second, _ = compared.runs
    for run in (first, second):
        assert run.report.outcome is Outcome.RESTORED
        assert {row.device for row in run.report.rows if row.variable >= 0} == {run.device}
        assert run.called
        assert run.report.seconds > 0
        assert run.call_seconds > 0
        assert run.peak_nbytes > 1 << 26
    assert (first.device, second.device) == ("CPU:0", "CPU:1")


def test_the_same_input_gives_the_same_output(compared: DeviceReport) -> None:
    """Though `sample_inputs` gives other numbers each time, and one output depends on the place."""
    by_name = {each.name: each for each in compared.outputs}
    assert by_name.keys() == {"logits", "noise", "words", "count"}
    for name in ("logits", "words", "count"):
        same = by_name[name]
        assert (same.device, same.reference) == ("CPU:1", "CPU:0")
        assert (same.max_abs, same.max_rel, same.equal, same.close) == (0.0, 0.0, True, True)
    assert (by_name["logits"].dtype, by_name["logits"].shape) == ("float32", (2, 4))


def test_what_differs_is_measured_and_told(compared: DeviceReport) -> None:
    noise = next(each for each in compared.outputs if each.name == "noise")
    assert (noise.equal, noise.close) == (False, False)
    assert 0 < noise.max_abs < 1100
    assert 0 < noise.max_rel <= 2
    [finding] = compared.findings
    assert finding.id == "R03"
    assert "noise on CPU:1 is not what it is on CPU:0" in finding.title
    assert finding.fix is not None


def test_a_device_that_is_not_there_is_a_finding(compared: DeviceReport) -> None:
    gone = compared.runs[2]
    assert gone.report.outcome is Outcome.FAILED
    assert not gone.called
    finding = gone.report.findings[0]
    assert finding.id == "R02"
    assert "CPU:0, CPU:1" in finding.title
    assert not any(each.device == "GPU:7" for each in compared.outputs)


def test_progress_says_which_device(compared: DeviceReport, said: list[str]) -> None:
    assert any(text.startswith("CPU:0 (1 of 3): ") for text in said)
    assert any(text.startswith("GPU:7 (3 of 3): ") for text in said)


def test_cancelled_with_the_whole(net: str) -> None:
    class Impatient(Ticket):
        def report(self, done: int, total: int, text: str) -> None:
            self.cancel()
            super().report(done, total, text)

    request = RestoreRequest(net, f"{FACTORIES}:noisy")
    with pytest.raises(Cancelled):
        compare_devices(request, ("CPU:0", "CPU:0"), WorkerClient, Impatient())


def test_inputs_that_nobody_gave_are_drawn_from_the_seed() -> None:
    """A model of two inputs, of other types; the same seed draws the same, zeros are not all."""
    with WorkerClient() as client:
        client.call("build", {"factory": f"{FACTORIES.parent}/worker_models.py:two_inputs"})
        one, two, other = (
            client.exchange("call", {"seed": seed, "values": True}) for seed in (1, 1, 2)
        )
        again = client.exchange(
            "call", {"inputs": one.result["shared"], "values": True},
            [one.payloads[each["payload"]] for each in one.result["shared"]],
        )  # fmt: skip
    assert [(each["dtype"], each["shape"]) for each in one.result["shared"]] == [
        ("float32", [1, 2]), ("float64", [1, 3]),
    ]  # fmt: skip
    assert one.payloads == two.payloads == again.payloads
    assert one.payloads != other.payloads
    drawn = np.frombuffer(one.payloads[one.result["shared"][1]["payload"]], "float64")
    assert np.all(drawn != 0)
    assert one.result["peak_nbytes"] > 1 << 26


def floats(*values: float, dtype: str = "float32") -> np.ndarray:
    return np.array(values, dtype)


def test_differences() -> None:
    assert differences(floats(1, 2), floats(1, 2)) == (0.0, 0.0, True)
    assert differences(floats(), floats()) == (0.0, 0.0, True)
    max_abs, max_rel, close = differences(floats(1, 100), floats(1, 101))
    assert (max_abs, max_rel, close) == (1.0, 1 / 101, False)
    assert differences(floats(1000, 0), floats(1000.1, 0))[2], "rounding"
    assert differences(floats(1000, 0), floats(1000, 0.1))[1] == 1.0
    assert differences(floats(1000, 0), floats(1000, 0.1))[2], "beside the largest it is nothing"


def test_differences_of_what_is_no_number() -> None:
    nan, inf = float("nan"), float("inf")
    assert differences(floats(nan, inf, 1), floats(nan, inf, 1)) == (0.0, 0.0, True)
    assert differences(floats(nan, 1), floats(2, 1)) == (inf, inf, False)
    assert differences(floats(inf, 1), floats(-inf, 1)) == (inf, inf, False)
    assert differences(floats(inf, 1), floats(5, 1)) == (inf, inf, False)


def test_differences_of_every_kind() -> None:
    import ml_dtypes

    whole = np.array([1, 2], "int64"), np.array([1, 3], "int64")
    assert differences(*whole) == (1.0, 1 / 3, False)
    truth = np.array([True, False]), np.array([True, True])
    assert differences(*truth) == (1.0, 1.0, False)
    brain = [np.array([1.0, each], ml_dtypes.bfloat16) for each in (2.0, 2.015625)]
    assert differences(*brain) == (0.015625, 0.015625 / 2.015625, True)
    complex_ = np.array([1 + 1j], "complex64"), np.array([1 + 2j], "complex64")
    assert differences(*complex_)[0] == 1.0
