"""What a TensorFlow has registered: that of the worker, or the list that ships with the program."""

import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from tfinspector.contents.trust import KnownOperations
from tfinspector.engine.jobs import Ticket

if TYPE_CHECKING:
    from tfinspector.engine.worker.client import WorkerClient

_HEAD = re.compile(r"# The operations of TensorFlow (\d+\.\d+)\S* \(GraphDef version (\d+)\)")
_SHIPPED_XLA_VERSION = 10  # the highest `XlaCallModule` version of that TensorFlow


@cache
def shipped_operations() -> KnownOperations:
    """Those that `resources/operations/tensorflow.txt` names: TensorFlow is not started."""
    place = resources.files("tfinspector.resources") / "operations" / "tensorflow.txt"
    head, *lines = place.read_text(encoding="utf-8").splitlines()
    said = _HEAD.match(head)
    assert said, head
    ops = frozenset(line for line in lines if not line.startswith("#"))
    return KnownOperations(said[1], ops, int(said[2]), _SHIPPED_XLA_VERSION)


def operations_of(client: "WorkerClient", ticket: Ticket | None = None) -> KnownOperations:
    """Those of the worker's TensorFlow, with its kernels and devices; no model is loaded.

    Raises WorkerFailed and Cancelled.
    """
    from tfinspector.diagnosis.trust.packages import known_modules

    told = client.exchange(
        "registry", {"packages": list(known_modules())}, (), ticket, None, "listing its operations"
    ).result
    return KnownOperations(
        tensorflow=told["version"],
        ops=frozenset(told["ops"]),
        producer=told["producer"],
        xla_version=told["xla_call_module"] or 0,
        kernels={op: frozenset(types) for op, types in told["kernels"].items()},
        devices=frozenset(told["devices"]),
        packages=frozenset(told["packages"]),
    )
