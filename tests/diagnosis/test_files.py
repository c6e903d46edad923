from __future__ import annotations

from dataclasses import replace

import pytest

from tfinspector.contents.checkpoints import (
    Checkpoint,
    Dialect,
    LostBlock,
    RunListing,
    Shard,
    Snapshot,
    StateFile,
)
from tfinspector.contents.checks import BadTensor
from tfinspector.contents.dtypes import DTYPE_BY_NAME
from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.sources import GivenAs, Recognised, SourceKind
from tfinspector.contents.variables import Role, Variable
from tfinspector.diagnosis.files import find_file_problems
from tfinspector.diagnosis.given_paths import find_path_problems
from tfinspector.diagnosis.integrity import explain_bad_tensors
from tfinspector.diagnosis.runs import find_double_numbers, find_run_problems

F4 = DTYPE_BY_NAME["float32"]


def variable(name: str, problem: str = "") -> Variable:
    return Variable(name, f"{name}/key", (name,), F4, (2,), 8, Role.WEIGHT, problem=problem)


def checkpoint(*variables: Variable, **more) -> Checkpoint:
    shards = more.pop("shards", (Shard("/r/c-1.data-00000-of-00001", 16, 16),))
    return Checkpoint("/r/c-1", variables, None, Dialect.TF1, shards, 100, 1000.0, **more)


def snapshot(name: str, step: int | None = None, **more) -> Snapshot:
    return Snapshot(f"/r/{name}", step, "file name", more.pop("time", None), 10, **more)


def listing(*snapshots: Snapshot, state: StateFile | None = None, leftovers=()) -> RunListing:
    return RunListing("/r", snapshots, state, tuple(leftovers))


def state(latest: str, *paths: str, problem: str = "") -> StateFile:
    return StateFile("/r/checkpoint", latest, paths or (latest,), (), problem)


def only(findings):
    assert len(findings) == 1, [finding.title for finding in findings]
    finding = findings[0]
    if finding.severity is not Severity.INFO:
        assert finding.fix is not None
        assert finding.fix.text
    return finding


def test_a_sound_checkpoint_has_no_findings():
    assert find_file_problems(checkpoint(variable("w"))) == []
    assert find_run_problems(listing(snapshot("c-1", 1), state=state("c-1"))) == []


def test_f06_counts_what_a_missing_file_takes_along():
    lost = variable("b", "lies in data file 1 of 2, which is missing")
    shards = (Shard("/r/c-1.data-00000-of-00002", 8, 8), Shard("/r/c-1.data-00001-of-00002", 8, -1))
    finding = only(find_file_problems(checkpoint(variable("a"), lost, shards=shards)))
    assert (finding.id, finding.severity) == ("F06", Severity.ERROR)
    assert "1 of 2 variables" in finding.title
    assert finding.evidence["variables"] == ["b"]
    assert finding.fix.code == "tfinspector check /r/c-1 --salvage /r/c-1-salvaged"
    assert "b/key" not in finding.fix.code


def test_f06_is_silent_where_the_missing_file_holds_nothing():
    shards = (Shard("/r/c-1.data-00000-of-00001", 0, -1),)
    assert find_file_problems(checkpoint(variable("a"), shards=shards)) == []


def test_f07_names_what_lies_behind_the_cut():
    lost = variable("b", "ends at byte 16 of data file 0, which is cut off at byte 9")
    shards = (Shard("/r/c-1.data-00000-of-00001", 16, 9),)
    finding = only(find_file_problems(checkpoint(variable("a"), lost, shards=shards)))
    assert (finding.id, finding.severity) == ("F07", Severity.ERROR)
    assert finding.evidence == {"size": 9, "needed": 16, "variables": ["b"]}


def test_f07_tells_of_lost_blocks_and_broken_entries():
    block = LostBlock("a", "m", "its checksum does not hold")
    finding = only(find_file_problems(checkpoint(variable("w"), lost_blocks=(block,))))
    assert finding.id == "F07"
    assert "'m'" in finding.fix.text
    odd = variable("w", "has a size that does not fit its shape")
    assert "does not fit" in only(find_file_problems(checkpoint(odd))).title
    told = only(find_file_problems(checkpoint(problems=("the index has no header",))))
    assert told.title == "The index has no header."


@pytest.mark.parametrize(
    ("given_as", "id", "severity"),
    [
        (GivenAs.INDEX, "F01", Severity.INFO),
        (GivenAs.SHARD, "F02", Severity.INFO),
        (GivenAs.META, "F02", Severity.INFO),
        (GivenAs.WITHOUT_NUMBER, "F03", Severity.WARNING),
    ],
)
def test_a_path_that_tensorflow_would_misread(given_as, id, severity):
    found = Recognised(SourceKind.CHECKPOINT, "/r/c-1", "/r/given", given_as, "")
    finding = only(find_path_problems(found))
    assert (finding.id, finding.severity) == (id, severity)
    assert finding.fix.code == "checkpoint.restore('/r/c-1')"


def test_a_directory_is_told_with_the_newest_prefix():
    found = Recognised(SourceKind.RUN, "/r", "/r", GivenAs.DIRECTORY, "")
    assert only(find_path_problems(found, "/r/c-7")).fix.code == "checkpoint.restore('/r/c-7')"


def test_a_prefix_itself_is_no_finding():
    found = Recognised(SourceKind.CHECKPOINT, "/r/c-1", "/r/c-1", GivenAs.ITSELF, "")
    assert find_path_problems(found) == []


def test_versions_and_parts_of_a_saved_model_are_told():
    found = Recognised(SourceKind.SAVED_MODEL, "/m/2", "/m", GivenAs.VERSIONS, "", ("/m/1",))
    assert only(find_path_problems(found)).evidence == {"versions": ["1", "2"]}
    part = only(find_path_problems(replace(found, given_as=GivenAs.PART, others=())))
    assert (part.id, part.severity) == ("F02", Severity.INFO)
    assert part.fix.code == "tf.saved_model.load('/m/2')"
    assert find_path_problems(replace(found, given_as=GivenAs.ITSELF, others=())) == []


def test_f05_a_moved_run():
    run = listing(
        snapshot("c-1", 1), snapshot("c-2", 2), state=state("/old/c-2", "/old/c-1", "/old/c-2")
    )
    finding = only(find_run_problems(run))
    assert (finding.id, finding.severity) == ("F05", Severity.WARNING)
    assert "/old" in finding.title
    assert finding.evidence["found"] == ["/r/c-1", "/r/c-2"]
    assert "update_checkpoint_state('/r', 'c-2'" in finding.fix.code


def test_f05_deleted_snapshots_are_news_only_if_the_latest_is_among_them():
    run = listing(snapshot("c-2", 2), state=state("c-2", "c-1", "c-2"))
    assert only(find_run_problems(run)).severity is Severity.INFO
    run = listing(snapshot("c-2", 2), state=state("c-3", "c-2", "c-3"))
    assert only(find_run_problems(run)).severity is Severity.WARNING


def test_f05_a_state_file_that_is_broken():
    run = listing(snapshot("c-1", 1), state=state("c-1", problem="breaks off inside a message"))
    assert only(find_run_problems(run)).id == "F05"


def test_f09_an_unfinished_save():
    run = listing(
        snapshot("c-1", 1),
        snapshot("c-2", 2, complete=False, problem="only c-2_temp/ is there"),
        state=state("c-1"), leftovers=["c-2_temp"],
    )  # fmt: skip
    finding = only(find_run_problems(run))
    assert (finding.id, finding.where) == ("F09", "/r/c-2")
    assert finding.fix.code == "tfinspector list '/r/c-2_temp/part-00000-of-00001'"
    run = replace(run, leftovers=())
    assert only(find_run_problems(run)).fix.code == "checkpoint.restore('/r/c-1')"


def test_f09_leftovers_of_a_finished_save():
    run = listing(snapshot("c-1", 1), state=state("c-1"), leftovers=["c-1_temp"])
    finding = only(find_run_problems(run))
    assert (finding.id, finding.severity) == ("F09", Severity.INFO)


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["x-1", "x-1-2", "x-3", "x-3-4"], ["x-1-2", "x-3-4"]),
        (["ckpt-2-3"], ["ckpt-2-3"]),
        (["run-2024-05"], []),
        (["a-1", "a-2"], []),
        (["exp-3-7"], []),
    ],
)
def test_f10_two_numbers_of_one_counter(names, found):
    findings = find_double_numbers([f"/r/{name}" for name in names])
    assert [name for finding in findings for name in finding.evidence["names"]] == found


def test_f10_a_latest_that_is_not_the_last():
    both = snapshot("c-9", 9, time=5.0), snapshot("c-10", 10, time=9.0)
    run = listing(*both, state=state("c-9", "c-9", "c-10"))
    finding = only(find_run_problems(run))
    assert (finding.id, finding.evidence["highest"]) == ("F10", "/r/c-10")


def test_f10_what_the_state_file_does_not_know():
    run = listing(snapshot("c-1", 1), snapshot("c-2", 2), state=state("c-2"))
    finding = only(find_run_problems(run))
    assert (finding.id, finding.severity) == ("F10", Severity.INFO)
    assert finding.evidence["names"] == ["c-1"]


def bad(*names: str) -> list[BadTensor]:
    return [BadTensor(name, f"{name}/key", 1, 2) for name in names]


def test_f08_few_bad_tensors_are_rot():
    held = checkpoint(*(variable(name) for name in "abcdefgh"))
    finding = only(explain_bad_tensors(held, bad("b"), 8))
    assert (finding.id, finding.severity) == ("F08", Severity.ERROR)
    assert "1 of 8 tensors" in finding.title
    assert finding.fix.code == "tfinspector check /r/c-1 --salvage /r/c-1-salvaged"


def test_f08_nearly_all_bad_tensors_are_another_save():
    held = checkpoint(*(variable(name) for name in "abcd"))
    finding = only(explain_bad_tensors(held, bad(*"abc"), 4, 3600.0))
    assert "two different saves" in finding.title
    assert finding.evidence["data_newer_than_index_s"] == 3600.0


def test_f08_unread_tensors_count_against_another_save():
    held = checkpoint(*(variable(name) for name in "abcdefgh"))
    unread = [BadTensor(name, f"{name}/key", -1, -1, "ends too early") for name in "defgh"]
    titles = [one.title for one in explain_bad_tensors(held, [*bad(*"abc"), *unread], 3)]
    assert len(titles) == 2
    assert not any("two different saves" in title for title in titles)


def test_f07_an_impostor_is_one_error_with_its_own_fix():
    fix = Fix("Fetch it.", "git lfs pull")
    name = "Ckpt-1.data-00000-of-00001"
    fault = Finding("F07", Severity.ERROR, f"{name} is a git-LFS pointer, not the data", fix=fix)
    why = "lies in data file 0 of 1, which is a git-LFS pointer, not the data"
    held = checkpoint(
        variable("a", why), variable("b", why), shards=(Shard(f"/r/{name}", 16, 9, fault),),
        problems=(f"the object graph can't be read: GRAPH {why}",),
    )  # fmt: skip
    finding = only(find_file_problems(held))
    assert finding.title == f"{fault.title}: 2 of 2 variables can't be read."
    assert "object graph" in finding.detail
    assert finding.fix == fix
    assert "before the cut" not in finding.detail


def test_f07_nothing_lies_before_the_cut_of_an_empty_file():
    lost = variable("b", "ends at byte 16 of data file 0, which is cut off at byte 0")
    shards = (Shard("/r/c-1.data-00000-of-00001", 16, 0),)
    finding = only(find_file_problems(checkpoint(lost, shards=shards)))
    assert "before the cut" not in finding.detail + finding.fix.text


def test_f07_names_keep_their_letters_and_advice_is_not_circular():
    finding = only(find_file_problems(checkpoint(problems=("ckpt-1.index was odd",))))
    assert finding.title == "ckpt-1.index was odd."
    assert "tfinspector check" not in finding.fix.code
    gone = only(explain_bad_tensors(checkpoint(variable("a")), [
        BadTensor("a", "a/key", -1, -1, "c-1.data was replaced")], 0))  # fmt: skip
    assert ": c-1.data was replaced." in gone.title
    assert "tfinspector check" not in gone.fix.code


def test_f05_a_copied_run_whose_old_place_still_exists():
    written = replace(state("/old/c-2", "/old/c-1", "/old/c-2"), elsewhere=("/old/c-1", "/old/c-2"))
    finding = only(
        find_run_problems(listing(snapshot("c-1", 1), snapshot("c-2", 2), state=written))
    )
    assert (finding.id, finding.severity) == ("F05", Severity.WARNING)
    assert "latest_checkpoint returns /old/c-2" in finding.title
    assert "other folder's weights" in finding.title
    assert "returns None" not in finding.detail


def test_f05_the_same_place_under_another_name_is_fine():
    written = replace(state("/link/c-1"), here=("/link/c-1",))
    assert find_run_problems(listing(snapshot("c-1", 1), state=written)) == []


def test_f08_what_could_not_be_read_while_checking():
    held = checkpoint(variable("a"), variable("b", "lies in data file 0 of 1, which is missing"))
    gone = BadTensor("a", "a/key", -1, -1, "the file was replaced")
    known = BadTensor("b", "b/key", -1, -1, "is missing")
    finding = only(explain_bad_tensors(held, [gone, known], 0))
    assert list(finding.evidence["variables"]) == ["a"]
    assert explain_bad_tensors(held, [known], 1) == []
