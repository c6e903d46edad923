"""F04 is told where TensorFlow really loses a path, and nowhere else; and its fix helps."""

from __future__ import annotations

from pathlib import Path

from tests.tensorflow_process import TensorFlowProcess
from tfinspector.contents.findings import Finding, Severity
from tfinspector.contents.sources import GivenAs, Recognised, SourceKind
from tfinspector.diagnosis.given_paths import find_path_problems, find_special_characters

HARMLESS = [
    "x*/ckpt", "ckpt*", "what?/ckpt", "what{now}?", "{a,b}/ckpt", "a+b/ckpt", "run:3/ckpt",
    "with space/ckpt", "größe/模型", "#1/ckpt", "lr=0.1,(2)~/ckpt", "open[/ckpt", "shut]/ckpt",
    "a]b[c/ckpt", "a[!]b/ckpt", "[]/ckpt", "*[]]/ckpt",
]  # fmt: skip
LOST = [
    "lr[0.1]/ckpt", "ckpt[best]", "[!a]/ckpt", "[^a]/ckpt", "[]]/ckpt", "[[]/ckpt", "a[b/c]d/ckpt",
    "[a-z]/ckpt", "x\\y/ckpt", "ckpt\\",
]  # fmt: skip
MODULE = "tests.makers.given_paths"


def about(path: str, kind: SourceKind = SourceKind.CHECKPOINT) -> list[Finding]:
    return find_path_problems(Recognised(kind, path, path, GivenAs.ITSELF, ""))


def test_it_is_as_tensorflow_does(tensorflow: TensorFlowProcess, tmp_path: Path) -> None:
    places = HARMLESS + LOST
    told = tensorflow.call(f"{MODULE}:asked", str(tmp_path), places)
    for place, answer in zip(places, told, strict=True):
        is_good = place in HARMLESS
        found = {answer["restored"], answer["latest"], answer["loaded"]}
        assert found == {is_good}, (place, answer)
        assert (about(answer["path"]) == []) is is_good, place
        assert (about(answer["saved"], SourceKind.SAVED_MODEL) == []) is is_good, place


def test_the_fix_gets_at_the_values(tensorflow: TensorFlowProcess, tmp_path: Path) -> None:
    for answer in tensorflow.call(f"{MODULE}:asked", str(tmp_path), LOST):
        (one,) = about(answer["path"])
        (other,) = about(answer["saved"], SourceKind.SAVED_MODEL)
        for finding in (one, other):
            assert (finding.id, finding.severity) == ("F04", Severity.WARNING)
            assert finding.fix
            assert tensorflow.call(f"{MODULE}:follow", finding.fix.code) == [3.0, 4.0]


def test_a_run_is_told_by_its_newest_prefix() -> None:
    run = Recognised(SourceKind.RUN, "/r", "/r", GivenAs.ITSELF, "")
    (finding,) = find_path_problems(run, "/r/c[1]-7")
    assert finding.where == "/r/c[1]-7"
    assert find_path_problems(run, "/r/c-7") == []
    assert [each.id for each in find_special_characters("/[r]/c-7")] == ["F04"]
