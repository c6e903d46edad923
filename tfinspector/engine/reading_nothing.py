"""The reader of a graph whose values are missing: it says so of every variable."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable
from tfinspector.contents.tensors import Region, StoredTensor
from tfinspector.formats.reading import BLOCK_NBYTES


class ReaderOfNothing:
    """A `TensorReader` without values; it raises the finding that says why there are none.

    What may be a warning about the file is an error to who asks for a value.
    """

    def __init__(self, finding: Finding) -> None:
        self._finding = finding

    def locate(self, key: str) -> StoredTensor:
        """Raises `Unreadable`."""
        self._refuse()

    def blocks(self, key: str, block_nbytes: int = BLOCK_NBYTES) -> Iterator[NDArray[Any]]:
        """Raises `Unreadable`."""
        self._refuse()

    def read(self, key: str, region: Region | None = None) -> np.ndarray[Any, Any]:
        """Raises `Unreadable`."""
        self._refuse()

    def verify(self, key: str, tick: Callable[[int], None] | None = None) -> tuple[int, int] | None:
        """Raises `Unreadable`."""
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise Unreadable(replace(self._finding, severity=Severity.ERROR))


def no_variables_directory(where: str, reason: str) -> Finding:
    """A SavedModel without `variables/`; `where` is the file that is missing."""
    return Finding(
        "S03",
        Severity.ERROR,
        f"This SavedModel has no values: {reason}.",
        where=where,
        fix=Fix("Copy the directory variables/ from where the model was exported."),
    )
