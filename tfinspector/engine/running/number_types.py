"""NumPy's types for those of TensorFlow."""

from typing import Any

import numpy as np

from tfinspector.contents.dtypes import DType, DTypeKind


def numpy_type(dtype: DType) -> np.dtype[Any] | None:
    """The type of the elements as they are sent, None for what has no numbers."""
    if not dtype.is_numeric:
        return None
    name = dtype.name.removeprefix("q") if dtype.kind is DTypeKind.INTEGER else dtype.name
    try:
        return np.dtype(name)
    except TypeError:
        import ml_dtypes  # only such types need it

        found: np.dtype[Any] = np.dtype(getattr(ml_dtypes, name))
        return found
