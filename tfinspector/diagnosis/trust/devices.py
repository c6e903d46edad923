"""S09: operations that only one kind of device has, and devices written into the graph."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.trust import GraphBody
from tfinspector.diagnosis.trust.packages import is_of_tensorrt

_GPU = ("Cudnn", "FusedBatchNormCuda", "NcclAll", "NcclReduce", "NcclBroadcast", "_Nccl")
_TPU = ("TPU", "ConfigureDistributedTPU", "ShutdownDistributedTPU", "XlaSparse", "OutfeedEnqueue",
        "OutfeedDequeue", "InfeedEnqueue", "InfeedDequeue", "EnqueueTPU", "RecvTPU",
        "SendTPU", "LoadTPU", "RetrieveTPU")  # fmt: skip
_CONVOLUTIONS = ("Conv", "DepthwiseConv", "MaxPool", "AvgPool", "FusedBatchNorm", "BiasAdd")


def find_bound_operations(path: str, bodies: Sequence[GraphBody]) -> Iterator[Finding]:
    """What keeps a model from running on a machine with a CPU alone."""
    ops = _sum(body.ops for body in bodies)
    for title, wanted in (
        ("an NVIDIA GPU", {op: n for op, n in ops.items() if op.startswith(_GPU)}),
        ("a TPU", {op: n for op, n in ops.items() if op.startswith(_TPU)}),
        ("TensorRT", {op: n for op, n in ops.items() if is_of_tensorrt(op)}),
    ):
        if wanted:
            first = min(wanted)
            yield Finding(
                "S09", Severity.WARNING, f"It needs {title}: {first} has no kernel elsewhere.",
                "Loading works; a call stops with `No OpKernel was registered to support Op`.",
                path, {"ops": wanted},
                Fix(f"Run it on a machine with {title}, or export it again for the CPU."),
            )  # fmt: skip
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


def _sum(counts: Iterable[Mapping[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for one in counts:
        total.update(one)
    return total
