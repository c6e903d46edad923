"""S08: what wrote the graph against what will load it."""

from collections.abc import Iterator, Sequence

from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.trust import GraphCensus, KnownOperations


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


def find_version_skew(
    path: str, censuses: Sequence[GraphCensus], known: KnownOperations
) -> Iterator[Finding]:
    """What that TensorFlow would trip over; it tells most of it only at a call."""
    xla = max((_xla_version(census) for census in censuses), default=0)
    if xla > known.xla_version > 0:
        yield Finding(
            "S08", Severity.WARNING,
            f"Its XlaCallModule has version {xla}; {known.subject} runs versions up to "
            f"{known.xla_version}.",
            "Loading works; a call stops with `XlaCallModuleOp with version ... is not supported`.",
            path, {"xla_call_module": xla, "known": known.xla_version},
            Fix("Call it with the TensorFlow that wrote it, or export again with an older JAX "
                "or jax2tf serialization version."),
        )  # fmt: skip
    for census in censuses:
        if census.min_consumer > known.producer:
            yield Finding(
                "S08", Severity.WARNING,
                f"It asks for a TensorFlow with GraphDef version {census.min_consumer}; that of "
                f"{known.subject} is {known.producer}.",
                "TensorFlow 2 does not look at this number while it loads, so that it fails later.",
                path, {"min_consumer": census.min_consumer, "known": known.producer},
                Fix(f"Load it with TensorFlow {census.tensorflow_version or 'of the writer'}."),
            )  # fmt: skip
        elif census.producer > known.producer:
            yield Finding(
                "S08", Severity.INFO,
                f"A newer TensorFlow wrote it ({census.tensorflow_version or 'unknown'}, GraphDef "
                f"version {census.producer}) than {known.subject}.",
                "Attributes that an older one does not know fail at the call, not at loading.",
                path, {"producer": census.producer, "known": known.producer},
            )  # fmt: skip


def _xla_version(census: GraphCensus) -> int:
    return max((body.xla_version for body in (census.graph, *census.functions.values())), default=0)
