"""Says of a kind that can be told but not read what it is and what to do with it."""

import os
from typing import NoReturn

from tfinspector.contents.sources import Recognised
from tfinspector.engine.jobs import Ticket
from tfinspector.formats.recognition.faults import foreign_file, v1_shards
from tfinspector.formats.recognition.file_kinds import sniff


def refuse(recognised: Recognised, ticket: Ticket) -> NoReturn:
    """Raises `Unreadable`."""
    if not os.path.exists(recognised.path):
        raise v1_shards(recognised.path)
    raise foreign_file(recognised.path, sniff(recognised.path))
