"""The outputs of a call as a source: whatever shows variables of a file shows them as well."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.calls import CallOutput, CallReport
from tfinspector.contents.checkpoints import Checkpoint, Dialect
from tfinspector.contents.dtypes import DTYPE_BY_NAME, DType, DTypeKind
from tfinspector.contents.sources import Source, SourceKind
from tfinspector.contents.tensors import Region, StoredTensor
from tfinspector.contents.variables import Role, Variable
from tfinspector.engine.open_source import OpenSource
from tfinspector.formats.reading import BLOCK_NBYTES


class OutputReader:
    """A `TensorReader` of arrays that are in memory."""

    def __init__(self, outputs: dict[str, CallOutput]) -> None:
        self._outputs = outputs

    def locate(self, key: str) -> StoredTensor:
        """Its type and shape; it lies in no file."""
        output = self._outputs[key]
        dtype = _dtype(output)
        return StoredTensor(key, dtype, output.shape, output.values.nbytes, ())

    def blocks(self, key: str, block_nbytes: int = BLOCK_NBYTES) -> Iterator[NDArray[Any]]:
        """All elements, in portions."""
        flat = np.ascontiguousarray(self._outputs[key].values).reshape(-1)
        step = max(1, block_nbytes // max(flat.itemsize, 1))
        for start in range(0, flat.size, step):
            yield flat[start : start + step]

    def read(self, key: str, region: Region | None = None) -> np.ndarray[Any, Any]:
        """The array or a region of it."""
        values = self._outputs[key].values
        return values if region is None else values[region]

    def verify(self, key: str, tick: Callable[[int], None] | None = None) -> tuple[int, int] | None:
        """No checksums are kept of what is in memory."""
        return None


def source_of(report: CallReport) -> OpenSource:
    """A source whose variables are the outputs of the call, by their names."""
    title = report.callee.name if report.callee else "outputs"
    outputs = {output.name: output for output in report.outputs}
    variables = tuple(
        Variable(
            name, name, (name,), _dtype(output), output.shape, output.values.nbytes, Role.OTHER
        )
        for name, output in outputs.items()
    )
    prefix = f"{report.path}/{title}()"
    checkpoint = Checkpoint(
        prefix=prefix, variables=variables, graph=None, dialect=Dialect.OBJECT, shards=(),
        index_nbytes=0, mtime=0.0,
    )  # fmt: skip
    source = Source(
        SourceKind.CHECKPOINT, prefix, prefix, f"the outputs of {title}", (), checkpoint
    )
    return OpenSource(source, [(checkpoint, OutputReader(outputs))], {})


def _dtype(output: CallOutput) -> DType:
    return DTYPE_BY_NAME.get(output.dtype) or DType(0, output.dtype, DTypeKind.UNKNOWN, 0)
