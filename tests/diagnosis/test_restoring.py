"""The judgement about restores, on real models and files; the code of each fix is run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.diagnosis.restoring_evidence import Judge, alarms
from tfinspector.contents.findings import Finding, Severity
from tfinspector.contents.reports import RelayedError, TraceFrame
from tfinspector.contents.restores import State
from tfinspector.diagnosis.matching.states import WHY_INITIAL, WHY_OVERWRITTEN, WHY_STOPPED
from tfinspector.diagnosis.restoring import diagnose

HEALTHY = [
    ("chain", "root"), ("chain", "model"), ("chain", "adam"), ("adam", "adam"), ("adam", "model"),
    ("chain", "saved"), ("three", "three"), ("alike", "alike"), ("unnamed_bare", "unnamed"),
    ("tied", "tied"), ("untied", "untied"), ("words_known", "words"), ("words_adapted", "words"),
    ("by_names", "names"), ("encoder", "flat"), ("adamw", "adam"), ("counting", "model"),
    ("attention", "attention"), ("recurrent", "recurrent"), ("pair", "pair"),
]  # fmt: skip


@pytest.mark.parametrize(("factory", "file"), HEALTHY)
def test_no_alarm_where_all_weights_find_their_place(judge: Judge, factory, file):
    findings = judge(factory, file)
    assert alarms(findings) == [], [each.title for each in findings]


# factory, file, class of the first finding, words of its title
CASES = [
    ("renamed", "model", "M01", "Layer `middle` in the model is called `hidden` in the checkpoint"),
    ("renamed", "root", "M01", "`middle` in the model is called `hidden`"),
    ("under_net", "model", "M01", "`net` in the model is called `model`"),
    ("rooted", "model", "M01", "under `model`, not at its root"),
    ("wrapped", "root", "M01", "root is what your program has under `core`"),
    ("nested_renamed", "nested", "M01", "`backbone` in the model is called `encoder`"),
    ("flat", "nested", "M01", "(`low` and `high`) lies one level deeper: under `model/encoder`"),
    ("nested", "flat", "M01", "(`low` and `high`) lies one level higher: under `model`"),
    ("encoder", "nested", "M01", "The checkpoint has the model under `model/encoder`"),
    ("pair_swapped", "pair", "M01", "have changed names: what the checkpoint calls"),
    ("sequential", "three", "M01", "saved from a functional model, and the model is a Sequential"),
    ("on_top", "trunk", "M01", "under `model/trunk` lies one level higher: under `model`"),
    ("scheduled", "adam", "M06", "saved with a constant learning rate, and the model's has a"),
    ("under_net", "saved", "S13", "under `net`"),
    ("chain", "exported", "S13", "model.export()"),
    ("with_head", "model", "M01", "nothing for 2 of the model's 6 weights: `extra/kernel`"),
    ("wider", "model", "M08", "`hidden` has 5 outputs in the checkpoint and 6 in the model"),
    ("more_classes", "model", "M08", "The head `head` has 2 outputs in the checkpoint and 7"),
    ("flipped", "model", "M08", "as its transpose: (3, 5) in the checkpoint, (5, 3)"),
    ("double", "model", "M09", "float32 in the checkpoint and float64 in the model"),
    ("sgd", "adam", "M06", "state of Adam, and the model's optimizer is SGD"),
    ("adam", "averages", "M12", "use_ema=True"),
    ("chain", "averages", "M12", "averages of 4 weights"),
    ("adam_as_opt", "adam", "M11", "The optimizer `opt` is called `optimizer`"),
    ("one_more", "three", "M06", "`new` was inserted at index 2: 2 layers after it are shifted"),
    ("one_less", "even", "M06", "`b` (index 2 in the checkpoint) is not in the model"),
    (
        "alike_swapped",
        "alike",
        "M06",
        "another order: by place `a` and `b` get the weights of others, and are equal to",
    ),
    ("unnamed", "unnamed", "M06", "`re_lu` was inserted at index 2: 2 layers after"),
    ("listed", "listed", "M03", "No checkpoint of this model can hold 4 of its weights"),
    ("listed", "listed_trained", "M03", "kept where Keras 3 does not look"),
    ("untied", "tied", "M20", "shares one variable for `one/_kernel` and `two/_kernel`"),
    ("tied", "untied", "M20", "`two/kernel` is dropped"),
    ("words", "words", "M15", "`look` has no vocabulary"),
    ("by_names", "scoped", "M10", "all its names begin with the scope `gen/`"),
    ("by_other_names", "names", "M10", "lack the model's scope `tower/`"),
    ("dense", "names", "M10", "Keras 3 have no such names"),
    ("dense", "averaged", "M12", "only the moving averages of 2 weights"),
    ("by_names", "parts", "M13", "`dense/kernel` was saved in 2 parts"),
    ("adam_square", "rmsprop", "M06", "state is that of RMSprop: by position, 2 values of it"),
    ("joined", "split", "M13", "`table` was saved in 2 parts under names of their own"),
    ("split", "joined", "M13", "`model/table` was saved whole, and the model has it in 2 parts"),
    ("list_turned", "list", "M06", "another order: by place `left` and `right` get"),
    ("elsewhere", "elsewhere", "M18", "none of the restored weights"),
]


@pytest.mark.parametrize(("factory", "file", "first", "words"), CASES)
def test_the_cause_comes_first(judge: Judge, factory, file, first, words):
    findings = judge(factory, file)
    assert findings[0].id == first, [(each.id, each.title) for each in findings]
    assert words in findings[0].title
    assert alarms(findings)[:1] == ([first] if findings[0].severity is not Severity.INFO else [])
    assert len(alarms(findings)) <= 2  # one cause, not forty findings


# What the code of the fix puts right: all values of the model are then those of the file.
MENDED = [
    ("nested_renamed", "nested"), ("flat", "nested"), ("nested", "flat"), ("encoder", "nested"),
    ("pair_swapped", "pair"), ("sequential", "three"),
    ("renamed", "model"), ("renamed", "root"), ("under_net", "model"), ("rooted", "model"),
    ("wrapped", "root"), ("under_net", "saved"), ("chain", "exported"), ("double", "model"),
    ("one_more", "three"), ("one_less", "even"), ("alike_swapped", "alike"),
    ("unnamed", "unnamed"), ("listed", "listed_trained"), ("untied", "tied"),
    ("joined", "split"), ("split", "joined"), ("list_turned", "list"), ("adam_square", "rmsprop"),
    ("by_names", "scoped"), ("by_other_names", "names"), ("dense", "names"),
    ("dense", "averaged"), ("adam_as_opt", "adam"), ("sgd", "adam"), ("chain", "averages"),
]  # fmt: skip
JOINED = {("joined", "split"): 1, ("split", "joined"): 2}  # see test_parts_are_joined
NOT_IN_FILE = {("one_more", "three"): 2}


@pytest.mark.parametrize(("factory", "file"), MENDED)
def test_the_code_of_the_fix_runs_and_puts_it_right(judge: Judge, run_fix, referee, factory, file):
    values = run_fix(judge(factory, file)[0])
    stored = {
        (shape, data)
        for _, shape, data in referee(judge.prefix(file)).values()
        if isinstance(data, bytes)
    }
    if factory == "double":
        values = {name: value.astype("float32") for name, value in values.items()}
    strange = [
        name for name, value in values.items() if (value.shape, value.tobytes()) not in stored
    ]
    expected = (NOT_IN_FILE | JOINED).get((factory, file), 0)
    assert len(strange) == expected, strange


def test_what_arrives_at_another_place_is_a_warning_and_what_does_not_fit_an_error(judge: Judge):
    """Equal shapes are restored and proved; whether the names or the layers moved, nobody knows."""
    [swapped] = [each for each in judge("alike_swapped", "alike") if each.id == "M06"]
    assert swapped.severity is Severity.WARNING
    assert "every value is equal to the file's" in swapped.detail
    [shifted] = [each for each in judge("one_more", "three") if each.id == "M06"]
    assert shifted.severity is Severity.ERROR


def test_swapped_layers_are_put_right_by_name(judge: Judge, run_fix, referee):
    values = run_fix(judge("alike_swapped", "alike")[0])
    stored = referee(judge.prefix("alike"))
    first = stored["model/_operations/1/_kernel/.ATTRIBUTES/VARIABLE_VALUE"]
    assert next(v for n, v in values.items() if n.endswith("a/kernel")).tobytes() == first[2]


def test_m08_lists_all_shapes_at_once_and_restores_the_rest(judge: Judge, run_fix):
    finding = judge("wider", "model")[0]
    assert [row["name"] for row in finding.evidence["shapes"]] == [
        "head/kernel", "hidden/kernel", "hidden/bias",
    ]  # fmt: skip
    values = run_fix(finding)
    assert next(v for n, v in values.items() if n.endswith("head/bias")).any()
    assert not next(v for n, v in values.items() if n.endswith("hidden/bias")).any()


@pytest.mark.parametrize(
    ("factory", "file", "kwargs", "words"),
    [
        ("recurrent", "recurrent", {"units": 9}, "`memory` has 6 units in the checkpoint and 9"),
        ("recurrent", "recurrent", {"words": 30}, "vocabulary of `words` has 20 entries in the"),
        ("recurrent", "recurrent", {"cell": "GRU"}, "saved as an LSTM, and the model has a GRU"),
        ("recurrent", "gated", {"cell": "GRU", "reset_after": False}, "with reset_after=True"),
        ("attention", "attention", {"heads": 4}, "`look` has 2 heads of size 4 in the checkpoint"),
    ],
)
def test_m08_finds_the_reason_in_the_shapes(judge: Judge, factory, file, kwargs, words):
    findings = judge(factory, file, **kwargs)
    assert findings[0].id == "M08"
    assert words in findings[0].title
    assert findings[0].folded == ()  # one reason for all of them


def test_parts_are_joined(judge: Judge, run_fix):
    values = run_fix(judge("by_names", "parts")[0])
    kernel = next(value for name, value in values.items() if "kernel" in name)
    assert kernel[:, 0].tolist() == [9, 10, 10]
    whole = run_fix(judge("joined", "split")[0])
    assert [value[:, 0].round().tolist() for value in whole.values() if value.ndim == 2] == [
        [1, 1, 2, 2, 2, 2]
    ]
    parts = run_fix(judge("split", "joined")[0])
    assert sorted(value.shape for value in parts.values()) == [(2,), (2, 2), (4, 2)]
    assert all(value.any() for value in parts.values())


def test_m03_says_what_the_optimizer_still_has(judge: Judge):
    lost = judge("listed", "listed")[0]
    assert lost.evidence["salvageable"] == {}
    saved = judge("listed", "listed_trained")[0]
    assert len(saved.evidence["salvageable"]) == 4
    assert "4 of them can be taken" in saved.detail


def test_m04_an_unbuilt_model_waits(judge: Judge, run_fix):
    findings = judge("unbuilt", "model")
    assert findings[0].id == "M04"
    assert "`hidden` and `head`" in findings[0].title
    assert alarms(findings) == ["M04"]
    assert all(value.any() for value in run_fix(findings[0], batch=True).values())


def test_optimizer_state_left_out_is_harmless(judge: Judge, run_fix):
    findings = judge("chain", "adam")
    harmless = next(each for each in findings if each.id == "M11")
    assert harmless.severity is Severity.INFO
    assert harmless.title == "The weights are complete; the optimizer's state is not used."
    assert "expect_partial()" in harmless.fix.code
    assert all(value.any() for value in run_fix(harmless).values())


def test_arguments_of_the_factory_are_in_the_code(judge: Judge):
    finding = judge("chain", "model", names=["middle", "head"])[0]
    assert "chain(names=['middle', 'head'])" in finding.fix.code


def proved(judge: Judge, factory: str, file: str, state: State, why: str, count: int = 1):
    """The evidence after a restore in which `count` matched weights came out otherwise."""
    evidence = judge.evidence(factory, file)
    rows, changed = [], 0
    for row in evidence.rows:
        if row.fits and row.variable >= 0:
            changed += 1
            restored = changed > count
            row = row._replace(state=State.RESTORED if restored else state,
                               why="" if restored else why, fits=False)  # fmt: skip
        rows.append(row)
    return replace(evidence, rows=tuple(rows), dry_run=False)


def test_m05_bound_and_never_assigned(judge: Judge):
    evidence = proved(judge, "chain", "model", State.NOT_ASSIGNED, WHY_INITIAL)
    findings = diagnose(evidence)
    assert findings[0].id == "M05"
    assert "`head/kernel` was found in the checkpoint, but never got the value" in findings[0].title


def test_m21_overwritten_by_the_first_call(judge: Judge):
    evidence = proved(judge, "chain", "model", State.VALUE_DIFFERS, WHY_OVERWRITTEN, 2)
    findings = diagnose(evidence)
    assert findings[0].id == "M21"
    assert "`head/kernel` and `head/bias` were restored" in findings[0].title


def test_what_was_only_stopped_is_no_cause_of_its_own(judge: Judge):
    evidence = judge.evidence("more_classes", "model")
    rows = tuple(
        row._replace(why=WHY_STOPPED, fits=False) if row.fits else row for row in evidence.rows
    )
    findings = diagnose(replace(evidence, rows=rows, dry_run=False))
    assert alarms(findings) == ["M08"]


def test_what_tensorflow_raised_is_added_to_its_cause(judge: Judge):
    error = RelayedError("ValueError", "Received incompatible tensor with shape (2,) when", ())
    evidence = replace(judge.evidence("more_classes", "model"), error=error, dry_run=False)
    findings = diagnose(evidence)
    assert alarms(findings) == ["M08"]
    assert "incompatible tensor" in findings[0].evidence["tensorflow_said"]


def test_an_error_without_evidence_is_translated(judge: Judge):
    said = "TensorBundle at x shard 0 (4 bytes): Checksum does not match: stored 1 vs. calculated"
    evidence = judge.evidence("chain", "root")
    error = RelayedError("DataLossError", said, ())
    findings = diagnose(replace(evidence, error=error, dry_run=False))
    assert findings[0].id == "F08"
    assert "not those that were saved" in findings[0].title


def test_damage_of_the_files_explains_what_can_not_be_read(judge: Judge):
    evidence = judge.evidence("chain", "root")
    broken = tuple(each._replace(problem="is cut off") for each in evidence.checkpoint.variables)
    damage = Finding("F07", Severity.ERROR, "The data file is cut off.")
    rows = tuple(row._replace(state=State.NOT_ASSIGNED, why="is cut off") for row in evidence.rows)
    findings = diagnose(
        replace(evidence, checkpoint=replace(evidence.checkpoint, variables=broken),
                source_findings=(damage,), rows=rows)
    )  # fmt: skip
    assert [each.id for each in findings if each.severity is not Severity.INFO] == ["F07"]


def test_f01_a_status_by_names_for_a_file_with_objects(judge: Judge):
    evidence = replace(judge.evidence("chain", "root"), status_type="NameBasedSaverStatus")
    assert diagnose(evidence)[0].id == "F01"


def test_r01_and_r02(judge: Judge):
    evidence = judge.evidence("chain", "root")
    findings = diagnose(replace(evidence, available_nbytes=10))
    assert (findings[0].id, findings[0].severity) == ("R01", Severity.WARNING)
    rows = tuple(row._replace(device="CPU:0") for row in evidence.rows)
    findings = diagnose(replace(evidence, rows=rows, device="gpu"))
    assert findings[0].id == "R02"
    assert "4 variables are on `CPU:0`, not on GPU:0" in findings[0].title
    assert alarms(diagnose(replace(evidence, rows=rows, device="/device:CPU:0"))) == []


def failed(judge: Judge, type: str, message: str, module: str = "builtins", frames: bool = True):
    frame = TraceFrame("/home/me/train.py", 12, "build", "import foo_text")
    error = RelayedError(type, message, (frame,) if frames else (), module)
    evidence = replace(judge.evidence("chain", "root"), model=None, table=None, rows=())
    return diagnose(replace(evidence, error=error, factory="/home/me/train.py:build"))[0]


def test_factories_that_fail(judge: Judge):
    missing = failed(judge, "ModuleNotFoundError", "No module named 'tensorflow_text.python'")
    assert missing.id == "B02"
    assert missing.fix.code == "python -m pip install tensorflow-text"
    raised = failed(judge, "ValueError", "units must be positive\nmore")
    assert raised.id == "B01"
    assert raised.title == (
        "The factory raised ValueError in build, line 12 of train.py: units must be positive"
    )
    file = failed(judge, "FileNotFoundError", "[Errno 2] No such file or directory: 'vocab.txt'")
    assert "vocab.txt, which is not there" in file.title
    worker = "tfinspector_worker.factories"
    for type, id in (("BadReturn", "B04"), ("FactoryExited", "B05"), ("NoSuchCallable", "B03"),
                     ("WrongArguments", "B06"), ("NoSuchDevice", "R02")):  # fmt: skip
        own = failed(judge, type, "It says why.", worker, frames=False)
        assert (own.id, own.title) == (id, "It says why.")
    keras = failed(
        judge, "ValueError", "Only instances of keras.Layer can be added to a Sequential"
    )
    assert keras.id == "M19"
