"""What wrote a model, as the pages Overview and Trust say it."""

from __future__ import annotations

import pytest

from tfinspector.contents.checkpoints import Checkpoint, Dialect
from tfinspector.contents.keras_files import KerasFile, KerasLayout
from tfinspector.contents.source_facts import facts
from tfinspector.contents.sources import Source, SourceKind
from tfinspector.contents.written_by import written_by


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


def test_a_keras_file_is_told_in_the_same_way_in_the_overview() -> None:
    keras = KerasFile(KerasLayout.ARCHIVE, "3.15.1", "tensorflow", "2026-11-24@17:03:41")
    checkpoint = Checkpoint("m.keras", (), None, Dialect.KERAS3, (), 0, 0.0, keras=keras)
    source = Source(SourceKind.KERAS, "m.keras", "m.keras", "")
    row = ("Written by", "Keras 3.15.1 on TensorFlow", "saved 2026-11-24 17:03:41")
    assert row in facts(source, checkpoint, None)
