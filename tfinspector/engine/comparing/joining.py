"""The tracks of the variables of all snapshots that are compared."""

from collections.abc import Sequence

from tfinspector.engine.comparing.places import Member
from tfinspector.engine.comparing.tracks import Track, Tracks
from tfinspector.engine.jobs import Ticket


def tracks_of(members: Sequence[Member], ticket: Ticket) -> list[Track]:
    """In the order of the newest snapshot; what it lacks comes last. Raises `Unreadable`."""
    tracks = Tracks()
    for done, member in enumerate(members):
        ticket.report(done, len(members), f"Opening {member.snapshot.path}")
        checkpoint = member.checkpoint()
        tracks.add(checkpoint.variables)
    return tracks.tracks
