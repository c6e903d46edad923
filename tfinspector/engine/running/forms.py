"""What is to be called, out of all that may be meant: a signature, or a form of a function.

A function was traced once for each kind of arguments it was called with, and each trace is a form
of its own: another rank, `training=True`. One is chosen by its number or by what it is given.
"""

from collections.abc import Sequence
from dataclasses import replace

from tfinspector.contents.calls import Callee, GivenInput, InputChoice, InputKind, OfferedForm
from tfinspector.contents.findings import Unreadable
from tfinspector.contents.saved_models import Function, MetaGraph, SavedModel
from tfinspector.diagnosis import callables as faults
from tfinspector.diagnosis.call_errors import misfits
from tfinspector.diagnosis.inputs import no_such_value
from tfinspector.engine.running.asking import Asked
from tfinspector.engine.running.callees import callee_for_function, callee_for_signature
from tfinspector.engine.running.making import SEED, make_inputs


def forms_of(function: Function) -> tuple[OfferedForm, ...]:
    """Every call form of a function in the order of the file, each ready to be filled in."""
    offered = []
    for place, form in enumerate(function.forms):
        try:
            callee = callee_for_function(function, form)
        except Unreadable as refusal:
            offered.append(OfferedForm(place + 1, form, None, refusal.finding.title))
        else:
            offered.append(OfferedForm(place + 1, form, callee))
    return tuple(offered)


def callees_of(
    saved_model: SavedModel,
    graph: MetaGraph,
    signature: str | None,
    function: str | None,
    form: int | None = None,
) -> tuple[Callee, ...]:
    """The signature, or the forms of the function, the usual one first; or the form asked for.

    With neither name it is the usual or the only signature. Raises Unreadable (S05) with the names
    or the forms that there are; S06 if nobody can make the arguments.
    """
    if function is not None:
        return _forms_to_try(_function_named(saved_model, graph, function), form)
    known = {each.name: each for each in graph.signatures}
    if signature is None:
        usual = faults.DEFAULT in known or len(known) != 1
        signature = faults.DEFAULT if usual else next(iter(known))
    if signature not in known:
        raise faults.no_such(saved_model, graph, signature, "signature")
    return (callee_for_signature(known[signature]),)


def fill(
    callees: Sequence[Callee], asked: Asked, seed: int = SEED
) -> tuple[Callee, tuple[GivenInput, ...]]:
    """The first of `callees` that the inputs fit, with their values; else the nearest to that.

    Raises Unreadable (S06) where none takes these inputs at all.
    """
    refusal: Unreadable | None = None
    nearest: tuple[int, Callee, tuple[GivenInput, ...]] | None = None
    for callee in callees:
        try:
            given = make_inputs(callee, _choices_for(callee, asked), seed)
        except Unreadable as error:
            refusal = refusal or error
            continue
        wrong = len(misfits(callee, given))
        if not wrong:
            return callee, given
        if nearest is None or wrong < nearest[0]:
            nearest = wrong, callee, given
    if nearest is None:
        assert refusal is not None
        raise _with_forms(refusal, callees)
    return nearest[1:]


def _choices_for(callee: Callee, asked: Asked) -> dict[str, InputChoice]:
    """The choice for each input, with the sizes that are meant for all.

    A constant for an argument that is no tensor ("training=constant:true") tells the form.
    """
    choices = dict(asked.named)
    for name, value in (callee.form.plain if callee.form else {}).items():
        choice = choices.get(name)
        if choice is not None and choice.kind is InputKind.CONSTANT:
            if choice.argument.lower() != str(value).lower():
                raise no_such_value(callee, name, choice.argument, value)
            del choices[name]
    for spec in callee.inputs:
        if asked.others is not None and spec.name not in callee.optional:
            choices.setdefault(spec.name, asked.others)
        choice = choices.get(spec.name)
        if choice and not choice.sizes and spec.shape is not None:
            unknown = sum(size is None for size in spec.shape)
            choices[spec.name] = choice._replace(sizes=asked.sizes[:unknown])
    return choices


def _function_named(saved_model: SavedModel, graph: MetaGraph, name: str) -> Function:
    wanted = name.removeprefix("loaded.").replace(".", "/")
    for function in graph.functions:
        if name in (function.path, function.access) or function.path == wanted:
            return function
    raise faults.no_such(saved_model, graph, name, "function")


def _forms_to_try(function: Function, number: int | None) -> tuple[Callee, ...]:
    forms = forms_of(function)
    if not forms:
        raise faults.never_traced(function)
    if number is not None:
        forms = tuple(each for each in forms if each.number == number)
        if not forms:
            raise faults.no_such_form(function, forms_of(function), number)
    usual = sorted(forms, key=lambda each: each.form is not function.usual_form)
    callees = tuple(each.callee for each in usual if each.callee)
    return callees or (callee_for_function(function, usual[0].form),)


def _with_forms(refusal: Unreadable, callees: Sequence[Callee]) -> Unreadable:
    """What was refused, with all forms that were tried."""
    forms = [OfferedForm(each.number, each.form, each) for each in callees if each.form]
    if len(forms) < 2:
        return refusal
    forms.sort(key=lambda each: each.number)
    finding = refusal.finding
    detail = f"{finding.detail} Its call forms are {faults.forms_words(forms)}".strip()
    evidence = {**finding.evidence, "forms": faults.told_forms(forms)}
    return Unreadable(replace(finding, detail=detail, evidence=evidence))
