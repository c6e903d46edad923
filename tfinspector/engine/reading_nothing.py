"""The reader of a SavedModel whose values are missing: it says so of every variable."""

from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable
from tfinspector.contents.tensors import Region, StoredTensor
from tfinspector.formats.reading import BLOCK_NBYTES


class ReaderOfNothing:
    """A `TensorReader` without values; `where` is the file that is missing, `reason` says why."""

    def __init__(self, where: str, reason: str) -> None:
        self._where = where
        self._reason = reason

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
        raise Unreadable(
            Finding(
                "S03",
                Severity.ERROR,
                f"This SavedModel has no values: {self._reason}.",
                where=self._where,
                fix=Fix("Copy the directory variables/ from where the model was exported."),
            )
        )
