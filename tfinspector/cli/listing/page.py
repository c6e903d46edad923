"""The page of `tfinspector list`."""

from typing import TYPE_CHECKING

from tfinspector.cli.listing.totals import totals_of
from tfinspector.cli.page import Page
from tfinspector.contents import numbers
from tfinspector.contents.sources import Source
from tfinspector.contents.variable_columns import Traits, VariableColumns

if TYPE_CHECKING:
    from tfinspector.contents.reports import TensorFlowReport
    from tfinspector.contents.saved_models import SavedModel, TensorSpec


def write_source(page: Page, source: Source, variables: VariableColumns) -> None:
    """The source, its snapshots, variables and signatures, and what they come to."""
    page.line(f"{page.style(source.path, 'bold')}  {_kind(source)}")
    if len(source.snapshots) > 1:
        _write_snapshots(page, source)
    if variables:
        if len(source.snapshots) > 1:
            page.heading(
                f"Variables of {_base(source.checkpoint.prefix if source.checkpoint else '')}"
            )
        else:
            page.line()
        _write_variables(page, variables)
    if source.saved_model:
        _write_signatures(page, source.saved_model)
    totals = totals_of(variables)
    page.line()
    page.line(
        f"{numbers.counted(totals.variables, 'variable')}, "
        f"{numbers.counted(totals.parameters, 'parameter')}, {numbers.size(totals.nbytes)}"
    )


def _kind(source: Source) -> str:
    return source.kind.value.replace("_", " ").replace("saved model", "SavedModel")


def _base(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def _write_snapshots(page: Page, source: Source) -> None:
    page.heading("Snapshots")
    metrics = [each.metric for each in source.snapshots]
    told = bool(any(metrics))  # only names that a callback wrote tell one
    page.table(
        ("name", "step", "time", "size", *(["metric"] if told else [])),
        (
            [
                _base(each.path) + ("" if each.complete else " (incomplete)")
                for each in source.snapshots
            ],
            ["" if each.step is None else str(each.step) for each in source.snapshots],
            ["" if each.time is None else numbers.moment(each.time) for each in source.snapshots],
            [numbers.size(each.nbytes) for each in source.snapshots],
            *([metrics] if told else []),
        ),
        right=(1, 3),
    )


def _write_variables(page: Page, variables: VariableColumns) -> None:
    samples = variables.traits.samples
    page.table(
        ("name", "shape", "dtype", "parameters", "size", "role"),
        (
            variables.names,
            [numbers.shape(each.shape) for each in samples],
            [each.dtype.name for each in samples],
            [numbers.whole(each.size) for each in samples],
            [numbers.size(each.nbytes) for each in samples],
            [each.role if not each.problem else _problem(each) for each in samples],
        ),
        right=(3, 4),
        kinds=variables.traits.of.tolist(),
    )


def _problem(traits: Traits) -> str:
    return f"{traits.role}  ({traits.problem})"


def _write_signatures(page: Page, saved_model: "SavedModel") -> None:
    for graph in saved_model.meta_graphs:
        tags = ", ".join(graph.tags) or "no tags"
        page.heading(
            f"Signatures ({tags}), written by TensorFlow {graph.tensorflow_version or '?'}"
        )
        if not graph.signatures:
            page.line("None: its functions are called from Python.", "muted")
        for signature in graph.signatures:
            page.line(f"{signature.name}")
            _write_specs(page, "takes  ", signature.inputs)
            _write_specs(page, "returns", signature.outputs)


def _write_specs(page: Page, word: str, specs: "tuple[TensorSpec, ...]") -> None:
    for spec in specs:
        page.line(f"  {word} {spec.name}: {spec.dtype.name}, {numbers.shape(spec.shape)}")


def write_verdict(page: Page, report: "TensorFlowReport") -> None:
    """Whether TensorFlow reads the same."""
    page.line()
    if report.agrees is None:
        page.line(f"TensorFlow {report.version} gave no answer.", "attention")
    elif report.agrees:
        page.line(f"TensorFlow {report.version} agrees.")
    else:
        page.line(f"TensorFlow {report.version} disagrees:", "wrong")
        for difference in report.differences:
            page.paragraph(difference, "  ")
