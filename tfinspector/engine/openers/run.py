"""Opens a run: its newest snapshot that can be read, whatever kind of file that is."""

import os
from collections.abc import Callable
from dataclasses import replace

from tfinspector.contents.checkpoints import RunListing, Snapshot
from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable
from tfinspector.contents.sources import Recognised, Source, SourceKind
from tfinspector.diagnosis.files import find_file_problems
from tfinspector.diagnosis.runs import find_run_problems, unfinished
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.openers.checkpoint import NOTHING_THERE
from tfinspector.engine.openers.opened import Loaded, Opened, files_of, stamp
from tfinspector.engine.openers.run_listing import list_snapshots
from tfinspector.formats.checkpoints.state_file import STATE_FILE_NAME
from tfinspector.formats.places.files import is_remote, names_in
from tfinspector.formats.recognition.faults import cannot_look


def open_run(
    recognised: Recognised, ticket: Ticket, read_snapshot: Callable[[str], Loaded]
) -> Opened:
    """The run whose directory was recognised; `read_snapshot` opens one. Raises `Unreadable`."""
    try:
        listing = list_snapshots(recognised.path)
        telling = [name for one in listing.snapshots for name in _telling(one)]
    except OSError as error:
        raise cannot_look(recognised.path, error) from error
    loaded, listing, failures = _newest_readable(listing, ticket, read_snapshot)
    checkpoint = loaded[0]
    about_run = find_run_problems
    if checkpoint.keras is not None:
        from tfinspector.diagnosis.keras_damage import find_keras_run_problems as about_run
    findings = [*failures, *find_file_problems(checkpoint), *about_run(listing)]
    source = Source(
        SourceKind.RUN,
        recognised.path,
        recognised.given,
        recognised.taken_for,
        listing.snapshots,
        checkpoint,
        state=listing.state,
        findings=tuple(findings),
    )
    state_file = os.path.join(recognised.path, STATE_FILE_NAME)
    return Opened(source, [loaded], stamp([*files_of(checkpoint), state_file, *telling]))


def _telling(snapshot: Snapshot) -> list[str]:
    """The file of a snapshot that every save changes; of one that is not whole yet, all of them."""
    path = snapshot.path
    if os.path.lexists(path):
        return [path]
    if snapshot.complete or is_remote(path):
        return [f"{path}.index"]
    folder, name = os.path.split(path)
    data = [each for each in names_in(folder) if each.startswith(f"{name}.data-")]
    return [f"{path}.index", *(os.path.join(folder, each) for each in data)]


def _newest_readable(
    listing: RunListing, ticket: Ticket, read_snapshot: Callable[[str], Loaded]
) -> tuple[Loaded, RunListing, list[Finding]]:
    """The newest complete snapshot that opens; those that don't are marked and told."""
    failures: list[Finding] = []
    first: Unreadable | None = None
    snapshots = list(listing.snapshots)
    whole = [place for place, one in enumerate(snapshots) if one.complete]
    broken = [place for place, one in enumerate(snapshots) if not one.complete]
    for place in [*reversed(whole), *reversed(broken)]:
        ticket.report(0, 0, f"Reading {snapshots[place].name}")
        try:
            loaded = read_snapshot(snapshots[place].path)
        except Unreadable as error:
            first = first or error
            if snapshots[place].complete:
                failures.append(error.finding)
                snapshots[place] = replace(
                    snapshots[place], complete=False,
                    problem=error.finding.title.rstrip("."), problem_id=error.finding.id,
                )  # fmt: skip
            continue
        return loaded, replace(listing, snapshots=tuple(snapshots)), failures
    if first is None:
        raise Unreadable(_nothing_in_run(listing))
    if first.finding.id in NOTHING_THERE and broken:
        raise Unreadable(unfinished(snapshots[broken[-1]], listing, Severity.ERROR))
    raise first


def _nothing_in_run(listing: RunListing) -> Finding:
    name = os.path.basename(listing.path)
    return Finding(
        "F03", Severity.ERROR,
        f"{name} holds no checkpoint any more.",
        where=listing.path,
        fix=Fix("Choose the directory that your program saves into."),
    )  # fmt: skip
