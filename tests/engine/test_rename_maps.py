"""Maps of renames: what --save-map writes, --map reads; what people break is told by entry."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tfinspector.contents.findings import Unreadable
from tfinspector.contents.restores import Rename
from tfinspector.engine.restoring.rename_maps import load_map, save_map

KEY = "enc/kernel/.ATTRIBUTES/VARIABLE_VALUE"
GOOD = {"from": KEY, "to": "encoder/kernel"}


def written(path: Path, told: Any) -> Path:
    path.write_text(told if isinstance(told, str) else json.dumps(told), encoding="utf-8")
    return path


def test_a_saved_map_comes_back_whole(tmp_path: Path) -> None:
    renames = (
        Rename(KEY, "enc/kernel", "encoder/kernel", 0.97, "Ätsch.", "renamed"),
        Rename("b", "b", "c", 0.4, "Turned.", "transpose", "transpose", (2, 3, 1, 0)),
        Rename("d", "d", "e", 0.9, "Tied.", "shared"),
        Rename("d", "d", "f", 0.9, "Tied.", "shared", "cast"),
    )
    save_map(tmp_path / "map.json", renames)
    assert load_map(tmp_path / "map.json") == renames
    text = (tmp_path / "map.json").read_text(encoding="utf-8")
    assert json.loads(text)["version"] == 1
    assert len(text.splitlines()) == len(renames) + 2  # a line for each, for people and diff
    assert "Ätsch." in text


def test_an_offer_counts_once_a_person_takes_it(tmp_path: Path) -> None:
    taken = Rename("a", "a", "b", 0.9, "Alike.", "renamed")
    offer = Rename("c", "c", "d", 0.4, "Cut.", "slice", "slice")
    path = tmp_path / "map.json"
    save_map(path, (taken, offer), (offer,))
    assert load_map(path) == (taken,)
    path.write_text(path.read_text(encoding="utf-8").replace("false", "true"), encoding="utf-8")
    assert load_map(path) == (taken, offer)


def test_an_empty_map_and_a_bare_list_are_maps(tmp_path: Path) -> None:
    save_map(tmp_path / "empty.json", ())
    assert load_map(tmp_path / "empty.json") == ()
    found = load_map(written(tmp_path / "list.json", [GOOD]))
    assert found == (Rename(KEY, KEY, "encoder/kernel", 1.0, ""),)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("{", "is no JSON at line 1"),
        ("[" * 100_000, "nests too deeply"),
        ({"version": 2, "renames": []}, "version 2"),
        ({"version": 1}, "no list of renames"),
        (7, "no list of renames"),
        ([GOOD, 5], "Entry 2 of map.json is 5"),
        ([{"from": KEY}], "Entry 1 of map.json has no 'to'"),
        ([{"from": "", "to": "x"}], "has no 'from'"),
        ([GOOD | {"confidence": 3}], "has 3 for 'confidence'"),
        ([GOOD | {"confidence": True}], "has true for 'confidence'"),
        ([GOOD | {"why": 1}], "has 1 for 'why'"),
        ([GOOD | {"transform": "rotate"}], 'the transform "rotate"; known are cast'),
        ([GOOD | {"transform": "transpose", "axes": [0, 2]}], "has [0, 2] for 'axes'"),
        ([GOOD | {"axes": [1, 0]}], "its transform is not transpose"),
        ([GOOD, GOOD | {"to": "other"}], f"Entry 2 of map.json uses {KEY} a second time"),
        ([GOOD, GOOD | {"from": "other"}], "uses encoder/kernel a second time"),
        ([GOOD | {"rule": "shared"}, GOOD | {"rule": "shared"}], "uses encoder/kernel a second"),
    ],
)
def test_a_broken_map_is_told_by_its_entry(tmp_path: Path, told: Any, words: str) -> None:
    with pytest.raises(Unreadable) as raised:
        load_map(written(tmp_path / "map.json", told))
    finding = raised.value.finding
    assert words in finding.title
    assert finding.fix
    json.loads(finding.fix.code)


def test_bytes_that_are_no_text_and_files_that_are_not_there(tmp_path: Path) -> None:
    (tmp_path / "map.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Unreadable, match="is no JSON"):
        load_map(tmp_path / "map.json")
    with pytest.raises(Unreadable, match="can't be read: No such file"):
        load_map(tmp_path / "missing.json")


def test_a_map_is_never_written_over_a_model(tmp_path: Path) -> None:
    (tmp_path / "ckpt.index").write_bytes(b"model")
    with pytest.raises(Unreadable, match="never changed"):
        save_map(tmp_path / "ckpt.index", ())
    assert (tmp_path / "ckpt.index").read_bytes() == b"model"
