"""What a snapshot is called."""

from __future__ import annotations

import pytest

from tfinspector.contents.checkpoints import Snapshot


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/runs/a/ckpt-100", "ckpt-100"),
        ("/models/spirals/variables/variables", "spirals"),
        ("/runs/variables", "variables"),
        ("/models/spirals.keras", "spirals.keras"),
    ],
)
def test_values_of_a_saved_model_are_called_like_the_model(path: str, name: str) -> None:
    assert Snapshot(path, None, "", None, 0).name == name
