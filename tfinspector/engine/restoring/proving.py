"""Whether a model holds again what it held when a file was written from it."""

from collections.abc import Collection

from tfinspector.contents.models import ModelDescription
from tfinspector.contents.restores import RestoreReport, State
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.worker.client import WorkerClient


def hashes_in(client: WorkerClient, ticket: Ticket) -> dict[int, str]:
    """What all variables of the model hold now, by number."""
    told = client.call("hashes", {"variables": None}, ticket)["hashes"]
    return {at: sha256 for at, sha256, _, _ in told}


def lost_values(
    filled: RestoreReport,
    report: RestoreReport,
    held: dict[int, str],
    found: dict[int, str],
    without: Collection[int] = (),
) -> list[str]:
    """Variables that do not hold again what they held when the file was written `without` some."""
    if filled.model is None or report.model is None:
        return ["the model could not be built again"]
    again = _by_name(report.model)
    unreached = {row.variable for row in filled.rows if row.state is State.UNREACHABLE}
    proved = {row.variable for row in filled.rows if row.state is State.RESTORED}
    wrong = [
        row.model_path or row.name
        for row in filled.rows
        if row.state in (State.VALUE_DIFFERS, State.NOT_ASSIGNED)
        and row.variable >= 0
        and row.variable not in proved
        and row.variable not in without
    ]
    for name, at in _by_name(filled.model).items():
        is_saved = (
            at not in unreached
            and at not in without
            and not filled.model.variables[at].random_state
        )
        if is_saved and held.get(at) != found.get(again.get(name, -1)):
            wrong.append(name)
    return wrong


def _by_name(model: ModelDescription) -> dict[str, int]:
    return {each.path: at for at, each in enumerate(model.variables) if each.path}
