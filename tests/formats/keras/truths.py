"""What Keras said of the files it wrote, as the makers noted it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np


class Told(NamedTuple):
    """One variable of the model: Keras's path for it, whether it trains, its value."""

    path: str
    trained: bool
    value: np.ndarray


def told(path: Path) -> list[Told]:
    """The variables noted in `truth.npz` or `optimizer.npz`."""
    with np.load(path) as noted:
        return [
            Told(str(name), bool(trained), noted[f"value {place}"])
            for place, (name, trained) in enumerate(
                zip(noted["order"], noted["trained"], strict=True)
            )
        ]


def as_told(value: np.ndarray) -> np.ndarray:
    """A value as it was noted: types that NumPy does not have are float32."""
    return value.astype(np.float32) if value.dtype.kind == "V" else value
