"""What is filled in: understood, refused with a sentence, remembered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.viewmodels.made_up_restores import INTERPRETER
from tfinspector.contents.reports import Device
from tfinspector.viewmodels.preferences import Preferences
from tfinspector.viewmodels.restore.form import (
    CPU,
    NO_GPU,
    RestoreForm,
    device_choices,
    parse_arguments,
    recalled,
)


def test_arguments_are_a_json_object() -> None:
    assert parse_arguments("  ") == {}
    assert parse_arguments('{"width": 96, "dtype": null}') == {"width": 96, "dtype": None}


@pytest.mark.parametrize(
    ("text", "word"),
    [("{width: 3}", "character 2"), ("[1]", "must be a JSON object"),
     ('{"a b": 1}', "can't be the name"), ("[" * 100_000, "nested too deeply")],
)  # fmt: skip
def test_other_arguments_are_refused_with_a_sentence(text: str, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        parse_arguments(text)
    form = RestoreForm(factory="f.py:build", kwargs=text)
    assert word in form.kwargs_problem
    assert form.why_not == form.kwargs_problem


def test_a_factory_is_a_file_or_a_module_with_a_callable() -> None:
    form = RestoreForm(factory="/a b/factory.py:build")
    assert (form.file, form.callable, form.why_not) == ("/a b/factory.py", "build", "")
    assert RestoreForm(factory="package.models:Net").file == ""
    assert "Choose the function" in RestoreForm().why_not
    assert "which function" in RestoreForm(factory="/a/factory.py").why_not
    assert RestoreForm(factory="/a/factory.py").file == "/a/factory.py"


def test_a_command_is_split_like_a_shell_does() -> None:
    assert RestoreForm(worker="ssh host '/my env/python'").command == (
        "ssh",
        "host",
        "/my env/python",
    )
    assert RestoreForm().command is None
    assert "quotation mark" in RestoreForm(factory="f.py:b", worker="a 'b").why_not


def test_a_gpu_that_is_not_there_is_shown_with_the_reason() -> None:
    choices = device_choices(INTERPRETER, CPU)
    assert [(each.name, bool(each.why_not)) for each in choices] == [
        ("CPU:0", False),
        ("GPU:0", True),
    ]
    assert NO_GPU in choices[1].text
    assert "has started" in device_choices(None, CPU)[1].text


def test_gpus_that_are_there_can_be_chosen() -> None:
    devices = (Device("CPU:0"), Device("GPU:0", "H100"), Device("GPU:1", "H100"))
    choices = device_choices(replace(INTERPRETER, devices=devices), "GPU:1")
    assert [each.text for each in choices] == ["CPU:0", "GPU:0 · H100", "GPU:1 · H100"]
    assert not any(each.why_not for each in choices)


def test_a_remembered_device_that_is_gone_is_told() -> None:
    assert device_choices(INTERPRETER, "GPU:3")[-1].why_not == NO_GPU


def test_what_was_filled_in_is_remembered_per_source() -> None:
    form = RestoreForm("f.py:build", '{"a": 1}', "python3", "CPU:0", partial=True)
    Preferences().set_restore("/made/up", form.remembered())
    again = Preferences()
    assert recalled(again.restore_of("/made/up")) == form
    assert recalled(again.restore_of("/other")) == RestoreForm()
    assert recalled({"factory": "g.py:h", "of a newer version": "x"}).factory == "g.py:h"
