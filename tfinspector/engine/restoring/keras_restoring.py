"""Restores a Keras file, proved variable by variable: by `load_weights` where that does all of it.

What the user's program would call is tried first. Where Keras raises, or leaves a variable without
the value that the match gives it, the model gets its old values back and every matched pair is
assigned from the file by our own reader. The report says which way it was.
"""

import os
import time
from dataclasses import replace

from tfinspector.contents.keras_files import KerasLayout
from tfinspector.contents.restores import MatchTable, Way
from tfinspector.engine.restoring.file_hashes import hash_keys
from tfinspector.engine.restoring.job import RestoreJob
from tfinspector.engine.restoring.model_reports import places_of, relayed_error_of
from tfinspector.formats.keras.archive import WEIGHTS
from tfinspector.formats.places.files import is_remote


def ask_for_places(job: RestoreJob) -> None:
    """Learn where the model's Keras looks for its variables, and what would keep it from them."""
    assert job.model is not None
    told = job.ask("keras_places", "looking where Keras keeps the variables")["places"]
    job.model = replace(job.model, keras=places_of(told))


def load_plainly(job: RestoreJob, table: MatchTable) -> dict[str, str]:
    """Keras's own call; the hashes of the file's values by key where all of them are in place.

    {} where Keras raised, left something out or can't open it where it lies; then the model holds
    what it held before.
    """
    assert job.model is not None
    if job.model.keras is None or is_remote(job.checkpoint.prefix):
        return {}
    pairs = [row for row in table.rows if row.key and row.variable >= 0]
    job.ask("remember", "remembering the model's values", variables=None)
    started = time.monotonic()
    told = job.ask("load_weights", "loading the weights", path=_as_keras_takes(job))
    job.seconds = time.monotonic() - started
    job.log += [told["log"], *told["warnings"]]
    job.load_error = relayed_error_of(told["error"])
    if job.load_error is None:
        wanted = [row for row in pairs if row.fits]
        stored = hash_keys(job.reader, [row.key for row in wanted], job.ticket).by_key
        held = job.hashes([row.variable for row in wanted])
        if all(held.get(row.variable) == stored.get(row.key) for row in wanted):
            job.way = Way.LOAD_WEIGHTS
            return stored
    job.ask("roll_back", "rolling back")
    return {}


def _as_keras_takes(job: RestoreJob) -> str:
    """The file; of an unpacked `.keras`, the one in it that has the weights."""
    described, path = job.checkpoint.keras, job.checkpoint.prefix
    if described is None or described.layout is not KerasLayout.DIRECTORY:
        return path
    return os.path.join(path, WEIGHTS)
