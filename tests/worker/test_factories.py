"""Finding and calling factories: SPECs, neighbours, arguments, and what they must not return."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.worker.conftest import MODELS, Asked
from tfinspector.engine.worker.client import MethodFailed

PLAIN = "import tensorflow as tf\n\ndef make():\n    return tf.Module()\n"


def refusal(asked: Asked, spec: str, **params: object) -> MethodFailed:
    with pytest.raises(MethodFailed) as caught:
        asked.build(spec, **params)
    return caught.value


@pytest.mark.parametrize(
    ("factory", "text"),
    [
        ("returns_none", "returned None (is a return missing?)"),
        ("returns_list", "returned a list of Functional"),
        ("returns_function", "the function functional itself, not what it returns"),
        ("returns_class", "the class Net, not an object of it"),
        ("returns_triple", "a tuple (Functional, Adam, int)"),
        ("returns_numbers", "a dict of int, ndarray"),
        ("returns_traced", "the class tensorflow.python.eager.polymorphic_function"),
    ],
)
def test_what_is_no_model_is_told_by_what_it_is(asked: Asked, factory: str, text: str) -> None:
    failed = refusal(asked, factory)
    assert failed.error.type == "BadReturn"
    assert text in failed.error.message
    assert "A factory returns a model or module" in failed.error.message
    assert failed.error.frames == ()
    assert failed.finding.fix


def test_how_to_return_bare_variables_is_told(asked: Asked) -> None:
    """A checkpoint's root can't be a list."""
    failed = refusal(asked, "returns_variables")
    assert "returned a list of ResourceVariable" in failed.error.message
    assert 'return {"weights": [...]}' in failed.error.message


@pytest.mark.parametrize(
    ("value", "paths"),
    [
        ("[v(), v()]", ["part/0", "part/1"]),
        ("(v(), v())", ["part/0", "part/1"]),
        ("Pair(v(), v())", ["part/first", "part/second"]),
        ("{'a': v(), 'b': [v(), 3, None]}", ["part/a", "part/b/0"]),
        ("OrderedDict(a=v())", ["part/a"]),
        ("keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]).weights",
         ["part/0", "part/1"]),
    ],
)  # fmt: skip
def test_containers_are_held_as_tensorflow_holds_them(
    asked: Asked, write_factory: Callable[..., str], tmp_path: Path, value: str, paths: list[str]
) -> None:
    spec = write_factory(
        "from collections import OrderedDict, namedtuple\nimport keras\nimport tensorflow as tf\n"
        "Pair = namedtuple('Pair', 'first second')\n"
        "def v():\n    return tf.Variable([1.0, 2.0])\n"
        f"def make():\n    return {{'part': {value}}}\n"
    )
    model = asked.build(spec)
    assert [each.path for each in model.variables] == paths
    assert model.findings == ()
    prefix = asked("write", prefix=str(tmp_path / "written"))["prefix"]
    asked.build(spec)
    assert asked("restore", prefix=prefix)["checks"]["assert_consumed"] is None


@pytest.mark.parametrize("value", ["{1, 2}", "deque([v()])", "defaultdict(list, a=v())"])
def test_containers_that_tensorflow_refuses_are_a_finding(
    asked: Asked, write_factory: Callable[..., str], value: str
) -> None:
    spec = write_factory(
        "from collections import defaultdict, deque\nimport tensorflow as tf\n"
        "def v():\n    return tf.Variable(1.0)\n"
        f"def make():\n    return {{'good': v(), 'bad': {value}}}\n"
    )
    (finding,) = asked.build(spec).findings
    assert finding.id == "M19"
    assert "'bad'" in finding.title


def test_models_in_a_list_are_built(asked: Asked, write_factory: Callable[..., str]) -> None:
    spec = write_factory(
        "import keras\n"
        "class Net(keras.Model):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n        self.dense = keras.layers.Dense(2)\n"
        "    def call(self, x):\n        return self.dense(x)\n"
        "def make():\n    return {'nets': [Net(), Net()]}\n"
        "def sample_inputs():\n    return keras.ops.ones((1, 3))\n"
    )
    model = asked.build(spec)
    assert model.built_by == "sample_inputs"
    assert [each.shape for each in model.variables] == [(3, 2), (2,)] * 2
    assert "nets/0, nets/1" in asked("call")["why_not"]


def test_a_missing_callable_is_answered_with_those_that_are_there(asked: Asked) -> None:
    failed = refusal(asked, "funktional")
    assert failed.error.type == "NoSuchCallable"
    assert "There is no funktional in" in failed.error.message
    assert "Did you mean functional? It has: functional, two_inputs, Net" in failed.error.message
    assert "not_callable" not in failed.error.message
    assert "keras" not in failed.error.message.partition("It has")[2]


def test_a_spec_without_callable_lists_them(asked: Asked) -> None:
    failed = refusal(asked, f"{MODELS}:")
    assert failed.error.type == "BadSpec"
    failed = refusal(asked, "not_callable")
    assert "not_callable in" in failed.error.message
    assert "is an int, which can't be called" in failed.error.message


def test_dotted_callables(asked: Asked) -> None:
    model = asked.build("Holder.make", kwargs={"units": 3})
    assert model.variables[0].shape == (3, 3)
    assert refusal(asked, "Holder.nothing").error.type == "NoSuchCallable"


def test_arguments_that_do_not_fit(asked: Asked) -> None:
    for kwargs, text in [
        ({}, "missing a required argument: 'units'"),
        ({"units": 1, "depth": 2}, "unexpected keyword argument 'depth'"),
    ]:
        failed = refusal(asked, "Holder.make", kwargs=kwargs)
        assert failed.error.type == "WrongArguments"
        assert "Holder.make(units" in failed.error.message
        assert text in failed.error.message


def test_a_type_error_inside_is_the_users(asked: Asked, write_factory: Callable[..., str]) -> None:
    spec = write_factory("def make():\n    return len(3)\n")
    failed = refusal(asked, spec)
    assert failed.error.type == "TypeError"
    assert [frame.code for frame in failed.error.frames] == ["return len(3)"]


def test_modules_by_name(asked: Asked) -> None:
    assert asked.build("tests.makers.worker_models:functional").variables
    failed = refusal(asked, "tests.makers.worker_model:functional")
    assert failed.error.type == "FactoryNotFound"
    assert "There is no module tests.makers.worker_model" in failed.error.message
    assert refusal(asked, "no_such_package.inner:make").error.type == "FactoryNotFound"


def test_files_that_are_not_there(asked: Asked, tmp_path: Path) -> None:
    (tmp_path / "folder.py").mkdir()
    for name, text in [("nothing.py", "does not exist"), ("folder.py", "is a directory")]:
        failed = refusal(asked, f"{tmp_path / name}:make")
        assert failed.error.type == "FactoryNotFound"
        assert text in failed.error.message


@pytest.mark.parametrize("spec", [":make", "  :make", "a b:make"])
def test_specs_that_mean_nothing(asked: Asked, spec: str) -> None:
    with pytest.raises(MethodFailed) as caught:
        asked.client.call("build", {"factory": spec})
    assert caught.value.error.type in ("BadSpec", "FactoryNotFound")


def test_neighbours_can_be_imported_and_the_directory_stays(
    asked: Asked, write_factory: Callable[..., str], tmp_path: Path
) -> None:
    write_factory("import tensorflow as tf\nWIDTH = 4\n", "project/neighbour_1.py")
    write_factory("from . import inner\nDEPTH = 2\n", "project/package_1/__init__.py")
    write_factory("", "project/package_1/inner.py")
    spec = write_factory(
        "import os, sys, tensorflow as tf\nimport neighbour_1\nfrom package_1 import DEPTH\n"
        f"assert os.getcwd() == {os.getcwd()!r}\n"
        "assert sys.argv == [__file__]\n"
        "assert sys.modules[__name__].__file__ == __file__\n"
        "assert __name__ == 'my-factory 1'\n"
        "if __name__ == '__main__':\n    raise SystemExit('trains for a week')\n"
        "def make():\n"
        "    return {'v': tf.Variable(tf.zeros([neighbour_1.WIDTH, DEPTH]))}\n",
        "project/my-factory 1.py",
    )
    assert asked.build(spec).variables[0].shape == (4, 2)


def test_a_file_called_like_a_module_in_use(
    asked: Asked, write_factory: Callable[..., str]
) -> None:
    """`json.py` must not replace the library that everybody uses."""
    spec = write_factory("import json\nassert json.dumps\n" + PLAIN, "json.py")
    assert asked.build(spec).nodes


def test_a_file_that_can_not_be_parsed(asked: Asked, write_factory: Callable[..., str]) -> None:
    failed = refusal(asked, write_factory("def make():\n    return (1\n"))
    assert failed.error.type == "SyntaxError"
    (frame,) = failed.error.frames
    assert frame.file.endswith("factory.py")
    assert (frame.line, frame.code) == (2, "return (1")


def test_a_link_to_a_file_has_the_neighbours_of_the_file(
    asked: Asked, write_factory: Callable[..., str], tmp_path: Path
) -> None:
    """As when Python runs a link."""
    write_factory("WIDTH = 4\n", "real/neighbour_2.py")
    spec = write_factory("import neighbour_2\n" + PLAIN, "real/factory_2.py")
    link = tmp_path / "link.py"
    link.symlink_to(spec.rpartition(":")[0])
    assert asked.build(f"{link}:make").nodes


def test_a_factory_that_was_edited_is_read_again(
    asked: Asked, write_factory: Callable[..., str]
) -> None:
    for width in (2, 3):
        write_factory(f"WIDTH = {width}\n" + "#" * width, "neighbour_3.py")
        spec = write_factory(
            "import tensorflow as tf\nfrom neighbour_3 import WIDTH\n"
            "def make():\n    return {'v': tf.Variable(tf.zeros([WIDTH]))}\n"
        )
        assert asked.build(spec).variables[0].shape == (width,)


def test_the_demo_and_its_broken_factories(asked: Asked) -> None:
    demo = Path("resources/demo").resolve()
    model = asked.build(f"{demo / 'factory.py'}:build")
    assert (model.built_by, len(model.variables)) == ("factory", 37)
    failed = refusal(asked, f"{demo / 'factory.py'}:build_raises")
    assert failed.error.type == "FileNotFoundError"
    assert [frame.function for frame in failed.error.frames] == ["build_raises"]
    model = asked.build(f"{demo / 'factory_unbuilt.py'}:build")
    assert model.built_by == ""
    assert "model/hidden_1" in model.unbuilt
