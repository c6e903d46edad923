"""F06, F07, F08: Keras files that are cut off, damaged or lack a part, and what is left."""

import os
import shlex
from collections.abc import Iterator, Sequence

from tfinspector.contents import numbers
from tfinspector.contents.checkpoints import Checkpoint, RunListing, Shard
from tfinspector.contents.checks import BadTensor
from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.keras_files import NOT_UNPACKED, KerasLayout

_MOST_NAMED = 20
_PACKED = (KerasLayout.ARCHIVE,)
_OPENING = """import h5py
path = {path!r}
"""
_OPENING_ARCHIVE = """import io, zipfile, h5py
path = io.BytesIO(zipfile.ZipFile({path!r}).read("model.weights.h5"))
"""
_UNPACKING = """with h5py.File(path) as old, h5py.File("unpacked.h5", "w") as new:
    def copy(name, item):
        if isinstance(item, h5py.Dataset):
            new.create_dataset(name, data=item[()], dtype=item.dtype)
        else:
            new.require_group(name)
        new[name].attrs.update(item.attrs)
    new.attrs.update(old.attrs)
    old.visititems(copy)"""


def find_keras_damage(checkpoint: Checkpoint) -> list[Finding]:
    """What is wrong with the bytes of a Keras file, the gravest first."""
    return [
        *_find_missing(checkpoint),
        *_find_cut_off(checkpoint),
        *_find_unreadable(checkpoint),
        *_find_packed(checkpoint),
        *_find_other(checkpoint),
    ]


def _find_missing(checkpoint: Checkpoint) -> Iterator[Finding]:
    missing = [shard for shard in checkpoint.shards if shard.size < 0]
    if missing:
        names = [os.path.basename(shard.path) for shard in missing]
        yield Finding(
            "F06", Severity.ERROR,
            f"{', '.join(names[:3])}{' ...' if len(names) > 3 else ''} "
            f"{'is' if len(names) == 1 else 'are'} missing: the variables in there are not listed.",
            "Keras loads what comes before and then fails at the missing file.",
            missing[0].path, {"missing": names[:_MOST_NAMED]},
            Fix("Copy what is missing beside the other files; one save's files belong together."),
        )  # fmt: skip


def _find_cut_off(checkpoint: Checkpoint) -> Iterator[Finding]:
    for shard in checkpoint.shards:
        if 0 <= shard.size < shard.needed:
            left = [one for one in checkpoint.variables if not one.problem]
            yield Finding(
                "F07", Severity.ERROR,
                f"{os.path.basename(shard.path)} is cut off: it has {shard.size:,} bytes, "
                f"{shard.needed:,} are needed. {_left(checkpoint, len(left))}",
                "Keras says `truncated file`, or that the file is no accessible zip file, and "
                "reads nothing of it." + (" What is shown here is intact." if left else ""),
                shard.path,
                {"size": shard.size, "needed": shard.needed,
                 "readable": [one.name for one in left[:_MOST_NAMED]]},
                Fix("Copy or download it again and compare the sizes; if the disk was full, use "
                    "the file before.", f"ls -l {shlex.quote(shard.path)}"),
            )  # fmt: skip


def _left(checkpoint: Checkpoint, left: int) -> str:
    count = len(checkpoint.variables)
    if not count:
        return "No variable could be found in it."
    return f"{left:,} of {numbers.counted(count, 'variable')} that could be found can be read."


def _find_unreadable(checkpoint: Checkpoint) -> Iterator[Finding]:
    odd = [one for one in checkpoint.variables if one.problem and NOT_UNPACKED not in one.problem]
    if odd and not _is_short(checkpoint.shards):
        refused = [one for one in odd if "not opened" in one.problem or "memory" in one.problem]
        first = odd[0]
        yield Finding(
            "K08" if refused else "F07", Severity.ERROR,
            f"{len(odd):,} of {numbers.counted(len(checkpoint.variables), 'variable')} can't be "
            f"read: {first.name} {first.problem}.",
            "Keras refuses such a file too." if refused else "The others can be read.",
            first.key, {"variables": {one.name: one.problem for one in odd[:_MOST_NAMED]}},
            Fix("Save the model again with Keras, or ask whoever made the file for one that Keras "
                "wrote.") if refused else
            Fix("Copy it again from where it was saved; if it is the same there, save the model "
                "again."),
        )  # fmt: skip


def _find_packed(checkpoint: Checkpoint) -> Iterator[Finding]:
    """Sound, but packed in a way that only the HDF5 library, perhaps with a plugin, undoes."""
    odd = [one for one in checkpoint.variables if NOT_UNPACKED in one.problem]
    if odd:
        yield Finding(
            "F12", Severity.WARNING,
            f"{len(odd):,} of {numbers.counted(len(checkpoint.variables), 'variable')} can't be "
            f"read here: {odd[0].name} {odd[0].problem}.",
            "The file is sound: Keras reads it where its h5py has the filter.",
            odd[0].key, {"variables": {one.name: one.problem for one in odd[:_MOST_NAMED]}},
            Fix("Write it without packing; for filters that h5py does not bring, `import "
                "hdf5plugin` first.", _unpacking(checkpoint)),
        )  # fmt: skip


def _unpacking(checkpoint: Checkpoint) -> str:
    layout = checkpoint.keras.layout if checkpoint.keras else None
    opening = _OPENING_ARCHIVE if layout in _PACKED else _OPENING
    return opening.format(path=checkpoint.shards[0].path) + _UNPACKING


def _is_short(shards: Sequence[Shard]) -> bool:
    return any(0 <= shard.size < shard.needed for shard in shards)


def _find_other(checkpoint: Checkpoint) -> Iterator[Finding]:
    name = os.path.basename(checkpoint.prefix)
    short = _is_short(checkpoint.shards)
    for problem in checkpoint.problems:
        if "pickled" in problem:
            yield _pickled(name, checkpoint.prefix, problem)
            continue
        missing = " missing" in problem
        if short and not missing:
            continue  # a consequence of the cut
        if missing and any(shard.size < 0 for shard in checkpoint.shards):
            continue  # told with the missing file
        yield Finding(
            "F06" if missing else "F07", Severity.ERROR if missing else Severity.WARNING,
            f"{name}: {problem.rstrip('.')}.",
            "" if missing else "Whatever else the file holds is shown.",
            checkpoint.prefix, {"problem": problem},
            Fix("Copy it again from where it was saved and compare; if it is the same there, save "
                "the model anew.", f"sha256sum {shlex.quote(checkpoint.prefix)}"),
        )  # fmt: skip


def _pickled(name: str, path: str, problem: str) -> Finding:
    return Finding(
        "K08", Severity.ERROR,
        f"{name}: {problem}, and unpickling executes code: its weights are not read.",
        "Keras refuses as well (`Object arrays cannot be loaded when allow_pickle=False`). What "
        "its configuration tells is shown.",
        path, {"problem": problem},
        Fix("Save the model again where it is at hand, with the weights as HDF5.",
            f"model.save({name!r})"),
    )  # fmt: skip


def explain_keras_check(
    checkpoint: Checkpoint, bad: Sequence[BadTensor], members: Sequence[BadTensor]
) -> list[Finding]:
    """Findings of a check: tensors that can't be read, parts of the archive that changed.

    A Keras archive has a checksum for each of its members, not for each tensor.
    """
    name = os.path.basename(checkpoint.prefix)
    findings = [*_changed_members(name, checkpoint.prefix, members)]
    known = {one.key for one in checkpoint.variables if one.problem}
    new = [one for one in bad if one.key not in known]
    findings += _newly_unreadable(name, checkpoint.prefix, new)
    return findings


def _changed_members(name: str, path: str, members: Sequence[BadTensor]) -> Iterator[Finding]:
    if members:
        yield Finding(
            "F08", Severity.ERROR,
            f"{members[0].name} in {name} is not what was saved: its checksum does not hold.",
            "Its bytes changed after the save, on the disk or on the way. Which of its variables "
            "are affected can't be told, for there is one checksum for all of them. Keras does "
            "not look at it.",
            path,
            {"members": [{"name": one.name, "stored": f"{one.stored:08x}",
                          "computed": f"{one.computed:08x}"} for one in members]},
            Fix("Copy or download the file again.", f"python -m zipfile -t {shlex.quote(path)}"),
        )  # fmt: skip


def _newly_unreadable(name: str, path: str, bad: Sequence[BadTensor]) -> Iterator[Finding]:
    if bad:
        why = (bad[0].problem or "a chunk is not what was saved").rstrip(".")
        yield Finding(
            "F08", Severity.ERROR,
            f"{numbers.counted(len(bad), 'variable')} of {name} can't be read: {why}.",
            "The file changed while it was read, or the bytes of a packed variable are damaged.",
            path, {"variables": {one.name: one.problem for one in bad[:_MOST_NAMED]}},
            Fix("Open it anew when no program is writing to it; otherwise copy it again."),
        )  # fmt: skip


def has_checksums(checkpoint: Checkpoint) -> bool:
    """Whether a change of its bytes would be noticed; always so for other files than Keras's."""
    return checkpoint.keras is None or checkpoint.keras.layout in _PACKED


def tell_of_no_checksums(paths: Sequence[str]) -> Finding:
    """That these files could be read whole, and that this proves nothing about their bytes."""
    path, name = paths[0], os.path.basename(paths[0])
    what = (
        f"{name} has no checksums" if len(paths) == 1 else f"{len(paths)} files have no checksums"
    )
    return Finding(
        "F08", Severity.INFO,
        f"{what}: what could be read may have changed since it was saved, and nobody can tell.",
        "HDF5 keeps none unless it is asked to, and Keras does not ask. A .keras file has one for "
        "each part of it.",
        path, {"files": list(paths[:_MOST_NAMED])},
        Fix("Note a checksum of the whole file when you save it.",
            f"sha256sum {shlex.quote(path)}"),
    )  # fmt: skip


def find_keras_run_problems(listing: RunListing) -> list[Finding]:
    """Snapshots of a run that are not whole."""
    return [
        Finding(
            "F07", Severity.WARNING,
            f"{os.path.basename(one.path)} is not complete: {one.problem}.",
            "Keras writes the file in place, so this save was cut off, was copied in part, or is "
            "still running.",
            one.path, {"bytes": one.nbytes, "problem": one.problem},
            Fix("Wait if a save is running; otherwise use the snapshot before it."),
        )
        for one in listing.snapshots
        if not one.complete
    ]  # fmt: skip
