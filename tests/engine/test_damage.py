"""Damage of every kind that people bring: each is told by its own cause, with a way out."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.formats import table_writer as write
from tests.formats.table_writer import BundleWriter
from tfinspector.contents.checks import CheckReport
from tfinspector.contents.findings import Severity
from tfinspector.engine.checking import check
from tfinspector.engine.opening import open_source
from tfinspector.formats import faults

DATA = ".data-00000-of-00001"
NBYTES = 256


def writer(start: float = 1.0, count: int = 6, shards: int = 1) -> BundleWriter:
    made = BundleWriter(num_shards=shards)
    for number in range(count):
        values = np.full((8, 8), start + number, "<f4")
        made.add(f"layer_{number}/kernel", 1, (8, 8), values.tobytes(), number % shards)
    return made


def data_of(prefix: Path) -> Path:
    return Path(f"{prefix}{DATA}")


def zeros(prefix: Path) -> None:
    """The file has its length and no content."""
    writer().write(prefix)
    data_of(prefix).write_bytes(bytes(6 * NBYTES))


def half_zeros(prefix: Path) -> None:
    writer().write(prefix)
    data = data_of(prefix).read_bytes()
    data_of(prefix).write_bytes(data[: 3 * NBYTES + 8].ljust(len(data), b"\0"))


def swapped_shards(prefix: Path) -> None:
    writer(shards=2).write(prefix)
    first, second = (Path(f"{prefix}.data-0000{n}-of-00002") for n in (0, 1))
    kept = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(kept)


def data_of_another(prefix: Path) -> None:
    writer().write(prefix)
    other = prefix.with_name("ckpt-2")
    writer(9.0).write(other)
    shutil.copy(data_of(other), data_of(prefix))


def one_strange_shard(prefix: Path) -> None:
    writer(shards=2).write(prefix)
    strange = writer(9.0, shards=2)
    Path(f"{prefix}.data-00001-of-00002").write_bytes(bytes(strange.data[1]))


def sent_as_text(prefix: Path) -> None:
    made = BundleWriter()
    for number in range(4):
        made.add(f"w{number}", 4, (64,), bytes([10, number] * 32))
    made.write(prefix)
    data_of(prefix).write_bytes(data_of(prefix).read_bytes().replace(b"\n", b"\r\n"))


def longer(prefix: Path) -> None:
    writer().write(prefix)
    with open(data_of(prefix), "ab") as file:
        file.write(b"x" * 999)


def overlapping(prefix: Path) -> None:
    made = writer()
    made.entries[b"layer_1/kernel"] = write.entry(1, (8, 8), 0, 128, NBYTES, 1)
    made.write(prefix)


def with_a_gap(prefix: Path) -> None:
    made = writer()
    made.put(bytes(5000))
    made.add("last", 1, (8, 8), bytes(NBYTES))
    made.write(prefix)


def left_over(prefix: Path) -> None:
    writer(shards=2).write(prefix)
    writer().write(prefix)


def renamed_data(prefix: Path) -> None:
    writer().write(prefix)
    data_of(prefix).rename(f"{data_of(prefix)} (1)")


def xml_data(prefix: Path) -> None:
    writer().write(prefix)
    data_of(prefix).write_bytes(b'<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>')


CASES: dict[Callable[[Path], None], tuple[str, Severity, str]] = {
    zeros: ("F08", Severity.ERROR, "6 of 6 tensors of ckpt-1 are nothing but zeros"),
    half_zeros: ("F08", Severity.ERROR, "3 of 6 tensors of ckpt-1 are not what was saved, 2 of"),
    swapped_shards: ("F08", Severity.ERROR, "have changed places"),
    data_of_another: ("F08", Severity.ERROR, "The data of ckpt-1 is that of ckpt-2"),
    one_strange_shard: ("F08", Severity.ERROR, "data-00001-of-00002 comes from another save"),
    sent_as_text: ("F08", Severity.ERROR, "the data is 128 bytes longer than the index tells"),
    longer: ("F07", Severity.INFO, "999 bytes of ckpt-1.data-00000-of-00001 belong to no tensor"),
    overlapping: ("F07", Severity.WARNING, "layer_0/kernel and layer_1/kernel have 128 bytes"),
    with_a_gap: ("F07", Severity.INFO, "5,000 bytes of"),
    left_over: ("F06", Severity.INFO, "2 data files are left of another save of ckpt-1"),
    renamed_data: ("F06", Severity.ERROR, "is missing"),
    xml_data: ("F07", Severity.ERROR, "is a web page, not the data"),
}


def checked(damage: Callable[[Path], None], directory: Path) -> CheckReport:
    damage(directory / "ckpt-1")
    return check(open_source(str(directory / "ckpt-1")))


@pytest.mark.parametrize("damage", CASES, ids=lambda damage: damage.__name__)
def test_it_is_told_by_its_cause(damage: Callable[[Path], None], tmp_path: Path) -> None:
    id, severity, words = CASES[damage]
    report = checked(damage, tmp_path)
    found = [one for one in report.findings if words in one.title]
    assert [(one.id, one.severity) for one in found] == [(id, severity)], report.findings
    assert found[0].fix is not None


def test_swapped_files_are_put_right_by_the_fix(tmp_path: Path) -> None:
    report = checked(swapped_shards, tmp_path)
    fix = report.findings[0].fix
    assert fix is not None
    for line in fix.code.splitlines():
        command, source, target = line.split()
        assert command == "mv"
        os.rename(source, target)
    assert check(open_source(str(tmp_path / "ckpt-1"))).findings == ()


def test_a_renamed_data_file_is_put_right_by_the_fix(tmp_path: Path) -> None:
    fix = checked(renamed_data, tmp_path).findings[0].fix
    assert fix is not None
    assert "(1) has just its size" in fix.text
    os.rename(f"{tmp_path / 'ckpt-1'}{DATA} (1)", data_of(tmp_path / "ckpt-1"))
    assert check(open_source(str(tmp_path / "ckpt-1"))).findings == ()


def test_padding_is_no_gap(tmp_path: Path) -> None:
    made = writer()
    made.alignment = 64
    made.add("short", 4, (3,), b"abc")
    made.add("after", 1, (8, 8), bytes(NBYTES))
    made.write(tmp_path / "c")
    assert check(open_source(str(tmp_path / "c"))).findings == ()


def test_the_data_of_a_neighbour_is_no_stand_in(tmp_path: Path) -> None:
    """It has the right size, but it belongs to the index beside it."""
    for number in (1, 2):
        writer(number).write(tmp_path / f"ckpt-{number}")
    data_of(tmp_path / "ckpt-1").unlink()
    fix = check(open_source(str(tmp_path / "ckpt-1"))).findings[0].fix
    assert fix is not None
    assert "ckpt-2" not in fix.text + fix.code


def test_a_state_file_with_an_ending_is_told(tmp_path: Path) -> None:
    writer().write(tmp_path / "ckpt-1")
    (tmp_path / "checkpoint.txt").write_text('model_checkpoint_path: "ckpt-1"\n')
    told = [one for one in open_source(str(tmp_path)).source.findings if one.id == "F05"]
    assert [one.title for one in told] == [
        "The state file is called checkpoint.txt, so TensorFlow does not see it."
    ]


def test_an_unparsable_state_file_names_nothing(tmp_path: Path) -> None:
    writer().write(tmp_path / "ckpt-3")
    (tmp_path / "checkpoint").write_text("model_checkpoint_path: ckpt-3\n{")
    told = [one.title for one in open_source(str(tmp_path)).source.findings if one.id == "F05"]
    assert len(told) == 1
    assert "TensorFlow ignores it" in told[0]


def test_a_save_over_it_is_no_damage(tmp_path: Path) -> None:
    """Old index, new data, as it is for a moment in each save under the same name."""
    prefix = tmp_path / "ckpt-1"
    writer().write(prefix)
    opened = open_source(str(prefix))
    writer(9.0).write(tmp_path / "new")
    os.replace(data_of(tmp_path / "new"), data_of(prefix))
    report = check(opened)
    assert len(report.bad) == 6
    assert report.findings[0].title.startswith("ckpt-1 was written over while it was checked: 6")


def test_data_files_beside_a_file_of_the_old_format_are_not_its_own(
    made: Callable[[str], Path], tmp_path: Path
) -> None:
    old = made("v1_checkpoints.partitioned") / "part"
    shutil.copy(old, tmp_path / "m.ckpt")
    data_of(tmp_path / "m.ckpt").write_bytes(b"of the new format")
    titles = [one.title for one in check(open_source(str(tmp_path / "m.ckpt"))).findings]
    assert not [title for title in titles if "left of another save" in title]


@pytest.mark.parametrize("start", [b"", b"PK\x03\x04", b"<html", b"version https://git-lfs", b"?"])
def test_titles_of_what_is_wrong_with_a_file_are_sentences(start: bytes) -> None:
    for error in (
        faults.not_a_table("/run/ckpt-1.index", start, len(start)),
        faults.damaged_index("/run/ckpt-1.index", 9, "a number is cut off."),
        faults.no_index("/run/ckpt-1", []),
    ):
        assert error.finding.title.endswith(".")
        assert not error.finding.title.endswith("..")
