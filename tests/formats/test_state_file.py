from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfinspector.formats.checkpoints.state_file import (
    looks_like_state_file,
    parse_state_file,
    read_state_file,
    resolve,
)

WRITTEN = [
    b'model_checkpoint_path: "ckpt-4"\nall_model_checkpoint_paths: "ckpt-3"\n'
    b'all_model_checkpoint_paths: "ckpt-4"\nall_model_checkpoint_timestamps: 1795447522.4418774\n'
    b"all_model_checkpoint_timestamps: 1795447523\nlast_preserved_timestamp: 1.5e9\n",
    b"model_checkpoint_path: 'single \"quotes\"'  # a comment\n",
    b'model_checkpoint_path: "two " "parts"\n  \'and a third\'\n',
    rb'model_checkpoint_path: "\303\247 \xc3\xA7 \u00e7 \t\n \" \\ \' \0511"',
    'model_checkpoint_path: "ç ☃"'.encode(),
    b'all_model_checkpoint_paths: ["a", "b" "c", \'d\'] model_checkpoint_path: "d"',
    b"all_model_checkpoint_timestamps: [1, 2.5, -3e1, .5, 7f]; all_model_checkpoint_paths: 'x'",
    b'unknown { nested: 1 deep < x: "}" > } model_checkpoint_path: "x" unknown2: word',
    b'# only\n# comments\n\nmodel_checkpoint_path:"tight"',
    b"unknown: [1, 2] model_checkpoint_path: 'C:\\\\dir\\\\x'",
]


@pytest.mark.parametrize("data", WRITTEN)
def test_reads_what_protobuf_reads(data, tensorflow):
    expected = tensorflow.call("tests.makers.runs:parse_state", data)
    state = parse_state_file("checkpoint", data)
    assert state.problem == ""
    assert (state.latest, list(state.all_paths), list(state.timestamps)) == expected


def test_of_a_path_given_twice_the_last_counts():
    state = parse_state_file("x", b'model_checkpoint_path: "a" model_checkpoint_path: "b"')
    assert state.latest == "b"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "names no checkpoint"),
        (b'model_checkpoint_path: "open', "line 1 is not understood"),
        (b'\n\nmodel_checkpoint_path "x"', "a value without a name"),
        (b'a { model_checkpoint_path: "x"', "breaks off inside a message"),
        (b"}", "a message ends that did not begin"),
        (b"\x00\x01\x02", "line 1 is not understood"),
        (b"PK\x03\x04", "is"),
    ],
)
def test_what_protobuf_refuses_is_a_problem(data, words):
    assert words in parse_state_file("checkpoint", data).problem


def test_what_stands_before_an_error_is_not_kept_half():
    state = parse_state_file("checkpoint", b'model_checkpoint_path: "x" } ')
    assert state.latest == "x"
    assert state.problem


def test_keras_manager_wrote_it(made):
    state = read_state_file(str(made("checkpoints.keras_sequential") / "checkpoint"))
    assert state.latest == "ckpt-5"
    assert state.all_paths == ("ckpt-3", "ckpt-4", "ckpt-5")
    assert len(state.timestamps) == 3
    assert list(state.timestamps) == sorted(state.timestamps)


def test_a_file_that_cannot_be_read_is_a_problem(tmp_path):
    assert "can't be read" in read_state_file(str(tmp_path / "none")).problem
    assert "can't be read" in read_state_file(str(tmp_path)).problem


def test_paths_are_relative_to_the_file():
    assert resolve("/run/checkpoint", "ckpt-1") == "/run/ckpt-1"
    assert resolve("/run/checkpoint", "../other/ckpt-1") == "/other/ckpt-1"
    assert resolve("/run/checkpoint", "/old/ckpt-1") == "/old/ckpt-1"


def test_known_by_its_beginning():
    assert looks_like_state_file(b'# x\n model_checkpoint_path : "a"')
    assert looks_like_state_file(b'all_model_checkpoint_paths: "a"')
    assert not looks_like_state_file(b"model_checkpoint_path is a field")
    assert not looks_like_state_file(b"")


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_an_exception(data):
    state = parse_state_file("checkpoint", data)
    assert state.problem or state.latest or state.all_paths


words = b"model_checkpoint_path all_model_checkpoint_paths : { } [ ] < > , ; - # 1.5 \xff".split()
tokens = st.sampled_from([*words, b'"a"', b"'b'", b"\n", b'"\\', b"\\x"])


@given(st.lists(tokens, max_size=30))
def test_any_tokens_are_read_without_an_exception(parts):
    state = parse_state_file("checkpoint", b" ".join(parts))
    assert isinstance(state.latest, str)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1))
def test_names_come_back_as_written(names):
    def quoted(name):
        return '"' + "".join(f"\\{byte:03o}" for byte in name.encode()) + '"'

    lines = [f"all_model_checkpoint_paths: {quoted(name)}" for name in names]
    state = parse_state_file("checkpoint", "\n".join(lines).encode())
    assert state.all_paths == tuple(names)
