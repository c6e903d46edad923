from __future__ import annotations

import os
import shutil

import pytest

from tfinspector.contents.findings import Cancelled, Severity
from tfinspector.engine.checking import check
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.opening import open_source


@pytest.fixture
def copied(made, tmp_path):
    def copy(name):
        shutil.copytree(made(name), tmp_path / "copy")
        return tmp_path / "copy"

    return copy


def flip(prefix, name, bit=1):
    """Change one byte of a variable in its data file, leaving the times as they were."""
    opened = open_source(str(prefix))
    piece = opened.reader().locate(opened.find(name).key).pieces[0]
    status = os.stat(piece.file)
    with open(piece.file, "r+b") as file:
        file.seek(piece.offset)
        byte = file.read(1)[0] ^ bit
        file.seek(piece.offset)
        file.write(bytes([byte]))
    os.utime(piece.file, ns=(status.st_atime_ns, status.st_mtime_ns))


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("checkpoints.keras_sequential/ckpt-5", 25),
        ("checkpoints.tables_and_iterators/state-1", 7),
        ("checkpoints.name_based/model.ckpt-3", 12),
        ("runs.shards/many", 9),
    ],
)
def test_sound_files_hold(name, count, made):
    maker, _, rest = name.partition("/")
    report = check(open_source(str(made(maker) / rest)))
    assert report.checked == count
    assert report.bad == ()
    assert report.findings == ()
    assert report.nbytes > 0


def test_f08_one_flipped_bit_is_found_and_named(copied):
    prefix = copied("checkpoints.keras_sequential") / "ckpt-5"
    flip(prefix, "dense_1/kernel")
    report = check(open_source(str(prefix)))
    assert [one.name for one in report.bad] == ["dense_1/kernel"]
    assert report.bad[0].stored != report.bad[0].computed
    finding = report.findings[0]
    assert (finding.id, finding.severity) == ("F08", Severity.ERROR)
    assert "dense_1/kernel" in finding.title
    assert "--salvage" in finding.fix.code


def test_f08_a_flipped_bit_in_the_graph_is_found(copied):
    prefix = copied("checkpoints.keras_sequential") / "ckpt-5"
    opened = open_source(str(prefix))
    piece = opened.reader().locate("_CHECKPOINTABLE_OBJECT_GRAPH").pieces[0]
    with open(piece.file, "r+b") as file:
        file.seek(piece.offset + piece.nbytes - 1)
        file.write(b"\x7f")
    report = check(open_source(str(prefix)))
    assert [one.name for one in report.bad] == ["the object graph"]


def test_f08_an_index_with_the_data_of_another_save(copied):
    directory = copied("runs.ten_steps")
    data = "ckpt-{}.data-00000-of-00001"
    shutil.copy(directory / data.format(2), directory / data.format(9))
    report = check(open_source(str(directory / "ckpt-9")))
    assert {one.name for one in report.bad} == {"w", "save_counter"}
    assert report.findings[0].title.startswith("The data of ckpt-9 is that of ckpt-2:")
    assert report.findings[0].evidence["data_of"] == str(directory / "ckpt-2")


def test_what_is_cut_off_is_told_once(copied):
    directory = copied("checkpoints.keras_sequential")
    os.truncate(directory / "ckpt-5.data-00000-of-00001", 200)
    report = check(open_source(str(directory / "ckpt-5")))
    assert report.bad
    assert all(one.problem for one in report.bad)
    assert [one.id for one in report.findings if one.severity is Severity.ERROR].count("F07") == 1
    assert "F08" not in [one.id for one in report.findings]


def test_a_file_that_is_replaced_after_opening_is_told(copied):
    directory = copied("runs.ten_steps")
    opened = open_source(str(directory / "ckpt-9"))
    shutil.copy(directory / "ckpt-2.data-00000-of-00001", directory / "ckpt-9.data-00000-of-00001")
    os.utime(directory / "ckpt-9.data-00000-of-00001", (1, 1))
    report = check(opened)
    assert report.checked == 0
    assert report.findings[0].id == "F08"
    assert "could not be checked" in report.findings[0].title


def test_any_snapshot_of_a_run(made):
    run = open_source(str(made("runs.ten_steps")))
    report = check(run, snapshot=run.source.snapshots[3].path)
    assert (report.checked, report.bad) == (3, ())


def test_all_snapshots_of_a_run_are_checked(copied):
    directory = copied("runs.ten_steps")
    old = open_source(str(directory)).source.snapshots[2].path
    flip(old, "w")
    seen = []
    report = check(open_source(str(directory)), Ticket(seen.append))
    assert report.snapshots == tuple(str(directory / f"ckpt-{n}") for n in _numbers(directory))
    assert report.checked == 3 * len(report.snapshots)
    assert [(one.name, one.snapshot) for one in report.bad] == [("w", old)]
    assert os.path.basename(old) in report.findings[0].title
    assert report.findings[0].severity is Severity.ERROR
    assert [one.done for one in seen] == sorted(one.done for one in seen)
    assert all(one.done <= one.total for one in seen)
    assert seen[-1].done == seen[-1].total == report.nbytes
    count = len(report.snapshots)
    assert seen[0].text.endswith(f"(1 of {count})")
    assert seen[-1].text.endswith(f"({count} of {count})")


def _numbers(directory):
    return sorted(int(path.stem.rpartition("-")[2]) for path in directory.glob("*.index"))


@pytest.mark.parametrize("suffix", [".index", ".data-00000-of-00001"])
@pytest.mark.parametrize("content", [b"version https://git-lfs.github.com/spec/v1\n", None])
def test_a_damaged_newest_snapshot_is_one_error(suffix, content, copied):
    directory = copied("runs.ten_steps")
    newest = directory / f"ckpt-{_numbers(directory)[-1]}"
    file = directory / f"{newest.name}{suffix}"
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content)
    report = check(open_source(str(directory)))
    errors = [one for one in report.findings if one.severity is Severity.ERROR]
    assert len(errors) == 1
    assert errors[0].where.startswith(str(newest))
    assert not [one for one in report.findings if one.where == str(newest) and one not in errors]
    assert str(newest) in report.snapshots
    assert {one.snapshot for one in report.bad} <= {str(newest)}


def test_an_impostor_is_one_error(copied):
    directory = copied("checkpoints.keras_sequential")
    file = directory / "ckpt-5.data-00000-of-00001"
    file.write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n")
    report = check(open_source(str(directory / "ckpt-5")))
    assert [one.id for one in report.findings] == ["F07"]
    assert "lfs pull" in report.findings[0].fix.code
    assert report.checked == 0
    assert all(one.problem for one in report.bad)


def test_progress_reaches_the_end(made):
    seen = []
    opened = open_source(str(made("runs.shards") / "many"))
    report = check(opened, Ticket(seen.append))
    assert seen[-1].done == report.nbytes
    assert all(one.done <= one.total for one in seen)
    assert seen[0].text == "Checking many"


def test_it_can_be_cancelled(made):
    opened = open_source(str(made("runs.shards") / "many"))
    ticket = Ticket()
    ticket.cancel()
    with pytest.raises(Cancelled):
        check(opened, ticket)


@pytest.mark.parametrize(
    ("suffix", "kept", "id"),
    [
        (".data-00000-of-00001", 300, "F07"), (".data-00000-of-00001", None, "F06"),
        (".index", 100, "F07"), (".index", 20, "F07"), (".index", None, "F06"),
    ],
)  # fmt: skip
def test_a_listing_and_a_check_call_damage_by_one_name(suffix, kept, id, copied):
    directory = copied("checkpoints.keras_sequential")
    file = directory / f"ckpt-4{suffix}"
    if kept is None:
        file.unlink()
    else:
        os.truncate(file, kept)

    def told(findings):
        return {one.id for one in findings if one.where.startswith(str(directory / "ckpt-4"))}

    opened = open_source(str(directory))
    assert told(opened.source.findings) == {id}
    assert told(check(opened).findings) == {id}
