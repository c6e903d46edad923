"""Opens whatever a path is: the one way from a path to contents, for both faces."""

import os
from collections.abc import Callable
from dataclasses import replace

from tfinspector.contents.checkpoints import Checkpoint, RunListing, Snapshot
from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable
from tfinspector.contents.sources import Recognised, Source, SourceKind
from tfinspector.diagnosis.files import find_file_problems
from tfinspector.diagnosis.given_paths import find_path_problems
from tfinspector.diagnosis.runs import find_double_numbers, find_run_problems, unfinished
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.open_source import Loaded, OpenSource, Stamps, stamp
from tfinspector.engine.reading_nothing import ReaderOfNothing
from tfinspector.formats.checkpoints.checkpoint import read_checkpoint
from tfinspector.formats.checkpoints.run import list_run
from tfinspector.formats.checkpoints.state_file import STATE_FILE_NAME
from tfinspector.formats.recognition.faults import cannot_look
from tfinspector.formats.recognition.file_names import step_in_name
from tfinspector.formats.recognition.recognise import recognise

__all__ = ["OpenSource", "open_source"]

_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
_NOTHING_THERE = frozenset({"F03", "F06"})  # no index, so nothing can be told of what is there
_NO_INDEX = "there is no variables/variables.index"
_VARIABLES = os.path.join("variables", "variables")


def open_source(path: str, ticket: Ticket | None = None) -> OpenSource:
    """What `path` is and holds.

    Raises `Unreadable` with the reason and what to do, `Cancelled` if the ticket says so.
    """
    ticket = ticket or Ticket()
    ticket.report(0, 0, f"Looking at {path}")
    recognised = recognise(path)
    ticket.check()
    opener = _OPENERS.get(recognised.kind, _not_yet)
    source, loaded, stamps = opener(recognised, ticket)
    newest = source.checkpoint.prefix if source.checkpoint else ""
    findings = [*source.findings, *find_path_problems(recognised, newest)]
    findings.sort(key=lambda finding: _RANK[finding.severity])
    return OpenSource(replace(source, findings=tuple(findings)), loaded, stamps)


_Opened = tuple[Source, list[Loaded], Stamps]


def _open_checkpoint(recognised: Recognised, ticket: Ticket) -> _Opened:
    prefix = recognised.path
    try:
        loaded = read_checkpoint(prefix)
    except Unreadable as error:
        raise _with_neighbours(error, recognised) from error
    checkpoint = loaded[0]
    source = Source(
        SourceKind.CHECKPOINT,
        prefix,
        recognised.given,
        recognised.taken_for,
        (_snapshot_of(checkpoint),),
        checkpoint,
        findings=(*find_file_problems(checkpoint), *find_double_numbers([prefix])),
    )
    return source, [loaded], stamp(_files_of(checkpoint))


def _open_run(recognised: Recognised, ticket: Ticket) -> _Opened:
    try:
        listing = list_run(recognised.path)
    except OSError as error:
        raise cannot_look(recognised.path, error) from error
    loaded, listing, failures = _newest_readable(listing, ticket)
    checkpoint = loaded[0]
    findings = [*failures, *find_file_problems(checkpoint), *find_run_problems(listing)]
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
    stamps = stamp([*_files_of(checkpoint), os.path.join(recognised.path, STATE_FILE_NAME)])
    return source, [loaded], stamps | stamp([one.path + ".index" for one in listing.snapshots])


def _newest_readable(
    listing: RunListing, ticket: Ticket
) -> tuple[Loaded, RunListing, list[Finding]]:
    """The newest complete snapshot that opens; those that don't are marked and told."""
    failures: list[Finding] = []
    first: Unreadable | None = None
    snapshots = list(listing.snapshots)
    whole = [place for place, one in enumerate(snapshots) if one.complete]
    broken = [place for place, one in enumerate(snapshots) if not one.complete]
    for place in [*reversed(whole), *reversed(broken)]:
        ticket.report(0, 0, f"Reading {os.path.basename(snapshots[place].path)}")
        try:
            loaded = read_checkpoint(snapshots[place].path)
        except Unreadable as error:
            first = first or error
            if snapshots[place].complete:
                failures.append(error.finding)
                snapshots[place] = replace(
                    snapshots[place], complete=False, problem=error.finding.title.rstrip(".")
                )
            continue
        return loaded, replace(listing, snapshots=tuple(snapshots)), failures
    if first is None:
        raise Unreadable(_nothing_in_run(listing))
    if first.finding.id in _NOTHING_THERE and broken:
        raise Unreadable(unfinished(snapshots[broken[-1]], listing, Severity.ERROR))
    raise first


def _open_saved_model(recognised: Recognised, ticket: Ticket) -> _Opened:
    # Imported here: reading SavedModels needs protobuf, which a checkpoint does not.
    from tfinspector.diagnosis.saved_models import find_saved_model_problems
    from tfinspector.formats.saved_models.saved_model import join_variables, read_saved_model
    from tfinspector.formats.saved_models.variables import declared_variables

    ticket.report(0, 0, f"Reading {os.path.basename(recognised.path)}")
    saved_model = read_saved_model(recognised.path)
    findings: list[Finding] = []
    loaded: list[Loaded] = []
    prefix = os.path.join(recognised.path, _VARIABLES)
    if os.path.exists(f"{prefix}.index"):
        ticket.report(0, 0, "Reading its variables")
        try:
            loaded.append(read_checkpoint(prefix))
        except Unreadable as error:
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
            loaded.append((declared, ReaderOfNothing(f"{prefix}.index", reason)))
    source = Source(
        SourceKind.SAVED_MODEL,
        recognised.path,
        recognised.given,
        recognised.taken_for,
        (_snapshot_of(checkpoint),) if checkpoint is not None else (),
        shown,
        saved_model,
        findings=tuple(findings),
    )
    files = [saved_model.proto, f"{prefix}.index"]
    files += _files_of(checkpoint) if checkpoint is not None else []
    return source, loaded, stamp(files)


def _not_yet(recognised: Recognised, ticket: Ticket) -> _Opened:
    from tfinspector.formats.recognition.faults import foreign_file, unpacked_keras, v1_shards
    from tfinspector.formats.recognition.file_kinds import sniff

    if os.path.isdir(recognised.path):
        raise unpacked_keras(recognised.path)
    if not os.path.exists(recognised.path):
        raise v1_shards(recognised.path)
    raise foreign_file(recognised.path, sniff(recognised.path))


_OPENERS: dict[SourceKind, Callable[[Recognised, Ticket], _Opened]] = {
    SourceKind.CHECKPOINT: _open_checkpoint,
    SourceKind.RUN: _open_run,
    SourceKind.SAVED_MODEL: _open_saved_model,
}


def _snapshot_of(checkpoint: Checkpoint) -> Snapshot:
    nbytes = checkpoint.index_nbytes + sum(max(shard.size, 0) for shard in checkpoint.shards)
    step = step_in_name(os.path.basename(checkpoint.prefix))
    short = [one for one in checkpoint.shards if one.fault or one.size < one.needed]
    fault = next((one.fault for one in short if one.fault), None)
    return Snapshot(
        checkpoint.prefix,
        step,
        "file name" if step is not None else "file time",
        checkpoint.mtime,
        nbytes,
        not short,
        fault.title if fault else "a data file is missing or cut off" if short else "",
    )


def _files_of(checkpoint: Checkpoint) -> list[str]:
    return [f"{checkpoint.prefix}.index", *(shard.path for shard in checkpoint.shards)]


def _with_neighbours(error: Unreadable, recognised: Recognised) -> Unreadable:
    """The error, with the other checkpoints of the directory where the fix is to use one."""
    try:
        listing = list_run(os.path.dirname(recognised.path))
    except OSError:
        return error
    whole = [one for one in listing.snapshots if one.complete and one.path != recognised.path]
    mine = next((one for one in listing.snapshots if one.path == recognised.path), None)
    finding = error.finding
    if mine is not None and finding.id in _NOTHING_THERE and "_temp/" in mine.problem:
        finding = unfinished(mine, listing, Severity.ERROR)
    elif not whole:
        return error
    evidence = dict(finding.evidence) | {"others": [one.path for one in whole[-5:]]}
    return Unreadable(replace(finding, evidence=evidence))


def _nothing_in_run(listing: RunListing) -> Finding:
    name = os.path.basename(listing.path)
    return Finding(
        "F03", Severity.ERROR,
        f"{name} holds no checkpoint any more.",
        where=listing.path,
        fix=Fix("Choose the directory that your program saves into."),
    )  # fmt: skip
