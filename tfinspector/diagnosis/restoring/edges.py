"""M01: the root, or an edge on the way, has another name in the checkpoint than in the model."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.diagnosis.restoring import code
from tfinspector.diagnosis.restoring.case import LOST, ROOT, Case, Cause
from tfinspector.diagnosis.restoring.grafts import Graft, find_grafts
from tfinspector.diagnosis.restoring.saved_models import is_saved_model
from tfinspector.diagnosis.restoring.strangers import SILENT, told_frontier
from tfinspector.diagnosis.restoring.wording import WRITE_REPAIRED, count, shown, what

_LAYERED = frozenset({"_operations", "_functional"})


def find_other_names(case: Case) -> Iterator[Cause]:
    """Parts of the checkpoint that fit parts of the model, but for the name on the way."""
    lost, unfed = case.open(case.lost_weights), case.open(case.unfed_weights)
    grafts = find_grafts(case, lost, unfed)
    if grafts:
        yield _moved(case, grafts, lost, unfed)


def find_renamed_counters(case: Case) -> Iterator[Cause]:
    """A count of steps that is called something else beside the same parts."""
    lost = [
        place for place in case.open(case.places(LOST))
        if case.is_counter(place) and not case.is_training_state(place)
    ]  # fmt: skip
    unfed = [place for place in case.open(case.unfed_weights) if case.is_counter(place)]
    grafts = [graft for graft in find_grafts(case, lost, unfed) if graft.same_parent]
    if grafts:
        cause = _moved(case, grafts, lost, unfed)
        yield replace(cause, finding=replace(cause.finding, severity=Severity.WARNING))


def find_exchanged(case: Case) -> Iterator[Cause]:
    """Parts that have each other's names: each fits exactly where the other is."""
    for parent, mine in case.bound.items():
        if mine < 0 or parent in case.file_optimizers:
            continue
        offered = case.model_children(mine)
        wrong = {
            name: (child, offered[name])
            for name, child in case.graph.nodes[parent].children
            if name in offered and not name.isdigit() and "layer_with_weights-" not in name
            and case.misfits_beneath(child)
        }  # fmt: skip
        held = {case.shapes_in_model(own): name for name, (_, own) in wrong.items()}
        fits = {
            name: held[shapes]
            for name, (node, _) in wrong.items()
            if (shapes := case.shapes_in_file(node)) in held and held[shapes] != name
        }
        if len(fits) > 1 and sorted(fits) == sorted(fits.values()):
            yield _exchanged(case, fits, wrong)


def _exchanged(case: Case, fits: dict[str, str], wrong: dict[str, tuple[int, int]]) -> Cause:
    first, second = next(iter(fits.items()))
    claims = {place for node, own in wrong.values()
              for place in case.rows_beneath(node, own)}  # fmt: skip
    places = {
        case.file_paths[wrong[name][0]]: code.reach(case, case.model_paths[wrong[other][1]])
        for name, other in fits.items()
    }
    needed = code.needs_at(*places.values())
    lines = [code.make_model(case)]
    lines += [f"root = {code.root_of(case)}", needed] if needed else []
    lines.append(f"{code.graft_expression(places)}.restore({case.checkpoint.prefix!r})")
    return Cause(
        Finding(
            "M01", Severity.ERROR,
            f"{shown(list(fits))} have changed names: what the checkpoint calls `{first}` has "
            f"exactly the shapes of the model's `{second}`.",
            "By name each would get the other's values, whose shapes do not fit.",
            case.checkpoint.prefix, {"pairs": fits},
            Fix("Give them the names that they had, or restore them crosswise once and save again.",
                "\n".join(lines)),
        ),
        frozenset(claims),
    )  # fmt: skip


def find_place(case: Case) -> Iterator[Cause]:
    """A bare model that stands under a name in the checkpoint: how the call must be written."""
    name = case.table.attachment.name
    if not name or not case.fed_weights:
        return
    others = case.table.as_good
    if others:
        yield Cause(_two_places(case, name, others))
        return
    yield Cause(Finding(
        "M01", Severity.INFO,
        f"The model stands under `{name}` in the checkpoint: restore it as "
        f"tf.train.Checkpoint({name}=model).",
        "`tf.train.Checkpoint(model)` would find nothing at the root, and say nothing.",
        case.checkpoint.prefix, {"name": name},
        Fix("Write the restore so.", f"{code.make_model(case)}\n{code.restore(case)}"),
    ))  # fmt: skip


def _two_places(case: Case, name: str, others: tuple[str, ...]) -> Finding:
    """Which of several equal parts is meant is the user's to say; `model` says it by its name."""
    named = " and ".join(f"`{each}`" for each in others)
    return Finding(
        "M18", Severity.INFO if name == "model" else Severity.WARNING,
        f"{named} in the checkpoint {'fits' if len(others) == 1 else 'fit'} this model as well as "
        f"`{name}`, which was taken.",
        "The names and shapes are the same, so nothing but their names tells the parts apart.",
        case.checkpoint.prefix, {"taken": name, "as_good": list(others)},
        Fix("Say which one is meant: have the factory return it under its name.",
            f"{code.make_model(case)}\nreturn {{{others[0]!r}: model}}  # in the factory"),
    )  # fmt: skip


def _moved(case: Case, grafts: Sequence[Graft], lost: list[int], unfed: list[int]) -> Cause:
    rows = {row for graft in grafts for pair in graft.pairs for row in pair}
    near = {row for graft in grafts for row in _whole(case, graft)}
    claims = rows | (near & set(lost + unfed))
    joined = sum(len(graft.pairs) for graft in grafts)
    more = f" {count(len(grafts) - 1, 'other part')} likewise." if len(grafts) > 1 else ""
    return Cause(
        Finding(
            "S13" if is_saved_model(case) and grafts[0].node == ROOT else "M01",
            Severity.ERROR, _title(case, grafts[0]) + more,
            f"{count(joined, 'variable')} would match if the names did. {SILENT}"
            f"{_told_guesses(case, grafts)}",
            case.checkpoint.prefix,
            {
                "pairs": [
                    {"checkpoint": case.file_paths.get(node, "") or "(root)",
                     "model": case.model_paths.get(mine, "") or "(root)"}
                    for graft in grafts[:40]
                    for node, mine in graft.parts or ((graft.node, graft.mine),)
                ],
                "frontier": told_frontier(case.table.frontier),
            },
            _fix(case, grafts),
        ),
        frozenset(claims),
    )  # fmt: skip


def _whole(case: Case, graft: Graft) -> list[int]:
    return [*case.lost_beneath(graft.node), *case.unfed_beneath(graft.mine)]


def _told_guesses(case: Case, grafts: Sequence[Graft]) -> str:
    """That the code of the fix has pairs in it for which others would do as well."""
    keys = {case.rows[lost].key for graft in grafts for lost, _ in graft.pairs}
    doubtful = [each for each in case.evidence.renames if each.alternatives and each.key in keys]
    if not doubtful:
        return ""
    first = doubtful[0]
    return (
        f" Which of them is which is a guess for {len(doubtful):,}, for others have the same "
        f"shapes: `{first.name or first.key}` may be `{first.path}` or `{first.alternatives[0]}`. "
        "Look that the code has them right before you use it."
    )


def _title(case: Case, graft: Graft) -> str:
    mine, theirs = case.say(case.model_paths.get(graft.mine, "")), case.say_file(graft.node)
    noun = what(case.node(graft.mine).kind)
    if case.node(graft.mine).variable >= 0:
        noun = "Variable"
    if graft.mine == ROOT and not case.fed_weights:
        return f"The checkpoint has the model under `{theirs}`, not at its root."
    if graft.node == ROOT and not case.fed_weights:
        return f"The checkpoint's root is what your program has under `{mine}`."
    if graft.same_parent and graft.node not in case.bound:
        theirs, mine = theirs.rpartition("/")[2], mine.rpartition("/")[2]
        return f"{noun} `{mine}` in the model is called `{theirs}` in the checkpoint."
    return _moved_title(case, graft, noun)


def _moved_title(case: Case, graft: Graft, noun: str) -> str:
    """Parts that lie deeper or higher, or elsewhere altogether."""
    mine, theirs = case.model_paths.get(graft.mine, ""), case.file_paths.get(graft.node, "")
    within = ["_functional" in path.split("/") for path in (theirs, mine)]
    if within[0] != within[1] and {mine.rpartition("/")[2], theirs.rpartition("/")[2]} & _LAYERED:
        layered = ("a Sequential", "a functional model")
        was, now = layered if within[0] else layered[::-1]
        return (
            f"The checkpoint was saved from {was}, and the model is {now}: the layers lie under "
            f"`{theirs}` there and under `{mine}` here."
        )
    name = case.table.attachment.name
    here = "/".join(part for part in (name, case.say(mine)) if part)
    there = case.say_file(graft.node)
    inside = [case.rows[unfed].model_path for _, unfed in graft.pairs]
    begin = len(mine) + 1 if mine else 0
    parts = [path[begin:].partition("/")[0] for path in inside]
    named = list(dict.fromkeys(part for part in parts if part not in _LAYERED))
    if case.node(graft.mine).variable >= 0 or here.rpartition("/")[2] == there.rpartition("/")[2]:
        where = f"at `{there}`" if there else "at the root"
        return f"{noun} `{here}` of the model lies {where} of the checkpoint."
    levels = ("one level deeper: under" if there.startswith(here) else
              "one level higher: under" if here.startswith(there) else "under")  # fmt: skip
    return (
        f"What the model has under `{here or '(root)'}`{f' ({shown(named)})' if named else ''} "
        f"lies {levels} `{there or '(root)'}` in the checkpoint."
    )


def _fix(case: Case, grafts: Sequence[Graft]) -> Fix:
    places: dict[str, str] = {}
    for graft in grafts:
        for node, mine in graft.parts or ((graft.node, graft.mine),):
            target = case.model_paths.get(mine, "")
            places.setdefault(case.file_paths.get(node, ""), code.reach(case, target))
    needed = code.needs_at(*places.values())
    lines = [code.make_model(case)]
    lines += [f"root = {code.root_of(case)}", needed] if needed else []
    if case.fed_weights:
        lines.append(code.restore(case))
    lines.append(f"{code.graft_expression(places)}.restore({case.checkpoint.prefix!r})")
    return Fix(
        "Rename the attribute back, or restore under the checkpoint's own names once and save "
        f"again; {WRITE_REPAIRED} makes a checkpoint with your names.",
        "\n".join(lines) + f"\n# or: {code.command(case)}",
    )
