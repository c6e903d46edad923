"""F06: data files beside a checkpoint that are none of its own, and what they may be."""

import os
import re
import shlex
from collections.abc import Iterator
from functools import lru_cache

from tfinspector.contents import numbers
from tfinspector.contents.checkpoints import Checkpoint, Shard
from tfinspector.contents.findings import Finding, Fix, Severity

_DATA_NAME = re.compile(r"(.+)\.data-(\d{5,})-of-(\d{5,})(.*)", re.DOTALL)
_MOST_NAMED = 20


def find_left_over(checkpoint: Checkpoint) -> Iterator[Finding]:
    """Data files of another save under the same prefix, in another number of parts."""
    directory, name = os.path.split(checkpoint.prefix)
    own = {os.path.basename(shard.path) for shard in checkpoint.shards}
    if not all(map(_DATA_NAME.fullmatch, own)):
        return  # a file of another format, which has no data files
    left = [
        file
        for file, of, rest in _data_files(directory)
        if of == name and not rest and file not in own
    ]
    if not left:
        return
    paths = " ".join(shlex.quote(os.path.join(directory, file)) for file in left[:_MOST_NAMED])
    are = numbers.counted(len(left), "data file is", "data files are")
    yield Finding(
        "F06", Severity.INFO,
        f"{are} left of another save of {name}: {left[0]}{' ...' if left[1:] else ''}.",
        "A save under this name had another number of data files. The index does not speak of "
        "them; they take space, and a copy of .data-* takes them along.",
        checkpoint.prefix, {"names": left[:_MOST_NAMED]},
        Fix("Delete them when no save is running.", f"rm {paths}"),
    )  # fmt: skip


def stands_in(checkpoint: Checkpoint, missing: Shard) -> str:
    """A file beside that may be the missing data file under another name; "" if none is."""
    directory = os.path.dirname(checkpoint.prefix)
    for file, of, _ in _data_files(directory):
        path = os.path.join(directory, file)
        if os.path.exists(os.path.join(directory, f"{of}.index")) and not _has_rest(file):
            continue  # it belongs to another checkpoint
        try:
            if os.path.getsize(path) == missing.needed:
                return path
        except OSError:
            continue
    return ""


def _has_rest(file: str) -> bool:
    """Whether something follows the name, as " (1)" of a second download does."""
    match = _DATA_NAME.fullmatch(file)
    return match is not None and bool(match[4])


def _data_files(directory: str) -> tuple[tuple[str, str, str], ...]:
    """(file, the prefix it names, what follows the name); nothing where it can't be listed."""
    try:
        return _listed(directory or ".", os.stat(directory or ".").st_mtime_ns)
    except OSError:  # of another place, or gone
        return ()


@lru_cache(maxsize=8)
def _listed(directory: str, mtime_ns: int) -> tuple[tuple[str, str, str], ...]:
    """Kept for as long as the directory is the same: a run asks once for each snapshot."""
    matches = map(_DATA_NAME.fullmatch, sorted(os.listdir(directory)))
    return tuple((match[0], match[1], match[4]) for match in matches if match)
