"""`tfinspector report`: one file that needs nothing else, and shows what is there."""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.cli.conftest import Ended
from tests.formats.table_writer import BundleWriter
from tfinspector.contents.dtypes import DTYPE_BY_NAME

Cli = Callable[..., Ended]
Made = Callable[[str], Path]


class Read(HTMLParser):
    """What a browser makes of it: text, and the tags with their attributes."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(file.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def names(self) -> set[str]:
        return {tag for tag, _ in self.tags}


def test_a_run_has_its_figures_pictures_and_findings(cli: Cli, made: Made, tmp_path: Path) -> None:
    run, file = made("checkpoints.keras_functional"), tmp_path / "report.html"
    listed = cli("list", run, "--json").json
    ended = cli("report", run, "-o", file, "--json")
    [source] = ended.json["sources"]
    assert ended.json["file"] == str(file)
    assert (source["kind"], source["variables"]) == (listed["kind"], len(listed["variables"]))
    read = Read(file)
    assert {each["name"] for each in listed["variables"]} <= set(read.texts)
    assert {finding["id"] for finding in ended.json["findings"]} <= set(read.texts)
    measured = sum(1 for tag, held in read.tags if tag == "svg")
    assert measured == sum(bool(each["dtype"] != "string") for each in listed["variables"])


def test_it_needs_no_other_file_and_runs_nothing(cli: Cli, made: Made, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    assert cli("report", made("checkpoints.keras_functional"), "-o", file).code == 0
    read = Read(file)
    assert not read.names & {"script", "link", "iframe", "object", "a"}
    sources = [held.get("src") or "" for _, held in read.tags if "src" in held]
    assert all(source.startswith("data:image/png;base64,") for source in sources)
    assert not re.search(r"url\(|@import|https?:", file.read_text("utf-8"))


def test_the_program_draws_how_a_run_moved(program: Cli, made: Made, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    ended = program("report", made("drift.run"), "-o", file, "--json")
    assert ended.json["sources"][0]["snapshots"] > 1
    [picture] = [held["src"] for tag, held in Read(file).tags if tag == "img"]
    data = b64decode(str(picture).removeprefix("data:image/png;base64,"))
    assert data.startswith(b"\x89PNG")


def test_names_from_a_file_stay_text(cli: Cli, tmp_path: Path) -> None:
    writer = BundleWriter()
    name = "<img src=x onerror=alert(1)>&amp;`a`"
    writer.add(name.encode(), DTYPE_BY_NAME["float32"].code, (1,), b"\0\0\x80\x3f")
    writer.write(tmp_path / "odd")
    file = tmp_path / "report.html"
    assert cli("report", tmp_path / "odd", "-o", file).code == 0
    read = Read(file)
    assert "img" not in read.names
    assert name in read.texts


def test_what_cannot_be_read_is_told_beside_what_can(cli: Cli, made: Made, tmp_path: Path) -> None:
    file, prefix = tmp_path / "report.html", made("checkpoints.keras_functional") / "ckpt-1"
    ended = cli("report", prefix, tmp_path / "nothing", "-o", file, "--json")
    assert ended.code == 1
    assert len(ended.json["sources"]) == 1
    assert ended.json["findings"][0]["title"] in "".join(Read(file).texts).replace("`", "")
    alone = cli("report", tmp_path / "nothing", "-o", tmp_path / "none.html", "--json")
    assert (alone.code, alone.json["sources"]) == (2, [])
    assert not (tmp_path / "none.html").exists()


def test_a_file_of_a_model_is_never_written_over(cli: Cli, made: Made) -> None:
    index = made("checkpoints.keras_functional") / "ckpt-1.index"
    before = hashlib.sha256(index.read_bytes()).digest()
    assert cli("report", index, "-o", index, "--json").code == 2
    assert hashlib.sha256(index.read_bytes()).digest() == before


@pytest.mark.parametrize("words", [("report",), ("report", "somewhere")])
def test_without_a_file_to_write_it_is_wrong_usage(cli: Cli, words: tuple[str, ...]) -> None:
    assert cli(*words).code == 2
