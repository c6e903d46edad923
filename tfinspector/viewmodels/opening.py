"""Opening what a person pointed at: one source, or all that lie in a folder."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tfinspector.contents.findings import Finding, Unreadable

if TYPE_CHECKING:
    from tfinspector.engine.jobs import Ticket
    from tfinspector.engine.opening import OpenSource

    Opened = tuple[str, OpenSource | Finding]


def open_all(
    open_one: Callable[[str, Ticket], OpenSource], path: str, ticket: Ticket
) -> list[Opened]:
    """`path` opened, or each source in it where it is a folder of several.

    Raises `Unreadable` if `path` is neither; of several, one that can't be opened is a finding.
    """
    try:
        return [(path, open_one(path, ticket))]
    except Unreadable as several:
        if not several.choices:
            raise
        choices = several.choices
    return [(choice, _opened_or_why_not(open_one, choice, ticket)) for choice in choices]


def _opened_or_why_not(
    open_one: Callable[[str, Ticket], OpenSource], path: str, ticket: Ticket
) -> OpenSource | Finding:
    try:
        return open_one(path, ticket)
    except Unreadable as error:
        return error.finding
