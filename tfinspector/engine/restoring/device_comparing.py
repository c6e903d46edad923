"""One restore on several devices, side by side: the same model, file and input, each in a worker.

Every device has a worker of its own, so that nothing of one is left in the other. The first device
answers with the values of its inputs, and the others are called with exactly those.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.devices import DeviceReport, DeviceRun, OutputDifference
from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.restores import Outcome, Rename
from tfinspector.engine.jobs import PartTicket, Ticket
from tfinspector.engine.restoring.memory import peak_of
from tfinspector.engine.restoring.restore import RestoreRequest, restore
from tfinspector.engine.worker.client import WorkerClient, WorkerFailed

SEED = 1


class _Called(NamedTuple):
    """One call of the model: what it answered, and the values that came with it."""

    told: dict[str, Any]
    payloads: tuple[bytes, ...]


def compare_devices(
    request: RestoreRequest,
    devices: Sequence[str],
    make_client: Callable[[], WorkerClient],
    ticket: Ticket | None = None,
    renames: Sequence[Rename] = (),
) -> DeviceReport:
    """Restore and prove on each device, then compare one call of the models with the same input.

    `make_client` gives a worker that is fresh for each; `request.device` does not count. A device
    that is not there is a failed run whose finding (R02) lists those that are. Raises Unreadable
    and Cancelled as `restore` does.
    """
    ticket = ticket or Ticket()
    runs: list[DeviceRun] = []
    first: _Called | None = None
    outputs: list[OutputDifference] = []
    for number, device in enumerate(devices):
        part = PartTicket(ticket, f"{device} ({number + 1} of {len(devices)})")
        with make_client() as client:
            run, called = _run(replace(request, device=device), client, part, renames, first)
        runs.append(run)
        if called is not None and first is None:
            first, reference = called, device
        elif called is not None and first is not None:
            outputs += _compare(first, reference, called, device)
    return DeviceReport(tuple(runs), tuple(outputs), tuple(_findings(outputs)))


def _run(
    request: RestoreRequest,
    client: WorkerClient,
    ticket: Ticket,
    renames: Sequence[Rename],
    first: _Called | None,
) -> tuple[DeviceRun, _Called | None]:
    report = restore(request, client, ticket, renames)
    device = request.device or ""
    run = DeviceRun(device, report, 0.0, report.peak_nbytes, False, report.why_not_called)
    if report.model is None or report.outcome is Outcome.FAILED:
        return run._replace(peak_nbytes=0, why_not_called="The restore failed."), None
    try:
        called = _call(request, client, ticket, first)
    except WorkerFailed as failed:
        return run._replace(why_not_called=failed.finding.title), None
    told = called.told
    peak = told.get("device_peak_nbytes") or peak_of(client.about) or told.get("peak_nbytes") or 0
    run = run._replace(peak_nbytes=peak, called=told["done"], why_not_called=told["why_not"])
    return run._replace(call_seconds=told["seconds"]), called if told["done"] else None


def _call(
    request: RestoreRequest, client: WorkerClient, ticket: Ticket, first: _Called | None
) -> _Called:
    params: dict[str, Any] = {"seed": SEED, "values": True}
    payloads: tuple[bytes, ...] = ()
    if first is not None:
        params["inputs"] = first.told["shared"]
        payloads = tuple(first.payloads[each["payload"]] for each in first.told["shared"])
    reply = client.exchange(
        "call", params, payloads, ticket, request.timeout, "calling the model with one input"
    )
    return _Called(reply.result, reply.payloads)


def _compare(
    first: _Called, reference: str, second: _Called, device: str
) -> list[OutputDifference]:
    theirs = {each["name"]: each for each in second.told["outputs"]}
    found = [
        _difference(mine, first, theirs.pop(mine["name"], None), second)
        for mine in first.told["outputs"]
    ]
    found += [_apart(other) for other in theirs.values()]
    return [each._replace(device=device, reference=reference) for each in found]


def _difference(
    mine: dict[str, Any], first: _Called, other: dict[str, Any] | None, second: _Called
) -> OutputDifference:
    if other is None or (mine["dtype"], mine["shape"]) != (other["dtype"], other["shape"]):
        return _apart(mine)
    whole = _apart(mine)
    if mine["sha256"] == other["sha256"]:
        return whole._replace(max_abs=0.0, max_rel=0.0, equal=True, close=True)
    dtype = _dtype(mine["dtype"])
    if dtype is None:
        return whole
    one = np.frombuffer(first.payloads[mine["payload"]], dtype)
    two = np.frombuffer(second.payloads[other["payload"]], dtype)
    max_abs, max_rel, is_close = differences(one, two)
    return whole._replace(max_abs=max_abs, max_rel=max_rel, close=is_close)


def differences(one: NDArray[Any], two: NDArray[Any]) -> tuple[float, float, bool]:
    """`max_abs`, `max_rel` and `close` as in `OutputDifference`, of two arrays of one type."""
    if not one.size:
        return 0.0, 0.0, True
    resolution = _resolution(one.dtype)
    wide = np.complex128 if one.dtype.kind == "c" else np.float64
    left, right = one.astype(wide), two.astype(wide)
    same = (left == right) | (np.isnan(left) & np.isnan(right))
    with np.errstate(invalid="ignore", over="ignore"):
        apart = np.where(same, 0.0, np.abs(left - right))
        apart[np.isnan(apart)] = np.inf
        scale = np.maximum(np.abs(left), np.abs(right))
        relative = np.divide(apart, scale, out=np.zeros_like(apart), where=apart > 0)
    relative[np.isnan(relative)] = np.inf
    largest = np.max(scale, where=np.isfinite(scale), initial=0.0)
    max_abs = float(apart.max())
    return max_abs, float(relative.max()), bool(max_abs <= resolution**0.5 * largest)


def _resolution(dtype: np.dtype[Any]) -> float:
    """The step between 1 and the next number of the type; 0 for whole numbers."""
    if dtype.kind in ("f", "c") and dtype.isbuiltin == 1:
        return float(np.finfo(dtype).eps)
    if "float" in dtype.name:
        import ml_dtypes

        return float(ml_dtypes.finfo(dtype).eps)
    return 0.0


def _apart(row: dict[str, Any]) -> OutputDifference:
    shape = tuple(row["shape"])
    far = float("inf")
    return OutputDifference(row["name"], "", "", row["dtype"], shape, far, far, False, False)


def _dtype(name: str) -> np.dtype[Any] | None:
    """None for what has no differences, such as strings."""
    if name in ("string", "variant", "resource"):
        return None
    try:
        return np.dtype(name)
    except TypeError:
        import ml_dtypes  # only such types need it

        found: np.dtype[Any] = np.dtype(getattr(ml_dtypes, name))
        return found


def _findings(outputs: Sequence[OutputDifference]) -> list[Finding]:
    far = [each for each in outputs if not each.close]
    if not far:
        return []
    worst = max(far, key=lambda each: each.max_rel)
    return [
        Finding(
            "R03",
            Severity.WARNING,
            f"With the same values and the same input, {worst.name} on {worst.device} is not what "
            f"it is on {worst.reference}: it differs by up to {worst.max_abs:.4g}.",
            "Rounding alone does not explain that. A part of the model does something else there, "
            "or draws random numbers.",
            evidence={
                each.name: {"max_abs": each.max_abs, "max_rel": each.max_rel} for each in far
            },
            fix=Fix(
                "Call it with training=False; if it still differs, have TensorFlow compute in full "
                "precision and find the first layer that differs.",
                "tf.config.experimental.enable_tensor_float_32_execution(False)\n"
                "tf.config.experimental.enable_op_determinism()",
            ),
        )
    ]
