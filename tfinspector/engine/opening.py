"""Opens whatever a path is: the one way from a path to contents, for both faces."""

from dataclasses import replace

from tfinspector.contents.checkpoints import Checkpoint
from tfinspector.contents.findings import Finding, gravest_first
from tfinspector.contents.passwords import masked
from tfinspector.contents.sources import Recognised
from tfinspector.diagnosis.given_paths import find_path_problems
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.open_source import OpenSource
from tfinspector.engine.openers.table import opener_of
from tfinspector.engine.tensorflow_places import why_not_read_by_tensorflow
from tfinspector.formats.recognition.recognise import recognise

__all__ = ["OpenSource", "open_source"]


def open_source(path: str, ticket: Ticket | None = None) -> OpenSource:
    """What `path` is and holds.

    Raises `Unreadable` with the reason and what to do, `Cancelled` if the ticket says so.
    """
    ticket = ticket or Ticket()
    ticket.report(0, 0, f"Looking at {masked(path)}")
    recognised = recognise(path)
    ticket.check()
    source, loaded, stamps = opener_of(recognised.kind)(recognised, ticket)
    findings = [*source.findings, *_about_the_path(recognised, source.checkpoint)]
    return OpenSource(replace(source, findings=tuple(gravest_first(findings))), loaded, stamps)


def _about_the_path(recognised: Recognised, opened: Checkpoint | None) -> list[Finding]:
    """What TensorFlow would say to the path; Keras reads its own files by their ending alone."""
    if opened is not None and opened.keras is not None:
        return []
    newest = "" if opened is None else opened.prefix
    return find_path_problems(recognised, newest, why_not_read_by_tensorflow(recognised.path))
