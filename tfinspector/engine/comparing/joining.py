"""The tracks of the variables of all snapshots, renamed ones joined by a map or by suggestions."""

from collections.abc import Iterable, Mapping, Sequence

from tfinspector.contents.checkpoints import Checkpoint
from tfinspector.contents.comparisons import RenamedPair
from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable
from tfinspector.contents.restores import Rename, ValueSketch
from tfinspector.contents.variables import Variable
from tfinspector.diagnosis.drifting.renamed import suggest_renamed
from tfinspector.engine.comparing.places import Member
from tfinspector.engine.comparing.tracks import Partners, Track, Tracks
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.restoring.value_sketches import sketch_values

MOST_OPEN = 5_000
"""Of either side; more are another model, in which nothing was renamed one by one."""

_MOST_NBYTES = 1 << 28


def tracks_of(
    members: Sequence[Member], ticket: Ticket, renames: Sequence[Rename] = ()
) -> tuple[list[Track], list[RenamedPair]]:
    """The tracks, those of the first snapshot first, and the renamed pairs among them.

    `renames` are a map's: they count at every step where both of their sides are there, and must
    count somewhere. Raises `Unreadable` and `Cancelled`.
    """
    tracks, pairs = Tracks(), []
    used: set[Rename] = set()
    before: tuple[Member, Checkpoint] | None = None
    for done, member in enumerate(members):
        ticket.report(done, len(members), f"Opening {member.snapshot.path}")
        checkpoint = member.checkpoint()
        partners = tracks.partners_of(checkpoint.variables)
        if before is not None:
            told = _mapped(before[1], checkpoint, renames, used)
            tracks.join(partners, checkpoint.variables, told)
            told += _suggested(tracks, partners, before, (member, checkpoint), ticket)
            tracks.join(partners, checkpoint.variables, told)
            pairs += told
        tracks.add(checkpoint.variables, partners)
        before = (member, checkpoint)
    for rename in renames:
        if rename not in used:
            raise Unreadable(_unused(rename, members))
    return tracks.tracks, pairs


def _mapped(
    a: Checkpoint, b: Checkpoint, renames: Iterable[Rename], used: set[Rename]
) -> list[RenamedPair]:
    """The pairs of a map that lead from A to B."""
    if not renames:
        return []
    left, right = _by_any_name(a.variables), _by_any_name(b.variables)
    pairs = []
    for rename in renames:
        before, after = left.get(rename.key), right.get(rename.path)
        if before is not None and after is not None:
            used.add(rename)
            pairs.append(RenamedPair(before, after, 1.0, "The map says so."))
    return pairs


def _by_any_name(variables: Iterable[Variable]) -> dict[str, Variable]:
    """By key, name and path; a key wins over a name, a name over a path."""
    variables = list(variables)
    found = {path: each for each in variables for path in each.paths}
    found |= {each.name: each for each in variables}
    return found | {each.key: each for each in variables}


def _suggested(
    tracks: Tracks,
    partners: Partners,
    before: tuple[Member, Checkpoint],
    after: tuple[Member, Checkpoint],
    ticket: Ticket,
) -> list[RenamedPair]:
    mine = tracks.without_partner(partners)
    theirs = [
        each for each, number in zip(after[1].variables, partners, strict=True) if number is None
    ]
    if not mine or not theirs or max(len(mine), len(theirs)) > MOST_OPEN:
        return []
    ticket.report(0, 0, "Looking for renamed variables")
    joined = tracks.joined_keys(partners, after[1].variables)
    values_a = _telling_values(before[0], mine, theirs, ticket)
    values_b = _telling_values(after[0], theirs, mine, ticket)
    return list(suggest_renamed(before[1], after[1], joined, values_a, values_b))


def _telling_values(
    member: Member, variables: Sequence[Variable], others: Sequence[Variable], ticket: Ticket
) -> Mapping[str, ValueSketch]:
    """Sketches of what may have a partner of its shape and type on the other side."""
    kinds = {(each.dtype, each.shape) for each in others}
    wanted: list[Variable] = []
    nbytes = 0
    for variable in sorted(variables, key=lambda each: each.nbytes):
        if variable.problem or (variable.dtype, variable.shape) not in kinds:
            continue
        nbytes += variable.nbytes
        if nbytes > _MOST_NBYTES:
            break
        wanted.append(variable)
    if not wanted:
        return {}
    return sketch_values(member.opened.reader(member.snapshot.path), wanted, ticket)


def _unused(rename: Rename, members: Sequence[Member]) -> Finding:
    first, last = members[0].snapshot.path, members[-1].snapshot.path
    return Finding(
        "D21", Severity.ERROR,
        f"The map leads from {rename.key} to {rename.path}, but there is no such pair.",
        "“from” is a key, name or path in the older snapshot, “to” one in the newer.",
        rename.key, {"from": rename.key, "to": rename.path, "a": first, "b": last},
        Fix("See what they are called on both sides.",
            f"tfinspector list {first!r}\ntfinspector list {last!r}"),
    )  # fmt: skip
