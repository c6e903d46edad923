"""What wrote a model, as the page Trust says it."""

from __future__ import annotations

import pytest

from tfinspector.viewmodels.trust.written_by import written_by


@pytest.mark.parametrize(
    ("versions", "words"),
    [
        ({}, ""),
        ({"tensorflow": "2.21.0", "producer": 2286}, "TensorFlow 2.21.0, GraphDef version 2286"),
        ({"keras": "3.15.1", "backend": "torch"}, "Keras 3.15.1, backend PyTorch"),
        ({"keras": "2.3.1", "backend": "plaidml"}, "Keras 2.3.1, backend plaidml"),
        ({"saved": "2026-11-24@17:03:41"}, "saved 2026-11-24 17:03:41"),
        ({"saved": "last Tuesday"}, "saved last Tuesday"),
    ],
)
def test_names_and_times_are_written_as_everywhere(versions: dict[str, object], words: str) -> None:
    assert written_by(versions) == (f"Written by {words}" if words else "")
