"""F05, F06, F07, F09, F10: a run's state file, snapshots that are not whole, wrong numbering."""

import os
import re
import shlex
from collections.abc import Iterator

from tfinspector.contents import numbers
from tfinspector.contents.checkpoints import RunListing, Snapshot, StateFile
from tfinspector.contents.findings import Finding, Fix, Severity

_MOST_NAMED = 10
_STATE = "checkpoint"
_TWO_NUMBERS = re.compile(r"(.+)-(\d+)-(\d+)$", re.DOTALL)

_HOW_IT_CAME = {
    "F06": "A save writes the index last. Either it was cut off just before, or the files were "
    "copied or deleted in part.",
    "F07": "A save writes the index last, when the data files are whole. So this file was cut off "
    "or overwritten later, was copied in part, or is being copied right now.",
    "F09": "A save writes into PREFIX_temp/ first, renames the data files and writes the index "
    "last, so this one was cut off, was copied in part, or is still running.",
}


def find_run_problems(listing: RunListing) -> list[Finding]:
    """All findings about a run, the gravest first."""
    return [
        *_find_broken_state(listing),
        *_find_misnamed_state(listing),
        *_find_other_folder(listing),
        *_find_stale_paths(listing),
        *_find_unfinished(listing),
        *find_double_numbers([snapshot.path for snapshot in listing.snapshots]),
        *_find_older_latest(listing),
        *_find_unmentioned(listing),
    ]


def find_double_numbers(prefixes: list[str]) -> list[Finding]:
    """F10: `checkpoint.save(manager.save())` numbers a name that has its number already."""
    names = [os.path.basename(prefix) for prefix in prefixes]
    doubled = [name for name in names if _TWO_NUMBERS.match(name)]
    # A date in the name ("run-2024-05") is no second save: the first number must be a snapshot
    # of its own, or the two count together.
    found = [name for name in doubled if _counts_on(name, names)]
    if not found:
        return []
    return [
        Finding(
            "F10", Severity.WARNING,
            f"{found[0]} was saved twice over: its name carries two numbers of one counter.",
            "`checkpoint.save(manager.save())` saves under the name that the manager just used. "
            "The manager does not know the second file, never deletes it, and the state file "
            "may point to it.",
            found[0], {"names": found[:_MOST_NAMED]},
            Fix("Use exactly one of the two.", "path = manager.save()  # and no checkpoint.save()"),
        )
    ]  # fmt: skip


def _counts_on(name: str, names: list[str]) -> bool:
    match = _TWO_NUMBERS.match(name)
    if match is None:
        return False
    start, first, second = match[1], int(match[2]), int(match[3])
    return second == first + 1 and (f"{start}-{match[2]}" in names or len(match[2]) < 4)


def _find_broken_state(listing: RunListing) -> Iterator[Finding]:
    state = listing.state
    if state is not None and state.problem:
        yield Finding(
            "F05", Severity.WARNING,
            f"The state file {state.problem}; TensorFlow ignores it.",
            "`tf.train.latest_checkpoint` then returns None, with a line in the log only. The "
            "checkpoints themselves are not touched by it.",
            state.path, {"problem": state.problem},
            _rewrite_state(listing),
        )  # fmt: skip


def _find_misnamed_state(listing: RunListing) -> Iterator[Finding]:
    """A state file that a mail program or a browser gave an ending."""
    path = os.path.join(listing.path, f"{_STATE}.txt")
    if listing.state is not None or not os.path.isfile(path):
        return
    yield Finding(
        "F05", Severity.WARNING,
        f"The state file is called {_STATE}.txt, so TensorFlow does not see it.",
        "`tf.train.latest_checkpoint` returns None, and `restore(None)` restores nothing without "
        "a word.",
        path, {},
        Fix("Give it back its name.",
            f"mv {shlex.quote(path)} {shlex.quote(os.path.join(listing.path, _STATE))}"),
    )  # fmt: skip


def _find_other_folder(listing: RunListing) -> Iterator[Finding]:
    """A run that was copied: the state file still leads to the place it was copied from."""
    state = listing.state
    if state is None or state.latest not in state.elsewhere:
        return
    other = _resolved(state, state.latest)
    yield Finding(
        "F05", Severity.WARNING,
        f"The state file leads to another folder: latest_checkpoint returns {other}, and "
        "restoring that takes the other folder's weights.",
        f"This run was copied, and the place named in its state file still exists: "
        f"{os.path.dirname(other)}. TensorFlow restores from there without a word, whatever "
        f"lies in {listing.path}.",
        state.path,
        {"latest_checkpoint": other, "elsewhere": list(state.elsewhere[:_MOST_NAMED]),
         "found": [one.path for one in listing.snapshots[-_MOST_NAMED:]]},
        _rewrite_state(listing),
    )  # fmt: skip


def _find_stale_paths(listing: RunListing) -> Iterator[Finding]:
    """Entries that lead nowhere: absolute ones of a moved run, and deleted snapshots."""
    state = listing.state
    if state is None or state.problem:  # what could not be understood names nothing
        return
    here = {snapshot.path for snapshot in listing.snapshots}
    known = {*state.here, *state.elsewhere} if state.latest in state.elsewhere else {*state.here}
    written = [one for one in dict.fromkeys((*state.all_paths, state.latest)) if one not in known]
    stale = [path for path in written if path and _resolved(state, path) not in here]
    moved = [path for path in stale if _beside(state, path) in here]
    gone = [path for path in stale if path not in moved]
    latest_is_dead = state.latest in stale
    if moved:
        yield Finding(
            "F05", Severity.WARNING,
            f"The state file still names the place where this run was before, "
            f"{os.path.dirname(moved[-1])}.",
            "`tf.train.latest_checkpoint` returns None, and `restore(None)` restores nothing "
            "without a word. The checkpoints are all here.",
            state.path, {"written": moved[:_MOST_NAMED],
                         "found": [_beside(state, path) for path in moved[:_MOST_NAMED]]},
            _rewrite_state(listing),
        )  # fmt: skip
    if gone:
        names = [os.path.basename(path) for path in gone]
        there = numbers.counted(len(gone), "checkpoint that is", "checkpoints that are")
        yield Finding(
            "F05", Severity.WARNING if latest_is_dead else Severity.INFO,
            f"The state file names {there} not here: "
            f"{', '.join(names[:3])}{' ...' if len(names) > 3 else ''}.",
            "`tf.train.latest_checkpoint` returns None." if latest_is_dead else
            "They were deleted or never copied; the latest one is here.",
            state.path, {"missing": gone[:_MOST_NAMED]},
            _rewrite_state(listing),
        )  # fmt: skip


def _find_unfinished(listing: RunListing) -> Iterator[Finding]:
    broken = [snapshot for snapshot in listing.snapshots if not snapshot.complete]
    for snapshot in broken[:_MOST_NAMED]:
        yield unfinished(snapshot, listing)
    finished = {os.path.basename(one.path) for one in listing.snapshots if one.complete}
    orphans = [
        name
        for name in listing.leftovers
        if os.path.basename(name.partition("_temp")[0].partition(".tempstate")[0]) in finished
        or ".tempstate" in name
    ]
    if orphans:
        left = numbers.counted(
            len(orphans), "temporary file or folder is left", "temporary files or folders are left"
        )
        yield Finding(
            "F09", Severity.INFO,
            f"{left} of a save that did not end.",
            "They take space only, unless a save is running right now.",
            listing.path, {"names": orphans[:_MOST_NAMED]},
            Fix("Delete them when no save is running.",
                "\n".join(f"rm -r {os.path.join(listing.path, one)!r}" for one in orphans[:3])),
        )  # fmt: skip


def unfinished(
    snapshot: Snapshot, listing: RunListing, severity: Severity = Severity.WARNING
) -> Finding:
    """A snapshot that is not whole: F09 where its save did not end, else what came of its files."""
    name, id = os.path.basename(snapshot.path), snapshot.problem_id or "F09"
    return Finding(
        id, severity,
        f"{name} is not complete: {snapshot.problem}.",
        _HOW_IT_CAME.get(id, ""),
        snapshot.path, {"bytes": snapshot.nbytes, "problem": snapshot.problem},
        _salvage(snapshot, listing),
    )  # fmt: skip


def _find_older_latest(listing: RunListing) -> Iterator[Finding]:
    """F10: the state file's latest is not the one with the highest step."""
    state = listing.state
    whole = [one for one in listing.snapshots if one.complete and one.step is not None]
    if state is None or not state.latest or len(whole) < 2:
        return
    latest = {_resolved(state, state.latest), _beside(state, state.latest)}
    newest = whole[-1]
    named = next((one for one in whole if one.path in latest), None)
    if named is None or named.step == newest.step:
        return
    if (named.step or 0) < (newest.step or 0) and (named.time or 0) >= (newest.time or 0):
        detail = "It was saved later all the same, so the numbers began anew in this directory."
    else:
        detail = "Another program may have written here, or the file was copied from elsewhere."
    yield Finding(
        "F10", Severity.WARNING,
        f"The state file calls {os.path.basename(named.path)} the latest, but "
        f"{os.path.basename(newest.path)} has the highest number.",
        f"{detail} `tf.train.latest_checkpoint` returns {os.path.basename(named.path)}.",
        state.path, {"latest": state.latest, "highest": newest.path},
        Fix("Restore the one you mean by its own path.", f"checkpoint.restore({newest.path!r})"),
    )  # fmt: skip


def _find_unmentioned(listing: RunListing) -> Iterator[Finding]:
    """F10: checkpoints that the state file does not know are never deleted nor chosen."""
    state = listing.state
    if state is None or state.problem:
        return
    known = {_resolved(state, path) for path in (*state.all_paths, state.latest)}
    known |= {_beside(state, path) for path in (*state.all_paths, state.latest)}
    unknown = [one for one in listing.snapshots if one.complete and one.path not in known]
    if unknown:
        names = [os.path.basename(one.path) for one in unknown]
        here = numbers.counted(len(names), "checkpoint here is", "checkpoints here are")
        yield Finding(
            "F10", Severity.INFO,
            f"{here} not in the state file: "
            f"{', '.join(names[:3])}{' ...' if len(names) > 3 else ''}.",
            "`Checkpoint.write` does not enter them, and a manager forgets what another one "
            "saved. TensorFlow neither chooses nor deletes them.",
            state.path, {"names": names[:_MOST_NAMED]},
        )  # fmt: skip


def _resolved(state: StateFile, written: str) -> str:
    return os.path.normpath(os.path.join(os.path.dirname(state.path), written))


def _beside(state: StateFile, written: str) -> str:
    return os.path.join(os.path.dirname(state.path), os.path.basename(written))


def _rewrite_state(listing: RunListing) -> Fix:
    names = [os.path.relpath(one.path, listing.path) for one in listing.snapshots if one.complete]
    if not names:
        return Fix("Copy the checkpoints' .index and .data files into this directory.")
    return Fix(
        "Restore by the path that was found, or write the state file anew.",
        f"checkpoint.restore({os.path.join(listing.path, names[-1])!r})\n"
        "# or, so that latest_checkpoint finds it again:\n"
        f"tf.compat.v1.train.update_checkpoint_state({listing.path!r}, {names[-1]!r},\n"
        f"    all_model_checkpoint_paths={names!r})",
    )


def _salvage(snapshot: Snapshot, listing: RunListing) -> Fix:
    whole = [one for one in listing.snapshots if one.complete]
    name = os.path.basename(snapshot.path)
    if f"{name}_temp" in listing.leftovers:
        part = f"{snapshot.path}_temp/part-00000-of-00001"
        return Fix(
            "Wait if a save is running. Otherwise each part may be opened as a checkpoint of its "
            "own; call `checkpoint.sync()` before a program with asynchronous saves ends.",
            f"tfinspector list {part!r}",
        )
    if whole:
        newest = whole[-1].path
        return Fix(
            f"Copy its files again, or use {os.path.basename(newest)}, the last complete one.",
            f"checkpoint.restore({newest!r})",
        )
    return Fix("Copy all files of the set again, .index and every .data file.")
