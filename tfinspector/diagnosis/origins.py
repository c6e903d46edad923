"""F08: where bytes that are not those saved come from, where their checksums tell it."""

import os
import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tfinspector.contents import numbers
from tfinspector.contents.checkpoints import Checkpoint
from tfinspector.contents.findings import Finding, Fix, Severity

if TYPE_CHECKING:  # a listing, which compares no checksums, does without these classes (3 ms)
    from tfinspector.contents.checks import BadTensor, Origin

_MOST_NAMED = 20


def explain_origin(
    checkpoint: Checkpoint, changed: "Sequence[BadTensor]", checked: int, origin: "Origin"
) -> Finding | None:
    """The finding for all the tensors that changed; None where nothing tells it."""
    if origin.zeros * 2 >= len(changed):
        return _emptied(checkpoint, changed, checked, origin.zeros)
    if len(origin.swapped) > 1:
        return _swapped(checkpoint, changed, checked, origin.swapped)
    if origin.twin:
        return _of_another(checkpoint, changed, checked, origin.twin)
    strange = [one for one in origin.of_files if one[1]]
    if len(strange) == 1 and strange[0][1] == strange[0][2] > 1:
        return _strange_file(checkpoint, changed, checked, strange[0])
    return None


def evidence_of(changed: "Sequence[BadTensor]", checked: int) -> dict[str, object]:
    """How many were checked, and both checksums of the first of those that changed."""
    return {
        "checked": checked,
        "bad": [
            {"name": one.name, "stored": f"{one.stored:08x}", "computed": f"{one.computed:08x}"}
            for one in changed[:_MOST_NAMED]
        ],
    }


def salvage_command(checkpoint: Checkpoint) -> str:
    """What saves the rest of a checkpoint as another one beside it."""
    prefix = shlex.quote(checkpoint.prefix)
    return f"tfinspector check {prefix} --salvage {shlex.quote(f'{checkpoint.prefix}-salvaged')}"


def _emptied(
    checkpoint: Checkpoint, changed: "Sequence[BadTensor]", checked: int, zeros: int
) -> Finding:
    name = os.path.basename(checkpoint.prefix)
    some = zeros < len(changed)
    are = "is" if zeros == 1 else "are"
    of_them = f"not what was saved, {zeros:,} of them {are} " if some else ""
    all_gone = len(changed) == checked
    rest = "" if all_gone else " If there is no other copy, save the others as a new checkpoint."
    return Finding(
        "F08", Severity.ERROR,
        f"{len(changed):,} of {checked:,} tensors of {name} are {of_them}nothing but zeros, which "
        f"were not saved: {_some(changed)}.",
        "The file has its length, its content never came to the disk: the machine stopped or the "
        "disk was full while it was saved, or a copy was cut off that had reserved its room.",
        checkpoint.prefix, evidence_of(changed, checked),
        Fix(f"Copy the data file again from where it was saved.{rest}",
            "" if all_gone else salvage_command(checkpoint)),
    )  # fmt: skip


def _swapped(
    checkpoint: Checkpoint, changed: "Sequence[BadTensor]", checked: int,
    swapped: Sequence[tuple[str, str]],
) -> Finding:  # fmt: skip
    file, other = swapped[0]
    moves = [f"mv {shlex.quote(file)} {shlex.quote(f'{file}.moving')}" for file, _ in swapped]
    moves += [f"mv {shlex.quote(f'{file}.moving')} {shlex.quote(other)}" for file, other in swapped]
    return Finding(
        "F08", Severity.ERROR,
        f"Data files of {os.path.basename(checkpoint.prefix)} have changed places: "
        f"{os.path.basename(file)} holds what belongs into {os.path.basename(other)}.",
        "Their checksums are those that the index tells of the other file. Nothing is lost, only "
        "the names are wrong.",
        checkpoint.prefix,
        evidence_of(changed, checked) | {"holds": {os.path.basename(a): os.path.basename(b)
                                                for a, b in swapped}},
        Fix("Give each file the name of the other.", "\n".join(moves)),
    )  # fmt: skip


def _of_another(
    checkpoint: Checkpoint, changed: "Sequence[BadTensor]", checked: int, twin: str
) -> Finding:
    name, other = os.path.basename(checkpoint.prefix), os.path.basename(twin)
    return Finding(
        "F08", Severity.ERROR,
        f"The data of {name} is that of {other}: {len(changed):,} of {checked:,} tensors do not "
        f"match its own index, and are what the index of {other} tells.",
        f"Somebody copied or renamed one of the files alone. Restoring {other} gives these values "
        "under their own names.",
        checkpoint.prefix, evidence_of(changed, checked) | {"data_of": twin},
        Fix(f"Copy the data of {name} again, or restore {other} if that is what you want.",
            f"rsync -a --checksum SOURCE/{name}.* "
            f"{shlex.quote(os.path.dirname(checkpoint.prefix) or '.')}"),
    )  # fmt: skip


def _strange_file(
    checkpoint: Checkpoint, changed: "Sequence[BadTensor]", checked: int,
    strange: tuple[str, int, int],
) -> Finding:  # fmt: skip
    file, bad, _ = strange
    name = os.path.basename(file)
    return Finding(
        "F08", Severity.ERROR,
        f"{name} comes from another save: none of the {numbers.whole(bad)} tensors in it match, "
        "and all in the other data files do.",
        "It was copied alone, or another machine saved to the same path. What lies in the other "
        "files is intact.",
        file, evidence_of(changed, checked),
        Fix("Copy this file again from where it was saved; if there is no other copy, save the "
            "others as a new checkpoint.", salvage_command(checkpoint)),
    )  # fmt: skip


def _some(changed: "Sequence[BadTensor]") -> str:
    names = [one.name for one in changed]
    return ", ".join(names[:3]) + (" ..." if len(names) > 3 else "")
