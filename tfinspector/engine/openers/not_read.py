"""Says of a kind that can be told but not read what it is and what to do with it."""

from typing import NoReturn

from tfinspector.contents.sources import Recognised
from tfinspector.engine.jobs import Ticket
from tfinspector.formats.recognition.faults import foreign_file
from tfinspector.formats.recognition.file_kinds import sniff


def refuse(recognised: Recognised, ticket: Ticket) -> NoReturn:
    """Raises `Unreadable`."""
    raise foreign_file(recognised.path, sniff(recognised.path))
