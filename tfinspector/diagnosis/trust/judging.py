"""From a census or a configuration to what a person should know before loading."""

from collections.abc import Iterator, Sequence

from tfinspector.contents.findings import gravest_first
from tfinspector.contents.keras_files import KerasFile
from tfinspector.contents.trust import (
    EntryKind,
    GraphBody,
    GraphCensus,
    KnownOperations,
    ReachingOp,
    TrustReport,
    UnknownOp,
)
from tfinspector.diagnosis.trust.call_chains import Callers, CallGraph
from tfinspector.diagnosis.trust.devices import find_bound_operations
from tfinspector.diagnosis.trust.keras_configs import find_keras_risks
from tfinspector.diagnosis.trust.packages import package_of
from tfinspector.diagnosis.trust.reaching import reach_of
from tfinspector.diagnosis.trust.sentences import find_reaching, find_unknown
from tfinspector.diagnosis.trust.versions import find_version_skew, versions_of

_ONLY_SAVER = (EntryKind.SAVER,)


def judge_graphs(path: str, censuses: Sequence[GraphCensus], known: KnownOperations) -> TrustReport:
    """What a SavedModel with these meta graphs would do where the `known` operations are.

    Operations of the saver alone are not told as reaching out: every SavedModel saves and restores
    its variables.
    """
    ops: dict[str, int] = {}
    for census in censuses:
        for op, count in census.ops.items():
            ops[op] = ops.get(op, 0) + count
    graphs = [CallGraph(census) for census in censuses]
    reaching = []
    unknown = []
    for op, count in sorted(ops.items()):
        reach = reach_of(op, op in known.ops)
        is_unknown = op not in known.ops
        if reach is None and not is_unknown:
            continue
        callers = _together([graph.callers(op) for graph in graphs])
        if is_unknown:
            package = package_of(op)
            name = package.module if package else ""
            unknown.append(UnknownOp(op, count, name, callers.chains))
        if reach is not None and callers.when != _ONLY_SAVER:
            reaching.append(ReachingOp(op, reach, count, callers.when, callers.chains))
    bodies = [body for census in censuses for body in _bodies(census)]
    findings = [
        *find_unknown(path, unknown, known),
        *find_reaching(path, reaching),
        *find_bound_operations(path, bodies, known),
        *find_version_skew(path, censuses, known),
    ]
    return TrustReport(
        path,
        executes=True,
        ops=dict(sorted(ops.items())),
        reaching=tuple(reaching),
        unknown=tuple(unknown),
        versions=versions_of(censuses),
        findings=tuple(gravest_first(findings)),
        judged_by=known,
    )


def judge_keras(path: str, keras: KerasFile) -> TrustReport:
    """What `load_model` of a Keras file would do; a file of weights alone executes nothing."""
    versions = {"keras": keras.keras_version, "backend": keras.backend, "saved": keras.saved}
    return TrustReport(
        path,
        executes=bool(keras.layers or keras.config),
        lambdas=keras.lambdas,
        custom_objects=keras.custom_objects,
        versions={name: value for name, value in versions.items() if value},
        findings=tuple(find_keras_risks(path, keras)),
    )


def _bodies(census: GraphCensus) -> Iterator[GraphBody]:
    yield census.graph
    yield from census.functions.values()


def _together(callers: Sequence[Callers]) -> Callers:
    when = {kind for one in callers for kind in one.when}
    chains = dict.fromkeys(chain for one in callers for chain in one.chains)
    return Callers(tuple(kind for kind in EntryKind if kind in when), tuple(chains))
