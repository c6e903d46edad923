"""What `restore` tells a person: how it went, why, what is not restored, what can be done."""

import shlex
from collections import Counter
from collections.abc import Iterable, Sequence

from tfinspector.cli.page import Page, escaped
from tfinspector.cli.restore.outputs import Written
from tfinspector.contents import numbers
from tfinspector.contents.devices import DeviceReport
from tfinspector.contents.findings import Finding, Severity
from tfinspector.contents.reports import Interpreter
from tfinspector.contents.restores import Outcome, Rename, RestoreReport, Row, State, Way
from tfinspector.contents.variables import Role
from tfinspector.engine.restoring.waiting import LOSES, waits

_OUTCOMES = {
    Outcome.RESTORED: ("Restored: everything that was compared is equal to the file.", "accent"),
    Outcome.PARTIAL: ("Restored in part.", "attention"),
    Outcome.NOTHING: ("Nothing was restored.", "wrong"),
    Outcome.FAILED: ("Not restored; the model holds what it held before.", "wrong"),
}
_WOULD = {
    Outcome.RESTORED: ("It would be restored; nothing was assigned.", "accent"),
    Outcome.PARTIAL: ("A part would be restored; nothing was assigned.", "attention"),
    Outcome.NOTHING: ("Nothing would be restored.", "wrong"),
    Outcome.FAILED: ("A restore would stop half-way; nothing was assigned.", "wrong"),
}
_WAYS = {
    Way.LOAD_WEIGHTS: "By load_weights of Keras, as your program would.",
    Way.ASSIGNMENT: "Variable by variable, by the match of both sides.",
}
_MEANING = {
    State.SHAPE_MISMATCH: "the shape in the file is not the model's",
    State.DTYPE_MISMATCH: "the type in the file is not the model's",
    State.VALUE_DIFFERS: "holds something else than the file",
    State.NOT_ASSIGNED: "matched, but not given its value",
    State.NOT_BUILT: "waits for a part of the model that is not built",
    State.MISSING_IN_CHECKPOINT: "in the model, and nothing in the file fills it",
    State.MISSING_IN_MODEL: "in the file, and nothing in the model takes it",
    State.UNREACHABLE: "in the model, where no checkpoint of it can reach",
    State.NOT_COMPARABLE: "has no value that could be compared",
}
"""Of each state; the gravest first, as they are shown."""

_OPTIMIZER = "values of the optimizer"
_ASIDE = {
    Role.SLOT.value: _OPTIMIZER, Role.OPTIMIZER.value: _OPTIMIZER,
    Role.METRIC.value: "values of metrics", Role.COUNTER.value: "counters",
}  # fmt: skip
_SAVE_COUNTER = "save_counter"  # TensorFlow's own, and nothing of the model
_MOST_ROWS = 40
_MOST_CODE = 14
_FOLD_FROM = 3
_ATTRIBUTES = "/.ATTRIBUTES/VARIABLE_VALUE"
_TRANSFORMS = {
    "": "", "cast": "cast", "transpose": "transposed", "reshape": "reshaped", "part": "one part",
    "slice": "cut or filled up",
}  # fmt: skip


def write_page(
    page: Page,
    report: RestoreReport,
    about: Interpreter | None,
    findings: Sequence[Finding],
    used: Sequence[Rename],
    written: Written,
    devices: DeviceReport | None,
) -> None:
    """The whole page; the findings stand where they belong."""
    _write_outcome(page, report, about, used)
    page.findings([each for each in findings if each.severity is not Severity.INFO], _MOST_CODE)
    _write_rows(page, report)
    _write_renames(page, report.renames, bool(written.map or written.code or written.fixed))
    _write_devices(page, devices)
    _write_written(page, written)
    page.findings([each for each in findings if each.severity is Severity.INFO], _MOST_CODE)


def _write_outcome(
    page: Page, report: RestoreReport, about: Interpreter | None, used: Sequence[Rename]
) -> None:
    page.line(*(_WOULD if report.dry_run else _OUTCOMES)[report.outlook])
    if report.parameters_total:
        good = report.parameters_expected if report.dry_run else report.parameters_restored
        share = numbers.percent(good, report.parameters_total)
        would = "would be restored" if report.dry_run else "are proved equal to the file"
        page.line(
            f"{numbers.whole(good)} of "
            f"{numbers.counted(report.parameters_total, 'parameter')} ({share} %) {would}"
            f"{', by the map' if used else ''}."
        )
    if report.way is not None and report.way is not Way.RESTORE:
        page.line(_WAYS[report.way])
    by_state = Counter("would be restored" if row.fits else row.state.value for row in report.rows)
    if by_state:
        counts = (f"{word} {numbers.whole(count)}" for word, count in by_state.items())
        page.line("Variables: " + ", ".join(counts))
    parts = [f"TensorFlow {about.tensorflow}"] if about and about.tensorflow else []
    parts += [f"Keras {about.keras}"] if about and about.keras else []
    parts += [f"Python {about.python}"] if about else []
    parts += ["on " + ", ".join(_devices_of(report.rows))] if _devices_of(report.rows) else []
    parts += [numbers.duration(report.seconds)] if report.seconds else []
    if report.called:
        parts.append("compared again after a call of the model")
    if parts:
        page.line(" · ".join(parts), "muted")


def _devices_of(rows: Iterable[Row]) -> list[str]:
    return sorted({row.device for row in rows if row.device})


def _write_rows(page: Page, report: RestoreReport) -> None:
    """What is not restored, by state; the optimizer's and what is like it in one line each."""
    groups: dict[State, list[Row]] = {}
    for row in report.rows:
        if row.expected is not State.RESTORED and row.name != _SAVE_COUNTER:
            groups.setdefault(row.state, []).append(row)
    if not groups:
        return
    page.heading("Not restored")
    for state in (each for each in _MEANING if each in groups):
        rows = groups[state]
        page.line(f"{page.style(state.value, 'bold')}  {_MEANING[state]}")
        kinds = [_kind(row, report) for row in rows]
        folded = {kind: n for kind, n in Counter(kinds).items() if kind and n >= _FOLD_FROM}
        shown = [row for row, kind in zip(rows, kinds, strict=True) if kind not in folded]
        if state is State.NOT_ASSIGNED and len({row.why for row in rows}) == 1 < len(rows):
            # Nothing is wrong with these themselves.
            page.line(f"  {numbers.whole(len(rows))} variables. {rows[0].why}", "muted")
            continue
        _write_group(page, shown[:_MOST_ROWS])
        if len(shown) > _MOST_ROWS:
            more = numbers.whole(len(shown) - _MOST_ROWS)
            page.line(f"  … and {more} more; --json lists all of them", "muted")
        for kind, count in folded.items():
            page.line(f"  {numbers.whole(count)} {kind}", "muted")


def _kind(row: Row, report: RestoreReport) -> str:
    """What a row is folded under; "" for a weight."""
    model = report.model
    if model is not None and row.variable >= 0 and model.variables[row.variable].random_state:
        return "states of random number generators"
    if row.role == Role.COUNTER.value and "optimizer" in f"{row.key}{row.model_path}":
        return _OPTIMIZER
    return _ASIDE.get(row.role, "")


def _write_group(page: Page, rows: Sequence[Row]) -> None:
    if not rows:
        return
    names = [f"  {row.name or row.model_path}" for row in rows]
    theirs = [_side(row.file_dtype, row.file_shape) for row in rows]
    mine = [_side(row.model_dtype, row.model_shape) for row in rows]
    places = [row.model_path if row.model_path not in row.key else "" for row in rows]
    columns = [("  name", names), ("in the file", theirs), ("in the model", mine)]
    columns += [("path", places)] if any(places) else []
    whys = [row.why for row in rows]
    columns += [("", whys)] if any(whys) else []
    kept = [each for each in columns if any(cell.strip("— ") for cell in each[1])]
    page.table([name for name, _ in kept], [cells for _, cells in kept])


def _side(dtype: str, shape: tuple[int | None, ...] | None) -> str:
    return f"{dtype} {numbers.shape(shape)}" if dtype else "—"


def _write_renames(page: Page, renames: Sequence[Rename], is_used: bool) -> None:
    """The pairs, each with the number of its reason; most share one."""
    if not renames:
        return
    page.heading("Suggested renames")
    shown = renames[:_MOST_ROWS]
    whys = list(dict.fromkeys(each.why for each in shown))
    columns = [
        ("in the file", [each.key.removesuffix(_ATTRIBUTES) for each in shown]),
        ("in the model", [each.path for each in shown]),
        ("sure", [f"{each.confidence:.0%}" for each in shown]),
        ("why", [str(1 + whys.index(each.why)) for each in shown]),
    ]
    changes = [_TRANSFORMS.get(each.transform, each.transform) for each in shown]
    columns += [("value", changes)] if any(changes) else []
    page.table([name for name, _ in columns], [cells for _, cells in columns], right=(2, 3))
    if len(renames) > len(shown):
        page.line(f"… and {numbers.whole(len(renames) - len(shown))} more", "muted")
    for number, why in enumerate(whys, 1):
        page.paragraph(f"{number}: {why}", "  ")
    if not is_used:
        page.line()
        page.paragraph(_what_to_do(renames))


def _what_to_do(renames: Sequence[Rename]) -> str:
    written = (
        "--write-fixed PREFIX writes a checkpoint with them that your own code restores, "
        "--emit-code FILE a script, --save-map FILE a map to edit and give to --map."
    )
    waiting = [each for each in renames if waits(each)]
    if not waiting:
        return written
    if len(waiting) == len(renames):
        losing = all(each.transform == LOSES for each in waiting)
        why = "would cut values or fill them up with zeros" if losing else (
            "are guesses" if all(each.alternatives for each in waiting) else "lose values or guess"
        )  # fmt: skip
        return (
            f"They {why}, so they only count once you accept them: --save-map FILE writes a map to "
            "edit and give to --map."
        )
    return f"{written} What is a guess, is cut or is filled up only counts in a map."


def _write_devices(page: Page, devices: DeviceReport | None) -> None:
    if devices is None:
        return
    page.heading("Devices")
    runs = devices.runs
    page.table(
        ("device", "outcome", "restore", "call", "peak memory", ""),
        (
            [run.device for run in runs],
            [run.report.outcome.value for run in runs],
            [_time(run.report.seconds) for run in runs],
            [_time(run.call_seconds) for run in runs],
            [numbers.size(run.peak_nbytes) if run.peak_nbytes else "—" for run in runs],
            [run.why_not_called for run in runs],
        ),
        right=(2, 3, 4),
    )
    if not devices.outputs:
        return
    page.line()
    outputs = devices.outputs
    page.table(
        ("output", "device", "max difference", "relative", "against " + outputs[0].reference),
        (
            [each.name for each in outputs],
            [each.device for each in outputs],
            [numbers.four(each.max_abs) for each in outputs],
            [numbers.four(each.max_rel) for each in outputs],
            [_agreement(each.equal, each.close) for each in outputs],
        ),
        right=(2, 3),
    )


def _time(seconds: float) -> str:
    """A short time in milliseconds; a dash where nothing took any."""
    if not seconds:
        return "—"
    return numbers.duration(seconds) if seconds >= 1 else f"{seconds * 1000:.1f} ms"


def _agreement(equal: bool, close: bool) -> str:
    return "equal, bit by bit" if equal else "equal but for rounding" if close else "differs"


def _write_written(page: Page, written: Written) -> None:
    if not (written.map or written.code or written.fixed):
        return
    page.heading("Written")
    if written.map:
        page.line(f"map         {escaped(written.map)}  ({written.pairs} pairs, for --map)")
    if written.code:
        page.line(f"script      {escaped(written.code)}")
        command = f"python {shlex.quote(written.code)}"
        page.line(f"            in the factory's folder: {escaped(command)}", "muted")
    if written.checkpoint:
        by_keras = written.fixed is not None and written.fixed.way is Way.LOAD_WEIGHTS
        is_whole = written.fixed is not None and written.fixed.outcome is Outcome.RESTORED
        asserted = (
            "assert_consumed() passed"
            if is_whole
            else "all that is in it found its place: restore it with expect_partial()"
        )
        said = (
            "load_weights took it in a fresh process, and every value was compared"
            if by_keras
            else f"TensorFlow restored it in a fresh process, and {asserted}"
        )
        what = "file      " if by_keras else "checkpoint"
        page.line(f"{what}  {escaped(written.checkpoint)}")
        page.line(f"            {said}", "muted")
    elif written.fixed is not None:
        page.line("nothing     was written; the findings say why", "wrong")
