"""F06 and F07: files of a checkpoint that are missing, cut off, or broken in parts."""

import os
import re
import shlex
from collections.abc import Iterator
from dataclasses import replace

from tfinspector.contents import numbers
from tfinspector.contents.checkpoints import Checkpoint, Shard
from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.variable_columns import VariableColumns
from tfinspector.contents.variables import Variable
from tfinspector.diagnosis.data_files import find_left_over, stands_in
from tfinspector.diagnosis.origins import salvage_command

_MOST_NAMED = 20
_REST = " If there is no other copy, save the rest as a new checkpoint."
_DATA_FILE = re.compile(r"data file (\d+)(?: of \d+)?, which (?:is|can't)")  # missing ...
_ARTICLE = re.compile(r"(the|an?|its|no) ")  # a sentence's start; file names stay as they are
_SHARD_NUMBER = re.compile(r"\.data-(\d+)-of-\d+$")


def find_file_problems(checkpoint: Checkpoint) -> list[Finding]:
    """All findings about the files of one checkpoint, the gravest first."""
    if checkpoint.keras is not None:
        from tfinspector.diagnosis.keras_damage import find_keras_damage  # for these files only

        return find_keras_damage(checkpoint)
    return [
        *_find_faulty_shards(checkpoint),
        *_find_missing_shards(checkpoint),
        *_find_short_shards(checkpoint),
        *_find_lost_blocks(checkpoint),
        *_find_other_problems(checkpoint),
        *_find_odd_variables(checkpoint),
        *find_left_over(checkpoint),
    ]


def _find_faulty_shards(checkpoint: Checkpoint) -> Iterator[Finding]:
    """Something else in place of a data file, or a file that may not be read."""
    for shard in checkpoint.shards:
        if shard.fault is None:
            continue
        lost = _variables_in(checkpoint, [shard])
        detail = shard.fault.detail + _graph_too(checkpoint)
        yield replace(
            shard.fault,
            title=f"{shard.fault.title.rstrip('.')}: {_count(lost, checkpoint)} can't be read.",
            detail=detail.strip(),
            evidence={**shard.fault.evidence, "size": shard.size, "needed": shard.needed,
                      "variables": _names(lost)},
        )  # fmt: skip


def _graph_too(checkpoint: Checkpoint) -> str:
    if any(_tells_of_shard(problem) for problem in checkpoint.problems):
        return " The object graph can't be read either: variables are named by their keys."
    return ""


def _tells_of_shard(problem: str) -> bool:
    """Whether a sentence repeats what is told of a whole data file."""
    return _DATA_FILE.search(problem) is not None


def _find_missing_shards(checkpoint: Checkpoint) -> Iterator[Finding]:
    missing = [shard for shard in checkpoint.shards if shard.size < 0 and shard.needed > 0]
    if not missing:
        return
    lost = _variables_in(checkpoint, missing)
    names = [os.path.basename(shard.path) for shard in missing]
    what = names[0] if len(names) == 1 else f"{len(names)} of {len(checkpoint.shards)} data files"
    are = "is" if len(names) == 1 else "are"
    salvage = _salvage(checkpoint)
    fix = Fix(f"Copy {', '.join(names[:3])} beside the index.{_REST if salvage else ''}", salvage)
    if len(missing) == 1 and (other := stands_in(checkpoint, missing[0])):
        fix = Fix(f"{os.path.basename(other)} has just its size: give it this name if it is the "
                  "file, and check all bytes then.",
                  f"mv {shlex.quote(other)} {shlex.quote(missing[0].path)}")  # fmt: skip
    yield Finding(
        "F06", Severity.ERROR,
        f"{what} {are} missing: {_count(lost, checkpoint)} can't be read.",
        "TensorFlow opens the checkpoint without complaint and fails at the first of them, with "
        "a bare `OpError` or `NotFoundError`." + _graph_too(checkpoint),
        missing[0].path,
        {"missing": names, "bytes_needed": sum(shard.needed for shard in missing),
         "variables": _names(lost)},
        fix,
    )  # fmt: skip


def _find_short_shards(checkpoint: Checkpoint) -> Iterator[Finding]:
    for shard in checkpoint.shards:
        if shard.fault is None and 0 <= shard.size < shard.needed:
            lost = _variables_in(checkpoint, [shard])
            name = os.path.basename(shard.path)
            salvage = _salvage(checkpoint)
            intact = " What lies before the cut is intact." if salvage else ""
            rest = _REST if salvage else ""
            yield Finding(
                "F07", Severity.ERROR,
                f"{name} is {'empty' if not shard.size else 'cut off'}: "
                f"{_count(lost, checkpoint) if lost else 'the object graph in it'} can't be read.",
                "TensorFlow says only `IndexError: Read less bytes than requested`." + intact
                + (_graph_too(checkpoint) if lost else " Variables are named by their keys."),
                shard.path,
                {"size": shard.size, "needed": shard.needed, "variables": _names(lost)},
                Fix("Copy or download the file again and compare its size; if the disk was full, "
                    f"use the checkpoint before.{rest}", salvage),
            )  # fmt: skip


def _find_lost_blocks(checkpoint: Checkpoint) -> Iterator[Finding]:
    if checkpoint.lost_blocks:
        first = checkpoint.lost_blocks[0]
        damaged = numbers.counted(
            len(checkpoint.lost_blocks),
            "block of the index is damaged", "blocks of the index are damaged",
        )  # fmt: skip
        yield Finding(
            "F07", Severity.ERROR,
            f"{damaged}: the variables listed there are unknown.",
            "TensorFlow drops them without a word when it lists the checkpoint.",
            f"{checkpoint.prefix}.index",
            {"blocks": [{"after": block.after, "up_to": block.up_to, "reason": block.reason}
                        for block in checkpoint.lost_blocks[:_MOST_NAMED]]},
            Fix(f"Copy {os.path.basename(checkpoint.prefix)}.index again from where it was saved. "
                f"Lost are the keys from {first.after!r} up to {first.up_to!r}."),
        )  # fmt: skip


def _find_other_problems(checkpoint: Checkpoint) -> Iterator[Finding]:
    for problem in checkpoint.problems:
        if _tells_of_shard(problem):
            continue
        sentence = problem[:1].upper() + problem[1:] if _ARTICLE.match(problem) else problem
        yield Finding(
            "F07", Severity.WARNING,
            sentence if sentence.endswith(".") else f"{sentence}.",
            where=f"{checkpoint.prefix}.index",
            fix=Fix("Copy the checkpoint again from where it was saved and compare; if it is the "
                    "same there, save it again.",
                    f"sha256sum {shlex.quote(checkpoint.prefix)}.*"),
        )  # fmt: skip


def _find_odd_variables(checkpoint: Checkpoint) -> Iterator[Finding]:
    """Variables whose own description is broken, not told by a whole file already."""
    odd = [
        variable
        for variable in VariableColumns.of(checkpoint.variables).unreadable()
        if not _DATA_FILE.search(variable.problem)
    ]
    if odd:
        first, rest = odd[0], _salvage(checkpoint)
        yield Finding(
            "F07", Severity.ERROR,
            f"{_count(odd, checkpoint)} can't be read: {first.name} {first.problem}.".replace(
                "..", "."
            ),
            "TensorFlow may abort the whole process when it meets such an entry.",
            first.key,
            {"variables": {one.name: one.problem for one in odd[:_MOST_NAMED]}},
            Fix(f"Copy the index again from where it was saved.{_REST if rest else ''}", rest),
        )  # fmt: skip


def _variables_in(checkpoint: Checkpoint, shards: list[Shard]) -> list[Variable]:
    """The variables that can't be read because of these data files."""
    matches = [_SHARD_NUMBER.search(shard.path) for shard in shards]
    numbers = {int(match[1]) for match in matches if match is not None}
    found = []
    for variable in checkpoint.variables:
        match = _DATA_FILE.search(variable.problem)
        if match is not None and int(match[1]) in numbers:
            found.append(variable)
    return found


def _count(lost: list[Variable], checkpoint: Checkpoint) -> str:
    return f"{len(lost):,} of {numbers.counted(len(checkpoint.variables), 'variable')}"


def _names(variables: list[Variable]) -> list[str]:
    names = [variable.name for variable in variables[:_MOST_NAMED]]
    if len(variables) > _MOST_NAMED:
        names.append(f"and {len(variables) - _MOST_NAMED:,} more")
    return names


def _salvage(checkpoint: Checkpoint) -> str:
    """What saves the rest; nothing where nothing is left."""
    sound = any(not variable.problem for variable in checkpoint.variables)
    return salvage_command(checkpoint) if sound else ""
