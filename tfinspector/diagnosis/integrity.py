"""F08: tensors whose bytes are not those that were saved, and how that came about.

A few of many: the bytes changed where they lie (a failing disk, memory, a bad transfer). Nearly
all of them, though every size fits: the data file belongs to another save of the same model.
"""

import os
import shlex
from collections.abc import Sequence

from tfinspector.contents import numbers
from tfinspector.contents.checkpoints import Checkpoint
from tfinspector.contents.checks import BadTensor, Origin
from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.diagnosis.origins import evidence_of, explain_origin, salvage_command

_OBJECT_GRAPH_KEY = "_CHECKPOINTABLE_OBJECT_GRAPH"
_MOST_NAMED = 20
_NEARLY_ALL = 0.5  # of the tensors; a model's frozen part is the same in every save
_TOO_FEW_TO_TELL = 3


def explain_bad_tensors(
    checkpoint: Checkpoint,
    bad: Sequence[BadTensor],
    checked: int,
    seconds_between: float | None = None,
    origin: Origin | None = None,
) -> list[Finding]:
    """Findings for what a check found, of `checked` tensors read.

    `seconds_between` is by how much the data is newer than the index. Tensors that were known to
    be unreadable when the checkpoint was opened have been told by then.
    """
    known = {one.key for one in checkpoint.variables if one.problem}
    if checkpoint.graph is None:
        known.add(_OBJECT_GRAPH_KEY)
    changed = [one for one in bad if not one.problem]
    unread = [one for one in bad if one.problem and one.key not in known]
    findings = []
    fits = len(changed) == len(bad)  # what ends beyond its file would tell of a cut instead
    told = explain_origin(checkpoint, changed, checked, origin) if origin and changed else None
    if told is not None:
        findings.append(told)
    elif fits and checked >= _TOO_FEW_TO_TELL and len(changed) >= _NEARLY_ALL * checked:
        findings.append(_mixed(checkpoint, changed, checked, seconds_between))
    elif changed:
        findings.append(_rotten(checkpoint, changed, checked))
    if unread:
        findings.append(_vanished(checkpoint, unread))
    return findings


def tell_of_writer(checkpoint: Checkpoint, bad: Sequence[BadTensor]) -> Finding:
    """F08: the files changed while they were checked, so nothing can be said of these tensors."""
    name = os.path.basename(checkpoint.prefix)
    return Finding(
        "F08", Severity.ERROR,
        f"{name} was written over while it was checked: "
        f"{numbers.counted(len(bad), 'tensor')} could not be checked.",
        "A training run saves under the same name, or the files are just being copied. A save "
        "first replaces the data and then writes the index, so for a moment they do not fit.",
        checkpoint.prefix,
        {"variables": [one.name for one in bad[:_MOST_NAMED]], "count": len(bad)},
        Fix("Check again when the save has ended; see who is writing.",
            f"lsof {shlex.quote(checkpoint.prefix)}.*"),
    )  # fmt: skip


def _mixed(
    checkpoint: Checkpoint, changed: list[BadTensor], checked: int, seconds_between: float | None
) -> Finding:
    directory, name = os.path.split(checkpoint.prefix)
    evidence = evidence_of(changed, checked)
    if seconds_between is not None:
        evidence["data_newer_than_index_s"] = round(seconds_between, 3)
    return Finding(
        "F08", Severity.ERROR,
        f"The index and the data of {name} come from two different saves: {len(changed):,} of "
        f"{checked:,} tensors do not match, {_sizes(checkpoint)}.",
        "Somebody renamed or copied one of the files alone, two processes saved to the same "
        "path, or a save over an older one was cut off between the two. Which values belong to "
        "which names is then right only by luck. Data that grew may also have been sent as text, "
        "with another end for each line.",
        checkpoint.prefix, evidence,
        Fix("Copy .index and .data of one save together. While training on several machines, let "
            "the chief alone save, and the others into a directory of their own.",
            f"rsync -a --checksum SOURCE/{name}.* {shlex.quote(directory or '.')}"),
    )  # fmt: skip


def _sizes(checkpoint: Checkpoint) -> str:
    """What the sizes of the data files add to it."""
    longer = sum(max(0, one.size - one.needed) for one in checkpoint.shards)
    if not longer:
        return "though every size fits"
    return f"and the data is {numbers.counted(longer, 'byte')} longer than the index tells"


def _rotten(checkpoint: Checkpoint, changed: list[BadTensor], checked: int) -> Finding:
    names = [one.name for one in changed]
    shown = ", ".join(names[:3]) + (" ..." if len(names) > 3 else "")
    return Finding(
        "F08", Severity.ERROR,
        f"{len(changed):,} of {checked:,} tensors that could be read of "
        f"{os.path.basename(checkpoint.prefix)} are not what was saved: {shown}.",
        "Their bytes changed after the save, on the disk or on the way. The others of them are "
        "intact. TensorFlow says `DataLossError: ... Checksum does not match` at the first one.",
        checkpoint.prefix, evidence_of(changed, checked),
        Fix("Copy the data file again from where it was saved. If there is no other copy, save "
            "the others as a new checkpoint, and restore that.", salvage_command(checkpoint)),
    )  # fmt: skip


def _vanished(checkpoint: Checkpoint, unread: list[BadTensor]) -> Finding:
    first = unread[0]
    problem = first.problem.rstrip(".")
    return Finding(
        "F08", Severity.ERROR,
        f"{numbers.counted(len(unread), 'tensor')} could not be checked: {problem}.",
        "The files changed while they were read, or a tensor's own description is broken.",
        checkpoint.prefix,
        {"variables": {one.name: one.problem for one in unread[:_MOST_NAMED]}},
        Fix("Open the checkpoint anew and check again when no program is writing to it; see who "
            "is.", f"lsof {shlex.quote(checkpoint.prefix)}.*"),
    )  # fmt: skip
