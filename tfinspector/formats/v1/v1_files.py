"""The files of a V1 checkpoint: one, or shards named `PREFIX-00000-of-00002`.

A state file names shards by a pattern, `PREFIX-?????-of-00002` (`Saver.save` with `sharded=True`).
"""

import os
import re

from tfinspector.formats.bundles.bundle_index import Stamp
from tfinspector.formats.places.files import is_file, names_in, status_at

_SHARD = re.compile(r"(?P<prefix>.+)-(?P<shard>\d{5}|\?{5})-of-(?P<count>\d{5})$", re.DOTALL)
_MOST_SHARDS = 10_000


def v1_prefix(path: str) -> str:
    """The prefix of the set that a shard, or a pattern for shards, belongs to; else the path."""
    match = _SHARD.match(path)
    return match["prefix"] if match and not (_alone(path) and is_file(path)) else path


def _alone(path: str) -> bool:
    """Whether a name only looks like that of a shard: "1 of 0", "9 of 2"."""
    match = _SHARD.match(path)
    return (
        match is None or not match["shard"].isdigit() or int(match["shard"]) >= int(match["count"])
    )


def v1_files(prefix: str) -> dict[str, Stamp | None]:
    """The files of a checkpoint in their order, as they are now; None for one that is missing."""
    if is_file(prefix):
        return {prefix: _stamp(prefix)}
    directory, name = os.path.split(prefix)
    counts = set()
    try:
        names = names_in(directory or ".")
    except OSError:
        names = []
    for other in names:
        match = _SHARD.match(other)
        if match and match["prefix"] == name and match["shard"].isdigit():
            counts.add(int(match["count"]))
    if not counts:
        return {}
    count = max(counts)
    numbers = range(min(count, _MOST_SHARDS))
    paths = [f"{prefix}-{number:05d}-of-{count:05d}" for number in numbers]
    return {path: _stamp(path) for path in paths}


def _stamp(path: str) -> Stamp | None:
    try:
        status = status_at(path)
    except OSError:
        return None
    return Stamp(status.st_size, status.st_mtime_ns)
