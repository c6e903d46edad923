"""`saved_model.pbtxt`: the text form says the same as the binary one, and its graph is skipped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tensorflow_process import TensorFlowProcess
from tfinspector.contents.findings import Finding, Unreadable
from tfinspector.contents.saved_models import MetaGraph, SavedModel
from tfinspector.formats.saved_models.saved_model import read_saved_model

Made = Callable[[str], Path]

SMALL = """
saved_model_schema_version: 1  # { not a brace
meta_graphs {
  meta_info_def < tags: 'ser' "ve" tensorflow_version: "2.\\x31" >
  graph_def: { node { name: "graph_def { }" op: 'a"}\\'' } library { function { } } }
  signature_def { key: "s" value { inputs { key: "x" value { name: "x:0" dtype: DT_BFLOAT16
    tensor_shape { dim { size: -1 } dim { size: 4 } } } } method_name: "graph_def" } }
  some_new_field { a: [1, 2] graph_def { c: 1 } b <> }
}
"""


def write(directory: Path, text: str | bytes) -> Path:
    data = text.encode() if isinstance(text, str) else text
    (directory / "saved_model.pbtxt").write_bytes(data)
    return directory


def comparable(directory: Path) -> tuple[MetaGraph, ...]:
    """Meta graphs without what depends on the form and the place."""
    saved_model = read_saved_model(directory)
    return tuple(
        replace(
            graph,
            graph_nbytes=0,
            assets=tuple(replace(asset, path="", size=0) for asset in graph.assets),
        )
        for graph in saved_model.meta_graphs
    )


def test_tensorflow1_wrote_the_same_in_both_forms(made: Made) -> None:
    directory = made("saved_models.tensorflow1")
    assert comparable(directory / "binary") == comparable(directory / "text")


@pytest.mark.parametrize("maker", ["saved_models.everything", "tutorial.built"])
def test_objects_and_functions_are_the_same_in_text(
    made: Made, tensorflow: TensorFlowProcess, tmp_path: Path, maker: str
) -> None:
    directory = made(maker) / "model"
    text = tensorflow.call("tests.makers.saved_model_referee:as_text", str(directory))
    assert comparable(write(tmp_path, text)) == comparable(directory)


def test_quotes_comments_and_both_braces(tmp_path: Path) -> None:
    (graph,) = read_saved_model(write(tmp_path, SMALL)).meta_graphs
    assert graph.tags == ("serve",)
    assert graph.tensorflow_version == "2.1"
    (signature,) = graph.signatures
    assert signature.method == "graph_def"
    assert (signature.inputs[0].dtype.name, signature.inputs[0].shape) == ("bfloat16", (None, 4))
    start, stop = SMALL.index("graph_def: {"), SMALL.index("\n  signature_def")
    assert graph.graph_nbytes == stop - start


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("meta_graphs {", "cut off"),
        ("meta_graphs }", "cut off"),
        ("meta_graphs { meta_info_def { tags: 3 } }", "text-format"),
        ("what is this", "text-format"),
        ("meta_graphs " + "{ a " * 5000 + "}" * 5000, "deeper than 100"),
        (b"\xff\xfe\x00", "text-format"),
        ("meta_graphs { asset_file_def { tensor_info { dtype: DT_NEW }}}", "text-format"),
    ],
)  # fmt: skip
def test_damaged_text_is_a_sentence(tmp_path: Path, text: str | bytes, words: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_saved_model(write(tmp_path, text))
    assert caught.value.finding.id == "S04"
    assert caught.value.finding.title.startswith("saved_model.pbtxt is damaged")
    assert words in caught.value.finding.title


# protobuf's own decoder warns of escapes that it does not know:
@pytest.mark.filterwarnings("ignore:.*unicode_escape.*:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:invalid escape sequence:DeprecationWarning")
@settings(max_examples=200, deadline=2000, suppress_health_check=list(HealthCheck))
@given(
    place=st.integers(0, len(SMALL) - 1),
    length=st.integers(0, 40),
    insert=st.text("{}<>\"'\\#:[],a1\n", max_size=6),
)
def test_changed_text_never_raises_anything_else(
    tmp_path: Path, place: int, length: int, insert: str
) -> None:
    found: SavedModel | Finding
    try:
        found = read_saved_model(write(tmp_path, SMALL[:place] + insert + SMALL[place + length :]))
    except Unreadable as error:
        found = error.finding
    assert isinstance(found, SavedModel) or found.id == "S04"
