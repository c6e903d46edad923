"""Makes the values of inputs: drawn from a seed, constant, or from files that are never executed.

What a file holds is sent as it is, also where its type or shape is not what the model takes: the
call then says so, with both.
"""

import zlib
from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.calls import Callee, GivenInput, InputChoice, InputKind
from tfinspector.contents.dtypes import DTypeKind
from tfinspector.contents.saved_models import TensorSpec
from tfinspector.diagnosis import inputs as faults
from tfinspector.engine.running.array_files import bytes_of, read_array, read_lines, read_typed
from tfinspector.engine.running.number_types import numpy_type

SEED = 1
_LETTERS = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz", "S1")


def make_inputs(
    callee: Callee, choices: Mapping[str, InputChoice], seed: int = SEED
) -> tuple[GivenInput, ...]:
    """The values of all inputs that were chosen. Raises Unreadable (S06).

    An input that is not chosen must be one that may be left out; a name that it does not have
    is told with those it has.
    """
    names = [spec.name for spec in callee.inputs]
    for name in choices:
        if name not in names:
            raise faults.no_such_input(name, callee)
    missing = [name for name in names if name not in choices and name not in callee.optional]
    if missing:
        raise faults.missing_inputs(missing, callee)
    return tuple(
        _made(spec, choices[spec.name], callee, seed)
        for spec in callee.inputs
        if spec.name in choices
    )


def _made(spec: TensorSpec, choice: InputChoice, callee: Callee, seed: int) -> GivenInput:
    kind = choice.kind
    if kind in (InputKind.FILE, InputKind.TEXT):
        return _of_file(spec, choice)
    if kind is InputKind.VALUES:
        return _typed(spec, choice)
    shape = sizes_of(spec, choice)
    if kind in (InputKind.IMAGE, InputKind.PIXELS):
        return _of_picture(spec, choice, shape)
    part = _part_of_sparse(spec, callee)
    values = part if part is not None else _filled(spec, choice, shape, seed)
    origin = f"constant {choice.argument}" if kind is InputKind.CONSTANT else kind.value
    return GivenInput(spec.name, spec.dtype.name, values.shape, origin, values)


def sizes_of(spec: TensorSpec, choice: InputChoice) -> tuple[int, ...]:
    """The shape to make: sizes for the unknown dimensions, or for all of them; else 1.

    Raises Unreadable where they are too many or contradict what is known.
    """
    sizes = choice.sizes
    if spec.shape is None:
        return sizes or (1,)
    unknown = [place for place, size in enumerate(spec.shape) if size is None]
    if len(sizes) == len(spec.shape) and len(sizes) > len(unknown):
        if any(known not in (None, size) for known, size in zip(spec.shape, sizes, strict=True)):
            raise faults.wrong_sizes(spec, sizes)
        return sizes
    if len(sizes) > len(unknown):
        raise faults.wrong_sizes(spec, sizes)
    shape = [1 if size is None else size for size in spec.shape]
    for place, size in zip(unknown, sizes, strict=False):
        shape[place] = size
    return tuple(shape)


def _part_of_sparse(spec: TensorSpec, callee: Callee) -> NDArray[Any] | None:
    """The indices or the shape of a sparse tensor in parts: drawn ones would contradict."""
    if spec.sizes_of is not None:
        return np.array([1 if size is None else size for size in spec.sizes_of], np.int64)
    whole = spec.name.removesuffix("_indices") + "_dense_shape"
    if whole != spec.name and any(
        each.name == whole and each.sizes_of is not None for each in callee.inputs
    ):
        return np.zeros([1 if size is None else size for size in spec.shape or (1, 1)], np.int64)
    return None


def _filled(
    spec: TensorSpec, choice: InputChoice, shape: tuple[int, ...], seed: int
) -> NDArray[Any]:
    if spec.dtype.kind is DTypeKind.STRING:
        return _texts(spec, choice, shape, seed)
    dtype = numpy_type(spec.dtype)
    if dtype is None:
        raise faults.unmakeable(spec)
    if choice.kind is InputKind.RANDOM:
        return _drawn(spec, dtype, shape, _generator(spec, seed))
    if choice.kind is InputKind.CONSTANT:
        return np.full(shape, _constant(spec, choice.argument, dtype))
    return np.full(shape, int(choice.kind is InputKind.ONES)).astype(dtype)


def _constant(spec: TensorSpec, text: str, dtype: np.dtype[Any]) -> NDArray[Any]:
    """The number in its type. Raises Unreadable where the type can't hold it."""
    try:
        if spec.dtype.kind is DTypeKind.BOOL:
            return np.array({"true": True, "1": True, "false": False, "0": False}[text.lower()])
        if spec.dtype.kind is DTypeKind.COMPLEX:
            return np.array(complex(text)).astype(dtype)
        if spec.dtype.kind is DTypeKind.INTEGER:
            value = np.array(int(text)).astype(dtype)
            if int(value) != int(text):
                raise ValueError(text)
            return value
        return np.array(float(text)).astype(dtype)
    except (ValueError, KeyError, OverflowError) as error:
        raise faults.no_constant(spec, text) from error


def _drawn(
    spec: TensorSpec, dtype: np.dtype[Any], shape: tuple[int, ...], random: np.random.Generator
) -> NDArray[Any]:
    if spec.dtype.kind is DTypeKind.FLOAT:
        return random.standard_normal(shape).astype(dtype)
    if spec.dtype.kind is DTypeKind.COMPLEX:
        return (random.standard_normal(shape) + 1j * random.standard_normal(shape)).astype(dtype)
    return random.integers(0, 2, shape).astype(dtype)


def _texts(
    spec: TensorSpec, choice: InputChoice, shape: tuple[int, ...], seed: int
) -> NDArray[Any]:
    """Words of six letters; else the constant, or nothing."""
    values = np.empty(shape, object)
    count = prod(shape)
    if choice.kind is InputKind.RANDOM:
        letters = _generator(spec, seed).choice(_LETTERS, (count, 6))
        values.ravel()[:] = [b"".join(word) for word in letters.tolist()]
    else:
        text = choice.argument if choice.kind is InputKind.CONSTANT else ""
        values.fill((text or ("1" if choice.kind is InputKind.ONES else "")).encode())
    return values


def _generator(spec: TensorSpec, seed: int) -> np.random.Generator:
    """One for each input, by its name: another input more does not change what this one gets."""
    return np.random.default_rng([seed, zlib.crc32(spec.name.encode())])


def _typed(spec: TensorSpec, choice: InputChoice) -> GivenInput:
    values = read_typed(choice.argument, spec)
    return GivenInput(spec.name, spec.dtype.name, values.shape, "typed values", values)


def _of_file(spec: TensorSpec, choice: InputChoice) -> GivenInput:
    path = Path(choice.argument).expanduser()
    values = read_lines(path, spec) if choice.kind is InputKind.TEXT else read_array(path, spec)
    dtype = "string" if values.dtype == object else values.dtype.name
    return GivenInput(spec.name, dtype, values.shape, path.name, values)


def _of_picture(spec: TensorSpec, choice: InputChoice, shape: tuple[int, ...]) -> GivenInput:
    """The file as it is: the worker's TensorFlow decodes and fits it."""
    if spec.dtype.kind is DTypeKind.STRING:
        values = np.full(shape, bytes_of(Path(choice.argument).expanduser()), object)
        return GivenInput(spec.name, "string", shape, Path(choice.argument).name, values)
    if len(shape) not in (3, 4) or spec.dtype.kind not in (DTypeKind.FLOAT, DTypeKind.INTEGER):
        raise faults.no_picture(spec)
    shape = _picture_shape(spec, choice, shape)
    data = bytes_of(Path(choice.argument).expanduser())
    small = choice.kind is InputKind.IMAGE and spec.dtype.kind is DTypeKind.FLOAT
    name = Path(choice.argument).name
    return GivenInput(
        spec.name, spec.dtype.name, shape, name, data, True, 1 / 255 if small else 1.0
    )


def _picture_shape(
    spec: TensorSpec, choice: InputChoice, shape: tuple[int, ...]
) -> tuple[int, ...]:
    """Unknown sizes of a picture are 224 pixels, unknown channels 3."""
    if choice.sizes or spec.shape is None:
        return shape
    usual = {-1: 3, -2: 224, -3: 224}
    return tuple(
        usual.get(place - len(shape), 1) if known is None else known
        for place, known in enumerate(spec.shape)
    )
