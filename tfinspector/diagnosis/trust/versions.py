"""S08: what wrote the graph against what will load it."""

from collections.abc import Iterator, Sequence

from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.trust import GraphCensus

KNOWN_PRODUCER = 2474
"""`TF_GRAPH_DEF_VERSION` of TensorFlow 2.21, whose operations `resources/operations` lists."""

KNOWN_XLA_VERSION = 10
"""The highest `XlaCallModule` version that TensorFlow 2.21 runs."""


def versions_of(censuses: Sequence[GraphCensus]) -> dict[str, str | int]:
    """{name: version} of the newest of the graphs; versions of XLA only where it is used."""
    versions: dict[str, str | int] = {}
    for census in censuses:
        if census.tensorflow_version:
            versions["tensorflow"] = census.tensorflow_version
        for name, value in (
            ("producer", census.producer),
            ("min_consumer", census.min_consumer),
            ("xla_call_module", _xla_version(census)),
        ):
            if value:
                versions[name] = max(value, int(versions.get(name, 0)))
    return versions


def find_version_skew(path: str, censuses: Sequence[GraphCensus]) -> Iterator[Finding]:
    """What a TensorFlow 2.21 would trip over; TensorFlow itself tells most of it only at a call."""
    xla = max((_xla_version(census) for census in censuses), default=0)
    if xla > KNOWN_XLA_VERSION:
        yield Finding(
            "S08", Severity.WARNING,
            f"Its XlaCallModule has version {xla}; TensorFlow 2.21 runs versions up to "
            f"{KNOWN_XLA_VERSION}.",
            "Loading works; a call stops with `XlaCallModuleOp with version ... is not supported`.",
            path, {"xla_call_module": xla, "known": KNOWN_XLA_VERSION},
            Fix("Call it with the TensorFlow that wrote it, or export again with an older JAX "
                "or jax2tf serialization version."),
        )  # fmt: skip
    for census in censuses:
        if census.min_consumer > KNOWN_PRODUCER:
            yield Finding(
                "S08", Severity.WARNING,
                f"It asks for a TensorFlow with GraphDef version {census.min_consumer}; that of "
                f"TensorFlow 2.21 is {KNOWN_PRODUCER}.",
                "TensorFlow 2 does not look at this number while it loads, so that it fails later.",
                path, {"min_consumer": census.min_consumer, "known": KNOWN_PRODUCER},
                Fix(f"Load it with TensorFlow {census.tensorflow_version or 'of the writer'}."),
            )  # fmt: skip
        elif census.producer > KNOWN_PRODUCER:
            yield Finding(
                "S08", Severity.INFO,
                f"A newer TensorFlow wrote it ({census.tensorflow_version or 'unknown'}, GraphDef "
                f"version {census.producer}).",
                "Attributes that an older one does not know fail at the call, not at loading.",
                path, {"producer": census.producer, "known": KNOWN_PRODUCER},
            )  # fmt: skip


def _xla_version(census: GraphCensus) -> int:
    return max((body.xla_version for body in (census.graph, *census.functions.values())), default=0)
