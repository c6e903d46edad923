"""Calls of real SavedModels: what comes out is what TensorFlow itself answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.tensorflow_process import TensorFlowProcess
from tfinspector.contents.calls import CallReport
from tfinspector.contents.figures import Statistics, Unmeasured
from tfinspector.contents.findings import Finding, Severity, Unreadable
from tfinspector.engine.calling_code import python_for_function
from tfinspector.engine.opening import open_source
from tfinspector.engine.running.asking import choices_of
from tfinspector.engine.running.output_source import source_of
from tfinspector.engine.running.run import CallRequest, run_opened
from tfinspector.engine.values import read_values
from tfinspector.engine.worker.client import WorkerClient

Made = Callable[[str], Path]


@pytest.fixture(scope="module")
def client() -> Iterator[WorkerClient]:
    with WorkerClient() as client:
        client.start()
        yield client


@pytest.fixture
def run(client: WorkerClient, made: Made) -> Callable[..., CallReport]:
    """`run("saved_models.everything/model", "x=zeros", size=("3",), signature="look_up")`."""

    def call(path: str, *inputs: str, size: tuple[str, ...] = (), **options: Any) -> CallReport:
        maker, _, rest = path.partition("/")
        named, others, sizes = choices_of(inputs, size)
        request = CallRequest(inputs=named, others=others, sizes=sizes, device="CPU:0", **options)
        return run_opened(open_source(str(made(maker) / rest)), request, client)

    return call


Run = Callable[..., CallReport]


def values(report: CallReport) -> dict[str, Any]:
    assert report.done, report.findings
    return {output.name: output.values for output in report.outputs}


def refused(run: Run, *words: Any, **options: Any) -> Finding:
    with pytest.raises(Unreadable) as refusal:
        run(*words, **options)
    assert refusal.value.finding.fix
    return refusal.value.finding


def test_a_signature_answers_what_tensorflow_does(
    run: Run, made: Made, tensorflow: TensorFlowProcess
) -> None:
    report = run("saved_models.everything/model", size=("3",), repeat=4)
    given = {one.name: one.values for one in report.given}
    assert given["x"].shape == (3, 4)  # type: ignore[union-attr]
    truth = tensorflow.call(
        "tests.makers.calls:answers",
        str(made("saved_models.everything") / "model"), "serving_default", given,
    )  # fmt: skip
    found = values(report)
    assert found.keys() == truth.keys()
    for name, value in truth.items():
        np.testing.assert_array_equal(found[name], value)
    assert len(report.times) == 4
    assert report.seconds == pytest.approx(float(np.median(report.times)))
    figures = report.outputs[0].figures
    assert isinstance(figures, Statistics)
    assert figures.mean == pytest.approx(float(found["sum"].mean()))


def test_the_model_is_loaded_once(run: Run) -> None:
    first = run("saved_models.no_variables/model")
    again = run("saved_models.no_variables/model")
    assert first.load_seconds > 0
    assert again.load_seconds == 0


def test_lines_of_a_file_go_through_a_table(run: Run, tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("ja\nso\nvielleicht\n")
    words = f"words=text:{tmp_path / 'words.txt'}"
    report = run("saved_models.everything/model", words, signature="look_up")
    assert values(report)["ids"].tolist() == [0, -1, 2]


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("__call__", ["output"]),
        ("encoder/encode", ["parts/0", "parts/1/0", "parts/1/1", "scaled"]),
        ("heads/1/encode", ["parts/0", "parts/1/0", "parts/1/1", "scaled"]),
        ("by_name/c/encode", ["parts/0", "parts/1/0", "parts/1/1", "scaled"]),
        ("total", ["output"]),
        ("lengths", ["output"]),
        ("raw", ["output"]),
    ],
)
def test_functions_with_nested_sparse_and_ragged_arguments(
    run: Run, path: str, names: list[str]
) -> None:
    report = run("saved_models.everything/model", "ones", size=("2",), function=path)
    assert list(values(report)) == names


def test_a_function_by_its_python_name(run: Run) -> None:
    report = run("saved_models.everything/model", "ones", function="loaded.encoder.encode")
    assert values(report)["scaled"].tolist() == [[1, 2, 3, 4]]


def test_graphs_of_tensorflow_1_are_chosen_by_their_tags(run: Run) -> None:
    path = "saved_models.tensorflow1/binary"
    finding = refused(run, path)
    assert finding.id == "S02"
    assert "serve" in str(finding.evidence)
    found = values(run(path, "word=constant:nein", tags=("serve",), signature="numbers"))
    assert found["number"].tolist() == [1]
    sparse = values(run(path, "ones", tags=("serve",), signature="features"))
    assert sparse["s"].tolist() == [[1, 1]]
    assert sparse["twice/dense_shape"].tolist() == [1, 4]


@pytest.mark.parametrize(
    "name",
    ["int4", "uint2", "float8_e5m2", "qint8", "quint16", "bfloat16", "complex64", "bool"],
)
def test_every_type_goes_there_and_back(run: Run, name: str) -> None:
    report = run("saved_models.odd_types/model", size=("3",), signature=name)
    [given], [output] = report.given, report.outputs
    assert output.dtype == name
    assert output.shape == (2, 3)
    assert output.values.tobytes() == given.values.tobytes()  # type: ignore[union-attr]


def test_a_picture_is_fitted_to_the_input(run: Run, made: Made) -> None:
    picture = made("calls.picture") / "picture.png"
    path = "calls.picture/model"
    small = values(run(path, f"image=image:{picture}", signature="see"))["same"]
    assert small.shape == (1, 4, 6, 3)
    assert small[0, :, 0, 0].tolist() == [1, 1, 1, 1]
    assert small[0, :, 5].max() == 0
    whole = values(run(path, f"image=pixels:{picture}", signature="see"))["same"]
    assert whole.max() == 255
    first = values(run(path, f"image=image:{picture}", signature="see_first"))["same"]
    assert first.shape == (3, 4, 6)
    assert first[0, :, 0].tolist() == [255] * 4
    assert first[1:].max() == 0


def test_a_signature_that_is_not_there(run: Run) -> None:
    finding = refused(run, "saved_models.everything/model", signature="serving_defalt")
    assert finding.id == "S05"
    assert finding.evidence["near"] == ["serving_default"]
    assert "Did you mean serving_default?" in finding.fix.text  # type: ignore[union-attr]
    other = refused(run, "saved_models.everything/model", function="encode")
    assert "encoder/encode" in other.detail


def test_a_missing_input_is_named(run: Run) -> None:
    finding = refused(run, "saved_models.everything/model", "x=zeros")
    assert finding.id == "S06"
    assert finding.title == "The input y of the signature serving_default is missing."
    assert finding.fix.code == "--input y=random"  # type: ignore[union-attr]


def test_an_input_that_is_not_there(run: Run) -> None:
    finding = refused(run, "saved_models.everything/model", "x=zeros", "yy=zeros")
    assert finding.title == "The signature serving_default has no input yy."
    assert "Did you mean y?" in finding.fix.text  # type: ignore[union-attr]


def test_another_type_and_shape_are_told_with_a_call_that_fits(
    run: Run, tmp_path: Path, tensorflow: TensorFlowProcess
) -> None:
    np.save(tmp_path / "wide.npy", np.zeros((2, 7)))
    report = run("saved_models.keras3_export/model", str(tmp_path / "wide.npy"))
    assert not report.done
    assert report.outputs == ()
    finding = report.findings[0]
    assert (finding.id, finding.severity) == ("S06", Severity.ERROR)
    assert "was given as float64 [2 x 7], and takes float32 [? x 4]" in finding.title
    [given] = finding.evidence["given"].values()  # type: ignore[attr-defined]
    assert given == {"dtype": "float64", "shape": [2, 7]}
    assert finding.fix
    assert "astype('float32')" in finding.fix.text
    tensorflow.call("tests.makers.saved_model_referee:run", finding.fix.code)


def test_a_shape_that_tensorflow_does_not_look_at_is_a_warning(run: Run, tmp_path: Path) -> None:
    np.save(tmp_path / "wide.npy", np.zeros((2, 7), np.float32))
    report = run("saved_models.everything/model", f"x={tmp_path / 'wide.npy'}", "zeros")
    assert report.done
    [finding] = [one for one in report.findings if one.id == "S06"]
    assert finding.severity is Severity.WARNING
    assert "[2 x 7]" in finding.title


def test_a_computation_that_fails_by_itself(run: Run) -> None:
    report = run("calls.failing/model", size=("3",))
    assert not report.done
    assert report.error is not None
    finding = report.findings[0]
    assert finding.id == "S06"
    assert "takes these inputs, and its computation raised InvalidArgumentError" in finding.title
    assert run("calls.failing/model", size=("4",)).done


def test_a_device_that_is_not_there(client: WorkerClient, made: Made) -> None:
    opened = open_source(str(made("saved_models.no_variables") / "model"))
    named, others, sizes = choices_of((), ())
    request = CallRequest(inputs=named, others=others, sizes=sizes, device="GPU:7")
    report = run_opened(opened, request, client)
    assert report.findings[0].id == "R02"


def test_row_splits_of_another_type(run: Run, made: Made, tensorflow: TensorFlowProcess) -> None:
    found = values(run("calls.awkward/model", "ones", size=("2", "3"), function="narrow"))
    assert found["row_splits_0"].dtype == np.int32
    model = open_source(str(made("calls.awkward") / "model")).source.saved_model
    assert model
    graph = model.meta_graphs[0]
    narrow = next(one for one in graph.functions if one.path == "narrow")
    code = python_for_function(model, graph, narrow)
    tensorflow.call("tests.makers.saved_model_referee:run", code)


def test_what_has_no_values_is_an_output_all_the_same(run: Run) -> None:
    report = run("calls.awkward/model", function="table/_create_resource")
    assert report.done
    [output] = report.outputs
    assert output.dtype == "resource"
    assert isinstance(output.figures, Unmeasured)
    assert run("calls.awkward/model", function="table/_destroy_resource").done
    word = "words=constant:b"
    assert values(run("calls.awkward/model", word, function="look_up"))["ids"].tolist() == [2]


def test_python_that_stayed_behind_is_told_as_that(run: Run) -> None:
    report = run("calls.awkward/model", function="python")
    assert not report.done
    assert report.findings[0].id == "T02"
    assert report.findings[0].fix


def test_the_telling_line_of_an_error_is_told(run: Run) -> None:
    report = run("calls.awkward/model", "name=constant:nowhere", function="read")
    assert report.findings[0].title.endswith("NotFoundError: nowhere; No such file or directory.")


def test_outputs_are_a_source_of_variables(run: Run) -> None:
    report = run("saved_models.everything/model", "ones", function="encoder/encode")
    source = source_of(report)
    variable = source.find("scaled")
    assert variable.shape == (1, 4)
    assert read_values(source.reader(), variable, (slice(0, 1), slice(1, 3))).tolist() == [[2, 3]]
    assert np.concatenate(list(source.reader().blocks("scaled", 8))).tolist() == [1, 2, 3, 4]


def test_strings_have_no_figures(run: Run, made: Made) -> None:
    report = run("worker_cases.reader/first")
    assert all(one.dtype == "string" for one in report.given)
    assert not any(isinstance(each.figures, Unmeasured) for each in report.outputs)
