"""Whole models of Keras, loaded by consent: classes that are pointed to, code that is allowed."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.makers.whole_models import CLASSES
from tfinspector.contents.findings import Cancelled, Finding, Unreadable
from tfinspector.contents.reports import LoadReport
from tfinspector.engine.consent import code_in
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.loading_keras import KerasRequest, is_whole_model, load_keras
from tfinspector.engine.opening import open_source
from tfinspector.engine.worker.client import WorkerClient

Made = Callable[[str], Path]


@pytest.fixture(scope="module")
def trace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What code that ran leaves behind."""
    return tmp_path_factory.mktemp("traces") / "ran"


@pytest.fixture(scope="module")
def client(trace: Path) -> Iterator[WorkerClient]:
    with WorkerClient(["env", f"TRACE={trace}", sys.executable]) as client:
        yield client


@pytest.fixture
def load(client: WorkerClient) -> Callable[..., LoadReport]:
    def call(path: Path, *custom: Path | str, consent: str = "") -> LoadReport:
        request = KerasRequest(tuple(map(str, custom)), consent, "CPU:0")
        return load_keras(open_source(str(path)), request, client)

    return call


Load = Callable[..., LoadReport]


def refused(load: Load, *words: Path | str, consent: str = "") -> Finding:
    with pytest.raises(Unreadable) as refusal:
        load(*words, consent=consent)
    return refusal.value.finding


def code_of(finding: Finding) -> list[str]:
    assert finding.fix
    return shlex.split(finding.fix.code)


@pytest.mark.parametrize(("name", "proved"), [("custom.keras", 14), ("custom.h5", 4)])
def test_classes_that_are_pointed_to(load: Load, made: Made, name: str, proved: int) -> None:
    directory = made("whole_models.whole")
    report = load(directory / name, directory / "classes.py")
    assert report.loaded, report.findings
    assert report.callable
    assert report.way == "with keras"
    assert report.proved == proved
    assert report.differing == ()
    weights = [one for one in report.variables if not one.name.startswith("optimizer/")]
    assert [(one.name, one.equal) for one in weights] == [
        ("scale/factor", True), ("plain/kernel", True), ("dense/kernel", True),
        ("dense/bias", True),
    ]  # fmt: skip
    assert report.findings == ()


def test_a_plain_model_needs_nothing(load: Load, made: Made) -> None:
    report = load(made("whole_models.whole") / "plain.keras")
    assert (report.loaded, report.proved, report.findings) == (True, 2, ())


def test_what_only_compiling_needs_is_left_out(load: Load, made: Made) -> None:
    directory = made("whole_models.whole")
    opened = open_source(str(directory / "loss_only.keras"))
    with WorkerClient() as fresh:  # in the shared one another test may have registered the loss
        report = load_keras(opened, KerasRequest(), fresh)
    assert report.way == "with keras, not compiled"
    assert {one.name for one in report.variables} == {"dense/kernel", "dense/bias"}
    assert load(directory / "loss_only.keras", directory / "classes.py").way == "with keras"


def test_what_cannot_be_compiled_is_loaded_without(load: Load, made: Made) -> None:
    directory = made("whole_models.whole")
    report = load(directory / "touchy.keras", directory / "classes.py")
    assert report.way == "with keras, not compiled"
    assert report.proved == 2


def test_without_classes_it_is_said_which_and_where_they_lived(load: Load, made: Made) -> None:
    path = made("whole_models.whole") / "custom.keras"
    finding = refused(load, path)
    assert finding.id == "K01"
    assert finding.title == ("Loading custom.keras needs Scale, Plain, which Keras does not bring.")
    assert "Scale lived in classes, registered as mine>Scale (scale)" in finding.detail
    assert "Plain lived in classes" in finding.detail
    assert code_of(finding) == ["tfinspector", "load", str(path), "--custom", "classes"]


def test_a_module_without_them_is_told_with_what_it_has(
    load: Load, made: Made, tmp_path: Path
) -> None:
    (tmp_path / "others.py").write_text(CLASSES.replace("class Plain", "class Plane"))
    report = load(made("whole_models.whole") / "custom.keras", tmp_path / "others.py")
    assert not report.loaded
    finding = report.findings[0]
    assert finding.id == "K01"
    assert "does not have Plain. There is: " in finding.title
    assert "Plane" in finding.title
    assert code_of(finding)[3:5] == ["--custom", str(tmp_path / "others.py")]


def test_a_module_that_is_not_there(load: Load, made: Made) -> None:
    report = load(made("whole_models.whole") / "custom.keras", "no_such_module_here")
    finding = report.findings[0]
    assert (report.loaded, finding.id) == (False, "K01")
    assert "There is no module no_such_module_here" in finding.title


def test_a_class_that_sets_its_value_anew_is_found_out(load: Load, made: Made) -> None:
    directory = made("whole_models.whole")
    report = load(directory / "forgetful.keras", directory / "classes.py")
    assert report.loaded
    assert [one.name for one in report.differing] == ["forgetful/factor"]
    assert report.findings[0].id == "K09"


def test_weights_alone_are_no_model(load: Load, made: Made) -> None:
    path = made("whole_models.whole") / "custom.weights.h5"
    assert not is_whole_model(open_source(str(path)))
    finding = refused(load, path)
    assert finding.id == "F12"
    assert code_of(finding)[:3] == ["tfinspector", "restore", str(path)]


def test_code_runs_only_with_the_word_for_this_content(
    load: Load, made: Made, trace: Path, tmp_path: Path
) -> None:
    path = made("whole_models.with_code") / "code.keras"
    code = code_in(open_source(str(path)))
    assert code
    assert code.could_do == ("In the layer tricky, compiled Python is kept.",)
    assert {"__import__", "makedirs", "environ"} <= set(code.names)
    finding = refused(load, path)
    assert finding.id == "K02"
    assert "makedirs" in finding.detail
    assert code_of(finding) == ["tfinspector", "load", str(path), "--allow-code", code.consent]
    stale = refused(load, made("whole_models.with_code") / "other.keras", consent=code.consent)
    assert stale.detail.startswith(f"The consent {code.consent} is for another content;")
    assert not trace.exists()
    report = load(path, consent=code.consent)
    assert (report.loaded, report.proved) == (True, 2)
    assert trace.is_dir(), "it was allowed, so it ran"
    copy = Path(shutil.copy(path, tmp_path / "renamed.keras"))
    again = code_in(open_source(str(copy)))
    assert again
    assert again.consent == code.consent, "the name is not part of the content"


def test_a_model_without_code_asks_for_no_consent(made: Made) -> None:
    assert code_in(open_source(str(made("whole_models.whole") / "plain.keras"))) is None


def test_looking_for_code_can_be_cancelled(made: Made) -> None:
    opened = open_source(str(made("whole_models.with_code") / "code.keras"))
    ticket = Ticket()
    ticket.cancel()
    with pytest.raises(Cancelled):
        code_in(opened, ticket)


def test_nothing_is_started_for_a_refusal(made: Made) -> None:
    client = WorkerClient([os.devnull])
    path = made("whole_models.with_code") / "code.keras"
    with pytest.raises(Unreadable):
        load_keras(open_source(str(path)), KerasRequest(), client)
    assert client.about is None
