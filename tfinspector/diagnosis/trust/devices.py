"""S09: operations that only one kind of device has, and devices written into the graph."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.trust import GraphBody, KnownOperations
from tfinspector.diagnosis.trust.packages import is_of_tensorrt

_GPU = ("Cudnn", "FusedBatchNormCuda", "NcclAll", "NcclReduce", "NcclBroadcast", "_Nccl")
_TPU = ("TPU", "ConfigureDistributedTPU", "ShutdownDistributedTPU", "XlaSparse", "OutfeedEnqueue",
        "OutfeedDequeue", "InfeedEnqueue", "InfeedDequeue", "EnqueueTPU", "RecvTPU",
        "SendTPU", "LoadTPU", "RetrieveTPU")  # fmt: skip
_NVIDIA, _A_TPU, _TENSORRT, _NOWHERE = "an NVIDIA GPU", "a TPU", "TensorRT", ""
_REWRITTEN = frozenset({"AccumulateNV2"})  # TensorFlow puts others in its place before it runs
_CONVOLUTIONS = ("Conv", "DepthwiseConv", "MaxPool", "AvgPool", "FusedBatchNorm", "BiasAdd")


def find_bound_operations(
    path: str, bodies: Sequence[GraphBody], known: KnownOperations
) -> Iterator[Finding]:
    """What keeps a model from running on the worker's devices; else on a CPU alone, by names."""
    groups: dict[str, dict[str, int]] = {}
    for op, count in sorted(_sum(body.ops for body in bodies).items()):
        device = _device_of(op, known)
        if device is not None:
            groups.setdefault(device, {})[op] = count
    for device, ops in groups.items():
        yield _bound(path, device, ops, known)
    if not known.devices & {"GPU", "TPU"}:
        yield from _find_channels_first(path, bodies)
    yield from _find_devices(path, bodies)


def _device_of(op: str, known: KnownOperations) -> str | None:
    """The device that it needs; `_NOWHERE` for none that this TensorFlow can use."""
    if op in known.ops and known.is_of_worker:
        if not known.lacks_kernel(op) or op in _REWRITTEN:
            return None
        if "GPU" in known.kernels.get(op, ()):
            return _NVIDIA
        return _A_TPU if op.startswith(_TPU) else _NOWHERE
    if is_of_tensorrt(op):
        return _TENSORRT
    if op.startswith(_TPU):
        return _A_TPU
    return _NVIDIA if op.startswith(_GPU) else None


def _bound(path: str, device: str, ops: Mapping[str, int], known: KnownOperations) -> Finding:
    first = min(ops)
    if known.is_of_worker and first in known.ops:
        lacking = f"{known.subject} has no kernel for {first} on {_listed(known.devices)}"
    else:
        lacking = f"{first} has no kernel elsewhere"
    if device == _NOWHERE:
        title = f"{lacking}, nor on any other device."
        fix = Fix("Call it with the TensorFlow that wrote it, or export it again without that.")
    else:
        title = f"It needs {device}: {lacking}."
        fix = Fix(f"Run it on a machine with {device}, or export it again for the CPU.")
    return Finding(
        "S09", Severity.WARNING, title,
        "Loading works; a call stops with `No OpKernel was registered to support Op`.",
        path, {"ops": dict(ops)}, fix,
    )  # fmt: skip


def _find_channels_first(path: str, bodies: Sequence[GraphBody]) -> Iterator[Finding]:
    layout = _sum(body.channels_first for body in bodies)
    bound = {op: count for op, count in layout.items() if op.startswith(_CONVOLUTIONS)}
    if bound:
        yield Finding(
            "S09", Severity.WARNING,
            f"{min(bound)} keeps channels first (NCHW), which the CPU mostly can't compute.",
            "Calls on a CPU stop with `only supports NHWC tensor format` where there is no oneDNN "
            "kernel for it.",
            path, {"ops": bound},
            Fix('Run it on a GPU, or export the model with data_format="channels_last".'),
        )  # fmt: skip


def _find_devices(path: str, bodies: Sequence[GraphBody]) -> Iterator[Finding]:
    devices = {
        name: count
        for name, count in _sum(body.devices for body in bodies).items()
        if (kind := name.upper().rpartition("DEVICE:")[2]) != name.upper()
        and not kind.startswith("CPU")
    }
    if devices:
        yield Finding(
            "S09", Severity.INFO, f"{min(devices)} is written into the graph as a device.",
            "Where that device is absent, a call stops unless soft placement is on.",
            path, {"devices": devices},
            Fix("Turn soft placement on.", "tf.config.set_soft_device_placement(True)"),
        )  # fmt: skip


def _listed(devices: Iterable[str]) -> str:
    return " or ".join(sorted(devices)) or "any device"


def _sum(counts: Iterable[Mapping[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for one in counts:
        total.update(one)
    return total
