"""A Keras file of any kind: the variables it holds, what it tells of itself, and a reader."""

import os
from contextlib import ExitStack
from dataclasses import replace
from typing import NamedTuple

from tfinspector.contents.checkpoints import Checkpoint, Dialect, Shard
from tfinspector.contents.dtypes import DTYPE_BY_NAME, DTypeKind
from tfinspector.contents.keras_files import KerasFile, KerasLayout
from tfinspector.contents.variables import Role
from tfinspector.formats.hdf5.attributes import Attributes
from tfinspector.formats.hdf5.datasets import Dataset
from tfinspector.formats.hdf5.file_bytes import Broken
from tfinspector.formats.hdf5.tree import Hdf5Tree, read_tree
from tfinspector.formats.keras import keras_faults
from tfinspector.formats.keras.archive import WEIGHTS
from tfinspector.formats.keras.configuration import (
    Json,
    custom_objects,
    describe_layers,
    layers_of,
    parse_json,
)
from tfinspector.formats.keras.executing import executed_layers
from tfinspector.formats.keras.keras_reader import KerasReader
from tfinspector.formats.keras.legacy_rows import MODEL_WEIGHTS, is_legacy_layout, legacy_rows
from tfinspector.formats.keras.parts import CONFIG, METADATA, Parts, find_parts, shards_of_map
from tfinspector.formats.keras.places import Place
from tfinspector.formats.keras.rows import Row, to_variables
from tfinspector.formats.keras.stored import Stored
from tfinspector.formats.keras.weights_rows import is_weights_layout, weights_rows
from tfinspector.formats.places.files import is_file, status_at

_VARS = "/vars"
_MOST_PROBLEMS = 20


class _Found(NamedTuple):
    """All HDF5 files together: datasets by path, written names and attributes by group."""

    stored: dict[str, Stored]
    names: dict[str, str]
    groups: dict[str, Attributes]


def read_keras(path: str) -> tuple[Checkpoint, KerasReader]:
    """What the Keras file (or unpacked directory, or set of shards) at `path` holds.

    Raises `Unreadable`; what is merely damaged in parts is told in `Checkpoint.problems` and in
    the variables.
    """
    parts = find_parts(path)
    found = _Found({}, {}, {})
    with ExitStack() as open_files:  # long attributes are only read when they are asked for
        shards = [_read_weights(place, parts, found, open_files) for place in parts.weights]
        shards += [Shard(one, 1, -1) for one in parts.missing]
        if parts.layout is KerasLayout.SHARDED:
            _note_missing(parts)
        try:
            described, rows = _describe(parts, found)
        except Broken as error:
            raise keras_faults.broken_hdf5(path, _size(shards), str(error)) from None
    if not found.stored and described.layout is KerasLayout.FOREIGN:
        raise keras_faults.nothing_in_it(path)
    if not shards and is_file(path):
        size = status_at(path).st_size
        shards = [Shard(path, size, size)]
    checkpoint = Checkpoint(
        prefix=path,
        variables=to_variables(rows),
        graph=None,
        dialect=_dialect(described),
        shards=tuple(shards),
        index_nbytes=0,
        mtime=max((place.stamp.mtime_ns for place in parts.weights), default=0) / 1e9
        or status_at(path).st_mtime,
        problems=tuple(parts.problems[:_MOST_PROBLEMS]),
        keras=described,
    )
    return checkpoint, KerasReader(path, found.stored)


def _size(shards: list[Shard]) -> int:
    return sum(max(shard.size, 0) for shard in shards)


def _read_weights(place: Place, parts: Parts, found: _Found, open_files: ExitStack) -> Shard:
    """Adds what one HDF5 file holds; its problems go to `parts`."""
    inside = WEIGHTS if parts.layout is KerasLayout.ARCHIVE else ""
    size = place.stamp.nbytes
    file = open_files.enter_context(place.open())
    try:
        tree = read_tree(file, place.offset, _there(place))
    except Broken as error:
        if inside and parts.texts:
            parts.problems.append(f"{inside} in it is damaged: {error}")
            return Shard(place.path, parts.needed.get(place.path, size), size)
        raise keras_faults.broken_hdf5(place.path, size, str(error), inside) from None
    _add(tree, place, found)
    about = f"{os.path.basename(place.path)}: " if len(parts.weights) > 1 else ""
    parts.problems += [f"{about}{problem}" for problem in tree.problems]
    needed = max(parts.needed.get(place.path, 0), size)
    if place.inflated is None:
        needed = max(needed, place.offset + tree.end)
    return Shard(place.path, needed, size)


def _there(place: Place) -> int:
    """How many of the bytes are there: an archive that is cut off promises more."""
    if place.inflated is not None:
        return place.nbytes
    return max(0, min(place.nbytes, place.stamp.nbytes - place.offset))


def _add(tree: Hdf5Tree, place: Place, found: _Found) -> None:
    bytes_of = tree.bytes_of
    place = place._replace(nbytes=bytes_of.base - place.offset + bytes_of.nbytes)
    widths = (bytes_of.offset_nbytes, bytes_of.length_nbytes)
    for path, dataset in tree.datasets.items():
        dataset = _with_written_type(dataset, tree.own_attributes[path])
        found.stored[path] = Stored(place, dataset, bytes_of.base, *widths)
    for path, attributes in tree.groups.items():
        found.groups.setdefault(path, attributes)
        if f"/{path}".endswith(_VARS):
            name = _written_name(attributes)
            if name:
                found.names.setdefault(path[: -len(_VARS)] if path != "vars" else "", name)
    # The root's own attributes are in every shard; those of the first one are kept.


def _with_written_type(dataset: Dataset, attributes: Attributes) -> Dataset:
    """The type that an attribute names, where HDF5 itself has none for the elements."""
    element = dataset.element
    if element.dtype.kind is not DTypeKind.UNKNOWN:
        return dataset
    try:
        written = DTYPE_BY_NAME.get(attributes.text("dtype"))
    except Broken:
        return dataset
    if written is None or written.itemsize != element.nbytes:
        return dataset
    return dataset._replace(element=element._replace(dtype=written))


def _written_name(attributes: Attributes) -> str:
    try:
        return attributes.text("name")
    except Broken:
        return ""


def _note_missing(parts: Parts) -> None:
    """Groups of a weight map whose files are not all there."""
    gone = {os.path.basename(one) for one in parts.missing}
    text = next(iter(parts.texts.values()))
    lost = [group for group, names in shards_of_map(text).items() if gone.intersection(names)]
    if lost:
        parts.problems.append(
            f"{', '.join(sorted(gone))} missing: variables of {', '.join(lost[:5])}"
            f"{' ...' if len(lost) > 5 else ''} are not there"
        )


def _describe(parts: Parts, found: _Found) -> tuple[KerasFile, list[Row]]:
    if is_legacy_layout(found.groups):
        return _describe_legacy(parts, found)
    config = _json(parts, CONFIG)
    metadata = _json(parts, METADATA)
    nodes = layers_of(config)
    layout = parts.layout
    if is_weights_layout(list(found.stored)) or found.names or "vars" in found.groups:
        joined = weights_rows(found.stored, found.names, config, nodes)
        rows, groups = joined.rows, joined.group_of_layer
        if layout is KerasLayout.HDF5_MODEL:
            layout = KerasLayout.WEIGHTS
    else:
        rows = [Row(key, one, key, Role.OTHER) for key, one in found.stored.items()]
        groups = {}
        if layout in (KerasLayout.HDF5_MODEL, KerasLayout.WEIGHTS):
            layout = KerasLayout.FOREIGN
    compiled = _object(config.get("compile_config"))
    described = KerasFile(
        layout,
        keras_version=str(metadata.get("keras_version") or ""),
        backend=str(metadata.get("backend") or ""),
        saved=str(metadata.get("date_saved") or ""),
        assets=tuple(parts.assets),
        compressed=tuple(parts.compressed),
        layers=tuple(describe_layers(nodes, groups)),
        lambdas=tuple(executed_layers(nodes, compiled)),
    )
    return _with_config(described, config, compiled), rows


def _describe_legacy(parts: Parts, found: _Found) -> tuple[KerasFile, list[Row]]:
    root = found.groups[""]
    listing = found.groups.get(MODEL_WEIGHTS, root)
    version = root.text("keras_version") or listing.text("keras_version") or "1"
    config = _attribute_json(root, "model_config", parts)
    compiled = _attribute_json(root, "training_config", parts)
    nodes = layers_of(config)
    legacy = legacy_rows(found.stored, found.groups, nodes, version)
    parts.problems.extend(legacy.problems)
    whole = "model_config" in root or MODEL_WEIGHTS in found.groups
    groups = {
        layer.path: legacy.group_of_layer.get(layer.path, "")
        for layer in describe_layers(nodes, {})
    }
    described = KerasFile(
        KerasLayout.HDF5_MODEL if whole else KerasLayout.HDF5_WEIGHTS,
        keras_version=version if version != "1" or "keras_version" in root else "",
        backend=root.text("backend") or listing.text("backend"),
        layers=tuple(describe_layers(nodes, groups)),
        lambdas=tuple(executed_layers(nodes, compiled)),
        listed=tuple(legacy.listed),
    )
    return _with_config(described, config, compiled), legacy.rows


def _with_config(described: KerasFile, config: Json, compiled: Json) -> KerasFile:
    inner = config.get("config")
    name = inner.get("name") if isinstance(inner, dict) else ""
    return replace(
        described,
        model_class=str(config.get("class_name") or ""),
        model_name=str(name or ""),
        compiled=compiled or None,
        custom_objects=tuple(custom_objects(config, compiled)),
        config=config,
    )


def _object(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _json(parts: Parts, name: str) -> Json:
    text = parts.texts.get(name)
    if text is None:
        return {}
    found, problem = parse_json(text)
    if problem:
        parts.problems.append(f"{name} {problem}: layers are named by their groups")
    return found


def _attribute_json(root: Attributes, name: str, parts: Parts) -> Json:
    try:
        text = root.text(name)
    except Broken as error:
        parts.problems.append(f"the attribute {name} can't be read: {error}")
        return {}
    if not text:
        return {}
    found, problem = parse_json(text)
    if problem:
        parts.problems.append(f"the attribute {name} {problem}")
    return found


def _dialect(described: KerasFile) -> Dialect:
    version = described.keras_version
    if not version and described.layout in (KerasLayout.HDF5_WEIGHTS, KerasLayout.HDF5_MODEL):
        return Dialect.KERAS2
    return Dialect.KERAS2 if version[:2] in ("1.", "2.", "0.", "1") else Dialect.KERAS3
