"""Opens a SavedModel, with the checkpoint in its `variables/`."""

import os

from tfinspector.contents.findings import Finding, Unreadable
from tfinspector.contents.sources import Recognised, Source, SourceKind
from tfinspector.diagnosis.files import find_file_problems
from tfinspector.diagnosis.saved_models import find_saved_model_problems
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.openers.opened import Loaded, Opened, files_of, snapshot_of, stamp
from tfinspector.engine.reading_nothing import ReaderOfNothing, no_variables_directory
from tfinspector.formats.checkpoints.checkpoint import read_checkpoint
from tfinspector.formats.places.files import is_file, is_remote
from tfinspector.formats.saved_models.saved_model import join_variables, read_saved_model
from tfinspector.formats.saved_models.variables import declared_variables

_NO_INDEX = "there is no variables/variables.index"
_VARIABLES = os.path.join("variables", "variables")


def open_saved_model(recognised: Recognised, ticket: Ticket) -> Opened:
    """The SavedModel whose directory was recognised; raises `Unreadable`."""
    ticket.report(0, 0, f"Reading {os.path.basename(recognised.path)}")
    saved_model = read_saved_model(recognised.path)
    findings: list[Finding] = []
    loaded: list[Loaded] = []
    prefix = os.path.join(recognised.path, _VARIABLES)
    if is_file(f"{prefix}.index"):
        ticket.report(0, 0, "Reading its variables")
        try:
            loaded.append(read_checkpoint(prefix))
        except Unreadable as error:
            if is_remote(prefix) and error.finding.id == "F13":
                raise  # the connection was lost: asking again is what helps
            findings.append(error.finding)
    checkpoint = loaded[0][0] if loaded else None
    if checkpoint is not None:
        saved_model = join_variables(saved_model, checkpoint)
        findings += find_file_problems(checkpoint)
    findings += find_saved_model_problems(saved_model, checkpoint)
    shown = checkpoint
    if checkpoint is None:
        reason = findings[0].title.rstrip(".") if saved_model.variables_prefix else _NO_INDEX
        declared = declared_variables(saved_model, reason)
        if declared.variables:
            shown = declared
            loaded.append(
                (declared, ReaderOfNothing(no_variables_directory(f"{prefix}.index", reason)))
            )
    source = Source(
        SourceKind.SAVED_MODEL,
        recognised.path,
        recognised.given,
        recognised.taken_for,
        (snapshot_of(checkpoint),) if checkpoint is not None else (),
        shown,
        saved_model,
        findings=tuple(findings),
    )
    files = [saved_model.proto, f"{prefix}.index"]
    files += files_of(checkpoint) if checkpoint is not None else []
    return Opened(source, loaded, stamp(files))
