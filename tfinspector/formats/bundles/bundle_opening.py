"""Opens a tensor bundle (V2 checkpoint) by its prefix.

Source: `core/util/tensor_bundle/tensor_bundle.cc`, `naming.cc`. The index is read in one go and
closed; of the data files only the sizes and first bytes are looked at. TensorFlow aborts its
process on several kinds of malformed index, so whatever is wrong is told per tensor, or as a
sentence.
"""

import os
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from tfinspector.formats import faults
from tfinspector.formats.bundles.bundle_index import Bundle, Entries, Stamp, shard_path, unreachable
from tfinspector.formats.bundles.entries import Entry, Header, decode_entry, decode_header
from tfinspector.formats.bundles.impostors import find_impostor
from tfinspector.formats.bundles.packed import Packed
from tfinspector.formats.bundles.partitions import Partition, assemble, slice_keys
from tfinspector.formats.bundles.survey import Survey, survey
from tfinspector.formats.bundles.table import FOOTER_NBYTES, MAGIC, Table, read_table
from tfinspector.formats.places.files import names_in, open_file, status_at, status_of
from tfinspector.formats.texts import Texts
from tfinspector.formats.wire import Malformed, text

if TYPE_CHECKING:
    from tfinspector.formats.places.files import Status

_ATTEMPTS = 3
_MISSING = Stamp(-1, 0)
_SNIFF_NBYTES = 512
_MOST_SHARDS = 10_000  # a header that claims more is not believed: the used ones are looked at


def read_bundle(prefix: str, check: bool = True) -> Bundle:
    """Opens the checkpoint `prefix` (no suffix); raises `Unreadable` if its index can't be read.

    With `check=False` also those parts of the index are taken whose checksums do not hold. If a
    save is just writing over the index, it is read again, so that it belongs to the data files.
    """
    for _ in range(_ATTEMPTS):
        data, status = _read_index(prefix)
        bundle = _build(prefix, data, status.st_mtime, check)
        if _stamp(f"{prefix}.index") in (Stamp(status.st_size, status.st_mtime_ns), _MISSING):
            return bundle
    busy = "The index kept changing while it was read: a save is writing it; reload it later."
    return replace(bundle, problems=(*bundle.problems, busy))


def _build(prefix: str, data: bytes, mtime: float, check: bool) -> Bundle:
    try:
        table = read_table(data, check)
    except Malformed as error:
        raise faults.damaged_index(f"{prefix}.index", len(data), error.finding.title) from None
    has_header = len(table.keys) > 0 and not table.keys[0]
    header, problems = _header(prefix, table.values[0] if has_header else None)
    if has_header:
        table = Table(table.keys[1:], table.values[1:], table.lost)
    names = table.keys.texts()
    if not (ordered := table.keys.is_ascending()):
        problems.append("The keys of the index are not in order, so TensorFlow may miss some.")
    surveyed = survey(table.values)
    needed = _needed(surveyed)
    stamps = _with_faults(prefix, header, _stamps(prefix, header, surveyed), needed)
    _tell_unreachable(surveyed, header, stamps)
    parts = _partition(table, surveyed)
    problems += parts.problems
    if names is None or not ordered:
        names = _distinct([text(key) for key in table.keys])
    keys, entries = _visible(names, table.values, surveyed, parts)
    return Bundle(
        prefix, keys, header, table.lost, tuple(problems), len(data), mtime,
        stamps, needed, entries,
    )  # fmt: skip


def _read_index(prefix: str) -> tuple[bytes, "Status"]:
    """The whole file, if it ends like an index (a foreign file may be huge), and its status."""
    path = f"{prefix}.index"
    try:
        with open_file(path) as file:
            status = status_of(file)
            file.seek(max(status.st_size - FOOTER_NBYTES, 0))
            if not file.read(FOOTER_NBYTES).endswith(MAGIC):
                file.seek(0)
                raise faults.not_a_table(path, file.read(_SNIFF_NBYTES), status.st_size)
            file.seek(0)
            return file.readall(), status
    except FileNotFoundError:
        raise faults.no_index(prefix, sorted(_data_files(prefix))) from None
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        raise faults.cannot_open(path, error) from error


def _data_files(prefix: str) -> dict[str, int]:
    """Names of the prefix's data files that are there -> the number of shards in the name."""
    directory, name = os.path.split(prefix)
    pattern = re.compile(re.escape(name) + r"\.data-\d{5,}-of-(\d{5,9})")
    try:
        matches = map(pattern.fullmatch, names_in(directory or "."))
    except (OSError, ValueError):
        return {}
    return {match[0]: int(match[1]) for match in matches if match}


def _header(prefix: str, value: bytes | None) -> tuple[Header, list[str]]:
    """The header that the bytes say; worked out from the file names where there is none."""
    reason = "The index has no header"
    if value is not None:
        if value.startswith(b"\x0a"):
            raise faults.version_one(f"{prefix}.index")
        try:
            header = decode_header(value)
            return header, list(header.problems)
        except Malformed as error:
            reason = f"The header of the index can't be decoded ({error.finding.title})"
    header = Header(num_shards=max(_data_files(prefix).values(), default=1))
    return header, [f"{reason}; the number of data files is taken from their names."]


def _stamps(prefix: str, header: Header, surveyed: Survey) -> dict[int, Stamp]:
    """Size and time of each data file that the header or an entry speaks of."""
    count = header.num_shards
    used = set(surveyed.shard[surveyed.nbytes > 0].tolist())
    shards = sorted({*range(min(count, _MOST_SHARDS)), *(s for s in used if 0 <= s < count)})
    return {shard: _stamp(shard_path(prefix, shard, count)) for shard in shards}


def _stamp(path: str) -> Stamp:
    try:
        status = status_at(path)
    except OSError:
        return _MISSING
    return Stamp(status.st_size, status.st_mtime_ns)


def _with_faults(
    prefix: str, header: Header, stamps: dict[int, Stamp], needed: dict[int, int]
) -> dict[int, Stamp]:
    """With what keeps whole data files from being read, where the index places bytes in them."""
    for shard, stamp in stamps.items():
        if stamp.nbytes < 0 or not needed.get(shard):
            continue
        path = shard_path(prefix, shard, header.num_shards)
        try:
            status = status_at(path)
        except OSError:  # gone by now: its tensors tell
            continue
        if fault := find_impostor(path, status, needed[shard]):
            stamps[shard] = stamp._replace(fault=fault)
    return stamps


def _needed(surveyed: Survey) -> dict[int, int]:
    """How long each data file must at least be."""
    needed: dict[int, int] = {}
    for shard in sorted(set(surveyed.shard.tolist())):  # np.unique would import numpy.ma: 11 ms
        ends = surveyed.end[(surveyed.shard == shard) & (surveyed.nbytes > 0)]
        needed[shard] = int(ends.max(initial=0))
    return needed


def _tell_unreachable(surveyed: Survey, header: Header, stamps: dict[int, Stamp]) -> None:
    """Gives a problem to every description whose bytes can't be where the index says."""
    sizes = np.full(max(stamps, default=0) + 2, -1, np.int64)
    for shard, stamp in stamps.items():
        sizes[shard] = -1 if stamp.fault else stamp.nbytes
    known = np.where((surveyed.shard >= 0) & (surveyed.shard < len(sizes) - 1), surveyed.shard, -1)
    beyond = (surveyed.end > sizes[known]) & (surveyed.nbytes > 0)
    for position in np.flatnonzero(beyond).tolist():
        description = surveyed.descriptions[position]
        shard, end = int(surveyed.shard[position]), int(surveyed.end[position])
        why = unreachable(shard, end, int(surveyed.nbytes[position]), header.num_shards, stamps)
        surveyed.descriptions.put(
            position, description._replace(problem=description.problem or why)
        )


class _Parts(NamedTuple):
    """Partitioned tensors by position, the positions of their slices, and sentences."""

    whole: dict[int, Partition]
    hidden: set[int]
    problems: list[str]


def _partition(table: Table, surveyed: Survey) -> _Parts:
    """Assembles the partitioned tensors and hides their slices like TensorFlow does."""
    parts = _Parts({}, set(), [])
    fulls = {position: entry for position, entry in surveyed.odd.items() if entry.slices}
    if not fulls:
        return parts
    position_of = {key: position for position, key in enumerate(table.keys)}

    def find(key: bytes) -> Entry | None:
        position = position_of.get(key)
        return None if position is None else decode_entry(table.values[position])

    for position, full in fulls.items():
        name = table.keys[position]
        partition = parts.whole[position] = assemble(name, full, find)
        mine = {position_of[key] for key in slice_keys(name, full) if key in position_of}
        parts.hidden.update(mine)
        faulty = (surveyed.descriptions[p].problem for p in sorted(mine))
        problem = partition.problem or next(filter(None, faulty), "")
        nbytes = sum(entry.nbytes for _, entry in partition.pieces)
        description = surveyed.descriptions[position]
        surveyed.descriptions.put(position, description._replace(nbytes=nbytes, problem=problem))
        if partition.doubled:
            parts.problems.append(
                f"{text(name)} names {partition.doubled} of its slices twice; "
                "TensorFlow aborts when it reads it."
            )
    return parts


def _visible(
    names: Sequence[str], values: Packed, surveyed: Survey, parts: _Parts
) -> tuple[Texts | tuple[str, ...], Entries]:
    """The keys and entries without those of slices."""
    partitions = {names[position]: partition for position, partition in parts.whole.items()}
    descriptions, shards, offsets = surveyed.descriptions, surveyed.shard, surveyed.offsets()
    if parts.hidden:
        shown = [position for position in range(len(names)) if position not in parts.hidden]
        names = [names[position] for position in shown]
        values, descriptions = values.chosen(shown), descriptions.chosen(shown)
        shards, offsets = shards[shown], offsets[shown]
    keys = names if isinstance(names, Texts) else tuple(names)
    return keys, Entries(values, descriptions, partitions, shards, offsets)


def _distinct(names: list[str]) -> list[str]:
    """Every name only once: keys that are not UTF-8, or not in order, may read alike."""
    seen: dict[str, int] = {}
    for position, name in enumerate(names):
        seen[name] = count = seen.get(name, 0) + 1
        if count > 1:
            names[position] = f"{name} ({count})"
    return names
