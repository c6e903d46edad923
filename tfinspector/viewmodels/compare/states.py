"""What became of a variable from A to B, and how that is shown."""

from __future__ import annotations

from enum import StrEnum

from tfinspector.viewmodels.restore.states import Sign


class Became(StrEnum):
    """One of these for every row, those to look at first. A renamed one moved or stayed besides."""

    UNREAD = "unread"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    MOVED = "moved"
    IDENTICAL = "identical"


STATES = tuple(Became)

SIGNS = {
    Became.UNREAD: Sign("error", "wrong", "not read"),
    Became.CHANGED: Sign("mismatch", "attention", "changed"),
    Became.ADDED: Sign("added", "attention", "added"),
    Became.REMOVED: Sign("missing", "attention", "removed"),
    Became.RENAMED: Sign("rename", "text", "renamed"),
    Became.MOVED: Sign("moved", "text", "moved"),
    Became.IDENTICAL: Sign("matched", "muted", "identical"),
}

MEANINGS = {
    Became.UNREAD: "On both sides, but the values could not be read on one of them",
    Became.CHANGED: "On both sides, with another shape or type",
    Became.ADDED: "Only in B",
    Became.REMOVED: "Only in A",
    Became.RENAMED: "On both sides, under another name in B",
    Became.MOVED: "On both sides in one shape and type, with other values",
    Became.IDENTICAL: "On both sides, the same bit for bit",
}
