"""SavedModels made by hand, and everything that is no SavedModel: bytes in, a sentence out."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tfinspector.contents.findings import Severity, Unreadable
from tfinspector.contents.saved_models import SavedModel
from tfinspector.formats.saved_models.faults import RIEGELI_SIGNATURE
from tfinspector.formats.saved_models.saved_model import read_saved_model
from tfinspector.formats.wire import write_varint

Made = Callable[[str], Path]


def message(number: int, content: bytes) -> bytes:
    """A length-delimited field."""
    return write_varint(number << 3 | 2) + write_varint(len(content)) + content


VERSION = b"\x08\x01"
TAGS, FIRST_TAG, SECOND_TAG = 4, message(4, b"serve"), message(4, b"gpu")
INFO = message(1, FIRST_TAG + message(5, b"2.99.0"))
GRAPH = message(2, b"\x0a\x03\x0a\x01n")


def write(directory: Path, data: bytes, name: str = "saved_model.pb") -> Path:
    (directory / name).write_bytes(data)
    return directory


def refused(directory: Path) -> tuple[str, str]:
    """(id, title) of the finding that reading ends with; it must say what to do."""
    with pytest.raises(Unreadable) as caught:
        read_saved_model(directory)
    finding = caught.value.finding
    assert finding.severity is Severity.ERROR
    assert finding.fix is not None
    assert finding.where
    return finding.id, finding.title


def test_a_message_given_twice_is_merged(tmp_path: Path) -> None:
    halves = message(1, FIRST_TAG) + GRAPH + message(1, SECOND_TAG + message(5, b"2.99.0")) + GRAPH
    (graph,) = read_saved_model(write(tmp_path, VERSION + message(2, halves))).meta_graphs
    assert graph.tags == ("gpu", "serve")
    assert graph.tensorflow_version == "2.99.0"
    assert graph.graph_nbytes == 10


def test_unknown_fields_and_any_order_are_allowed(tmp_path: Path) -> None:
    later = b"\xf8\x07\x01" + message(99, b"new") + b"\xfd\x07abcd" + b"\xf9\x07abcdefgh"
    data = later + message(2, GRAPH + later + INFO) + VERSION
    saved_model = read_saved_model(write(tmp_path, data))
    assert saved_model.schema_version == 1
    assert saved_model.meta_graphs[0].tags == ("serve",)


def test_objects_that_point_nowhere_are_told(tmp_path: Path) -> None:
    child = message(1, b"\x08\x07" + message(2, b"lost"))
    objects = message(1, child + message(4, message(1, b"_generic_user_object")))
    saved_model = read_saved_model(write(tmp_path, message(2, INFO + message(7, objects))))
    assert saved_model.meta_graphs[0].object_count == 1
    assert saved_model.problems == ("its objects point to 1 absent one",)


def test_a_cycle_of_objects_ends(tmp_path: Path) -> None:
    me = message(1, message(2, b"me"))
    objects = message(1, me + message(4, message(1, b"_generic_user_object")))
    saved_model = read_saved_model(write(tmp_path, message(2, INFO + message(7, objects))))
    assert saved_model.meta_graphs[0].root_children == ("me",)


def test_a_version_alone_holds_no_graph(tmp_path: Path) -> None:
    assert read_saved_model(write(tmp_path, VERSION)).meta_graphs == ()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", "git-LFS"),
        (b"<!DOCTYPE html>\n<html><body>Sign in</body></html>", "web page"),
        (b"\n  <HTML>", "web page"),
        (b"PK\x03\x04rest", "zip archive"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"hello world", "damaged"),
        (b"\x00" * 100, "damaged"),
        (b"\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "damaged"),
        (b"\x12" + b"\xff" * 30, "damaged"),
        (message(2, message(1, b"\x22\x7f")), "damaged"),
        (message(2, INFO) + b"\x12", "damaged"),
        (message(2, INFO + GRAPH)[:-2], "2 bytes more than there are"),
    ],
)
def test_what_is_no_saved_model_is_named(tmp_path: Path, data: bytes, words: str) -> None:
    id, title = refused(write(tmp_path, data))
    assert id == "S04"
    assert title.startswith("saved_model.pb is ")
    assert words in title


def test_an_lfs_pointer_tells_the_true_size(tmp_path: Path) -> None:
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
    with pytest.raises(Unreadable) as caught:
        read_saved_model(write(tmp_path, pointer))
    assert caught.value.finding.evidence["true_size"] == "12345"
    assert caught.value.finding.fix is not None
    assert "git lfs pull" in caught.value.finding.fix.code


def test_a_chunked_model_is_explained(tmp_path: Path) -> None:
    id, title = refused(write(tmp_path, RIEGELI_SIGNATURE + bytes(64), "saved_model.cpb"))
    assert id == "S04"
    assert "chunked" in title
    assert len(RIEGELI_SIGNATURE) == 64
    (tmp_path / "saved_model.cpb").write_bytes(b"something else")
    assert "damaged" in refused(tmp_path)[1]


def test_directories_without_a_model_point_to_one(tmp_path: Path) -> None:
    (tmp_path / "model" / "variables").mkdir(parents=True)
    (tmp_path / "versions" / "1").mkdir(parents=True)
    write(tmp_path / "model", VERSION)
    write(tmp_path / "versions" / "1", VERSION)
    for directory, nearer in (
        (tmp_path / "model" / "variables", tmp_path / "model"),
        (tmp_path / "versions", tmp_path / "versions" / "1"),
    ):
        with pytest.raises(Unreadable) as caught:
            read_saved_model(directory)
        assert caught.value.finding.id == "S01"
        assert caught.value.finding.fix is not None
        assert str(nearer) in caught.value.finding.fix.code


def test_a_file_a_ghost_and_an_empty_directory(tmp_path: Path) -> None:
    write(tmp_path, VERSION)
    (tmp_path / "empty").mkdir()
    assert "is a file" in refused(tmp_path / "saved_model.pb")[1]
    assert "There is no directory ghost" in refused(tmp_path / "ghost")[1]
    assert "neither saved_model.pb nor saved_model.pbtxt" in refused(tmp_path / "empty")[1]


def test_the_binary_form_comes_before_the_text(tmp_path: Path) -> None:
    write(tmp_path, VERSION)
    write(tmp_path, b"saved_model_schema_version: 7", "saved_model.pbtxt")
    assert read_saved_model(tmp_path).schema_version == 1
    (tmp_path / "saved_model.pb").unlink()
    assert read_saved_model(tmp_path).schema_version == 7


def test_a_damaged_fingerprint_is_a_problem_and_not_the_end(tmp_path: Path) -> None:
    write(tmp_path, b"\x0a\x7f", "fingerprint.pb")
    saved_model = read_saved_model(write(tmp_path, VERSION))
    assert saved_model.fingerprint is None
    assert "fingerprint.pb" in saved_model.problems[0]


@pytest.fixture(scope="module")
def small(made: Made) -> bytes:
    return (made("saved_models.only_call") / "model" / "saved_model.pb").read_bytes()


def try_reading(directory: Path) -> SavedModel | None:
    """The contents, or None where it was refused as it should be; nothing else may be raised."""
    try:
        return read_saved_model(directory)
    except Unreadable as error:
        finding = error.finding
    assert finding.id == "S04"
    assert finding.fix is not None
    return None


def test_every_truncation_is_refused(tmp_path: Path, small: bytes) -> None:
    whole = read_saved_model(write(tmp_path, small))
    for length in [*range(64), *range(64, len(small), 11), len(small) - 1]:
        found = try_reading(write(tmp_path, small[:length]))
        assert found is None or (found.meta_graphs == () and length == len(VERSION))
    assert read_saved_model(write(tmp_path, small)).meta_graphs == whole.meta_graphs


@settings(max_examples=400, deadline=2000, suppress_health_check=list(HealthCheck))
@given(changes=st.lists(st.tuples(st.integers(0), st.integers(0, 255)), max_size=8))
def test_flipped_bytes_never_raise_anything_else(
    tmp_path: Path, small: bytes, changes: list[tuple[int, int]]
) -> None:
    data = bytearray(small)
    for place, value in changes:
        data[place % len(data)] = value
    try_reading(write(tmp_path, bytes(data)))


@settings(max_examples=200, deadline=2000, suppress_health_check=list(HealthCheck))
@given(data=st.binary(max_size=300))
def test_random_bytes_never_raise_anything_else(tmp_path: Path, data: bytes) -> None:
    try_reading(write(tmp_path, data))


def test_an_object_graph_of_any_bytes_never_raises(tmp_path: Path, small: bytes) -> None:
    """Damage inside a part whose length still holds: the part as a whole is refused."""
    for start in range(0, len(small) - 16, 7):
        data = small[:start] + b"\xff" * 16 + small[start + 16 :]
        try_reading(write(tmp_path, data))


def test_a_model_that_was_deleted(tmp_path: Path, small: bytes) -> None:
    directory = tmp_path / "model"
    directory.mkdir()
    assert read_saved_model(write(directory, small)).meta_graphs
    shutil.rmtree(directory)
    assert refused(directory)[0] == "S01"
