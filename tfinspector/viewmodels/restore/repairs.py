"""Whether a repaired checkpoint can be written, and under which name."""

from __future__ import annotations

from collections.abc import Sequence

from tfinspector.contents.restores import Outcome, Rename, RestoreReport
from tfinspector.viewmodels.restore import jobs

_KERAS_ENDINGS = (".weights.h5", ".weights.json", ".keras", ".h5", ".hdf5")


def why_not_repaired(report: RestoreReport | None, accepted: Sequence[Rename]) -> str:
    """Why there is nothing to write, "" if there is; `report` is of the last dry run or restore."""
    if report is None or report.model is None:
        return "Make a dry run first: it shows what has to be repaired."
    is_whole = report.outlook is Outcome.RESTORED and not accepted
    if is_whole and report.model.keras is None:  # a Keras file is converted
        return "Nothing has to be repaired: this checkpoint restores as it is."
    return ""


def free_prefix(prefix: str) -> str:
    """A name beside `prefix` that is not taken; for a file of Keras that of another such file."""
    ending = next((each for each in _KERAS_ENDINGS if prefix.endswith(each)), "")
    stem, ending = prefix.removesuffix(ending), ".weights.h5" if ending else ""
    made, number = f"{stem}-repaired{ending}", 2
    while jobs.is_taken(made):
        made, number = f"{stem}-repaired-{number}{ending}", number + 1
    return made
