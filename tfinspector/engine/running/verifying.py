"""One input through two models, or through one on several devices: are the outputs equal?"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tfinspector.contents.calls import CallOutput
from tfinspector.contents.findings import Finding, Severity
from tfinspector.contents.passwords import masked
from tfinspector.contents.restores import Outcome, RestoreReport
from tfinspector.contents.sources import SourceKind
from tfinspector.contents.verifications import OutputMatch, VerifyReport
from tfinspector.diagnosis import verifying as explained
from tfinspector.engine.jobs import PartTicket, Ticket
from tfinspector.engine.loading_keras import is_whole_model
from tfinspector.engine.opening import OpenSource, open_source
from tfinspector.engine.restoring.restore import RestoreRequest
from tfinspector.engine.running.pairing import match_of, pair
from tfinspector.engine.running.run import CallRequest
from tfinspector.engine.running.sides import (
    Answered,
    FactorySide,
    KerasSide,
    SavedModelSide,
    Side,
)
from tfinspector.engine.worker.client import WorkerClient

_GRAVITY = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


@dataclass(frozen=True, slots=True)
class VerifyRequest:
    """What to compare.

    path       a SavedModel, or a whole model of Keras; or with a factory, what to restore into
               the model that it builds
    against    the other one, likewise; "" compares devices only. With a factory, the values of a
               second SavedModel are restored too; beside a checkpoint its signature is called
    call       signature, inputs, seed, tags and device
    devices    call `path` on each of them; the first is what the others are compared with
    tolerance  the largest absolute difference that counts as equal, None for none at all
    """

    path: str
    against: str = ""
    factory: str = ""
    kwargs: dict[str, Any] = field(default_factory=dict)
    call: CallRequest = field(default_factory=CallRequest)
    devices: tuple[str, ...] = ()
    tolerance: float | None = None


def verify(
    request: VerifyRequest, make_client: Callable[[], WorkerClient], ticket: Ticket | None = None
) -> VerifyReport:
    """Call the first model, then each other with the very same input, and compare the outputs.

    `make_client` gives a fresh worker for each; a call takes it as a context, which ends it. The
    ticket is told which of the calls is running, and cancels any of them. What goes wrong in one is
    in the report. Raises Unreadable where a path, a signature or an input can't be used, and
    Cancelled.
    """
    ticket = ticket or Ticket()
    sides = _sides(request, ticket)
    answers: list[Answered] = []
    matches: list[OutputMatch] = []
    notes: list[Finding] = []
    paired = ""
    for place, (device, side) in enumerate(sides):
        part = PartTicket(ticket, f"{place + 1} of {len(sides)}, {_called(side, device)}")
        part.report(0, 0, "starting TensorFlow")
        with make_client() as client:
            answers.append(side.answer(answers[0].given if answers else None, client, part))
        first, latest = answers[0], answers[-1]
        if first.outputs is None:
            break
        if len(answers) == 1 or latest.outputs is None:
            continue
        pairs, paired = pair(first.outputs, latest.outputs)
        found = [
            match_of(mine, other, device, request.tolerance)
            for mine, other in pairs
            if mine is not None
        ]
        snapshots = _snapshots(sides[0][1], side)
        notes += explained.explain(first.title, latest.title, device, found, paired, snapshots)
        notes += explained.note_nans(found)
        notes += explained.left_over(first.title, latest.title, _spare(pairs), _lone(found))
        matches += found
    return _report(request, sides, answers, matches, notes, paired)


def _snapshots(first: Side, second: Side) -> tuple[str, str] | None:
    """The paths of both, where the same factory's model is restored from each."""
    if isinstance(first, FactorySide) and isinstance(second, FactorySide):
        return first.request.path, second.request.path
    return None


def _called(side: Side, device: str) -> str:
    path = side.request.path if isinstance(side, FactorySide) else side.opened.source.path
    return os.path.basename(path.rstrip("/")) + (f" on {device}" if device else "")


def _spare(pairs: Sequence[tuple[CallOutput | None, CallOutput | None]]) -> list[str]:
    return [other.name for mine, other in pairs if mine is None and other is not None]


def _lone(found: Sequence[OutputMatch]) -> list[str]:
    return [each.name for each in found if not each.other]


def _sides(request: VerifyRequest, ticket: Ticket) -> list[tuple[str, Side]]:
    """Each side with its device; the first is what the others are compared with."""
    device = request.call.device
    on = request.devices or ((device,) if device else ("",))
    sides = [(each, _side(request, request.path, each, ticket)) for each in on]
    if request.against:
        # Of two SavedModels the factory is for the second one; beside a checkpoint, for that alone.
        is_restored = isinstance(sides[0][1], SavedModelSide)
        sides.append((on[0], _side(request, request.against, on[0], ticket, is_restored)))
    return sides


def _side(
    request: VerifyRequest, path: str, device: str, ticket: Ticket, restored: bool = False
) -> Side:
    """A SavedModel as it is, unless it is to be restored into what the factory builds."""
    opened = open_source(path, ticket)
    is_model = opened.source.kind is SourceKind.SAVED_MODEL
    if not is_model and not request.factory and is_whole_model(opened):
        return KerasSide(opened, replace(request.call, device=device or None))
    if not is_model and not request.factory and opened.source.checkpoint is not None:
        given = (masked(each) for each in (request.path, request.against, path))
        raise explained.needs_factory(*given)
    if (restored or not is_model) and request.factory:
        asked = RestoreRequest(
            path,
            request.factory,
            request.kwargs,
            device or None,
            timeout=request.call.timeout,
            logical_cpus=request.call.logical_cpus,
        )
        return FactorySide(asked, request.call)
    call = replace(request.call, device=device or None)
    if path == request.against and not _has_graph(opened, call.tags):
        call = replace(call, tags=None)  # they are of the first one
    return SavedModelSide(opened, call)


def _has_graph(opened: OpenSource, tags: tuple[str, ...] | None) -> bool:
    model = opened.source.saved_model
    graphs = model.meta_graphs if model else ()
    return tags is not None and any(set(graph.tags) == set(tags) for graph in graphs)


def _report(
    request: VerifyRequest,
    sides: Sequence[tuple[str, Side]],
    answers: Sequence[Answered],
    matches: Sequence[OutputMatch],
    notes: Sequence[Finding],
    paired: str,
) -> VerifyReport:
    complete = len(answers) == len(sides) and all(one.outputs is not None for one in answers)
    spare = any(note.id == explained.LEFT_OVER for note in notes)
    restores: list[RestoreReport] = [one.restore for one in answers if one.restore]
    ordered = _in_order(answers, notes)
    return VerifyReport(
        path=request.path,
        first=answers[0].title,
        second=answers[-1].title if len(answers) > 1 else "",
        outputs=tuple(sorted(matches, key=lambda each: -each.max_rel)),
        equal=complete and bool(matches) and not spare and all(each.equal for each in matches),
        findings=ordered,
        given=answers[0].given,
        paired=paired,
        tolerance=request.tolerance,
        devices=request.devices,
        restores=tuple(restores),
        interpreter=next((one.interpreter for one in answers if one.interpreter), None),
        worker_died=any(one.worker_died for one in answers),
    )


def _in_order(answers: Sequence[Answered], notes: Sequence[Finding]) -> tuple[Finding, ...]:
    """The worst first, each once. Of equal ones, why values never arrived comes before what that
    did to the outputs.
    """

    def is_cause(answer: Answered) -> bool:
        return answer.restore is not None and answer.restore.outcome is not Outcome.RESTORED

    causes = [each for one in answers if is_cause(one) for each in one.findings]
    rest = [each for one in answers if not is_cause(one) for each in one.findings]
    once: dict[tuple[str, str], Finding] = {}
    for each in (*causes, *notes, *rest):
        once.setdefault((each.id, each.title), each)
    return tuple(sorted(once.values(), key=lambda each: _GRAVITY[each.severity]))
