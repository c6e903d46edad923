"""Loads a SavedModel and proves its variables: each is compared with the value in the file."""

from collections.abc import Sequence
from dataclasses import replace

from tfinspector.contents.reports import LoadReport
from tfinspector.diagnosis.disagreement import compare_variables
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.loading import load_opened
from tfinspector.engine.opening import OpenSource
from tfinspector.engine.referee import pair_variables
from tfinspector.engine.restoring.file_hashes import hash_keys
from tfinspector.engine.worker.client import WorkerClient


def load_proved(
    opened: OpenSource,
    client: WorkerClient,
    tags: Sequence[str] | None = None,
    device: str | None = None,
    ticket: Ticket | None = None,
    timeout: float | None = None,
    imports: Sequence[str] = (),
) -> LoadReport:
    """As `load_opened`, with `equal` of every variable that the file has a value for.

    A variable that holds something else is a finding. Raises as `load_opened` does.
    """
    ticket = ticket or Ticket()
    report = load_opened(
        opened, client, tags, device, ticket, timeout, hashes=True, imports=imports
    )
    model = opened.source.saved_model
    graphs = model.meta_graphs if model else ()
    graph = next((each for each in graphs if each.tags == report.tags), None)
    if not report.loaded or graph is None or not opened.source.snapshots:
        return report
    pairs = pair_variables(graph, report.variables)
    keys = [spec.key for spec, loaded in pairs if spec and loaded and spec.key]
    stored = hash_keys(opened.reader(), keys, ticket).by_key
    key_of = {id(loaded): spec.key for spec, loaded in pairs if spec and loaded}
    variables = []
    for each in report.variables:
        file = stored.get(key_of.get(id(each), ""))
        equal = each.sha256 == file if file and each.sha256 else None
        variables.append(replace(each, equal=equal))
    wrong = compare_variables([pair for pair in pairs if all(pair)], stored, report.path)
    findings = (*(each.finding for each in wrong), *report.findings)
    return replace(report, variables=tuple(variables), findings=findings)
