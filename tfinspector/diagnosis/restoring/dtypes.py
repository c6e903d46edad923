"""M09: the names and shapes meet, yet the number types do not fit.

TensorFlow lists the names in one message and restores nothing of them. Real numbers of another
width can be converted; whole numbers where the model has real ones are quantised, and wait for a
scale.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.restores import State
from tfinspector.diagnosis.restoring import code
from tfinspector.diagnosis.restoring.case import LOST, Case, Cause
from tfinspector.diagnosis.restoring.wording import count, listed, shown

_SCALE = re.compile(r"scale|step_size|zero_?point")


def find_dtype_mismatches(case: Case) -> Iterator[Cause]:
    """One cause for all of them."""
    places = case.open(case.places(frozenset({State.DTYPE_MISMATCH})))
    if not places:
        return
    kinds = defaultdict(list)
    for place in places:
        kinds[case.rows[place].file_dtype, case.rows[place].model_dtype].append(place)
    (theirs, mine), most = max(kinds.items(), key=lambda each: len(each[1]))
    if _is_quantised(theirs, mine):
        yield Cause(_quantised(case, theirs, mine, most), frozenset(places))
        return
    weights = [place for place in places if case.is_weight(place)]
    policy = mine in ("bfloat16", "float16", "float64") and len(weights) > 1
    why = (
        f"A dtype policy or set_floatx of {mine} makes the variables themselves {mine}; a mixed "
        f"policy (mixed_{mine}) would keep them float32."
        if policy and mine != "float64"
        else "TensorFlow does not convert number types on restore."
    )
    others = f"; {count(rest, 'other')} likewise" if (rest := len(places) - len(most)) else ""
    pairs = [(case.rows[place].model_path, case.rows[place].key) for place in places]
    yield Cause(
        Finding(
            "M09", Severity.ERROR,
            f"{_subject(case, most)} {theirs} in the checkpoint and {mine} in the model{others}.",
            f"{why} It would raise `does not equal original dtype`, and restore nothing of them.",
            case.checkpoint.prefix,
            {"dtypes": [
                {"name": case.name_of(place), "file": case.rows[place].file_dtype,
                 "model": case.rows[place].model_dtype} for place in places[:200]
            ]},
            Fix(f"Build the model with {theirs}, or convert each value as it is assigned.",
                code.assign_all(case, pairs) or code.command(case)),
        ),
        frozenset(places),
    )  # fmt: skip


def _is_quantised(theirs: str, mine: str) -> bool:
    """Whole numbers where the model computes with real ones."""
    return theirs.startswith(("int", "uint")) and "float" in mine


def _quantised(case: Case, theirs: str, mine: str, places: Sequence[int]) -> Finding:
    """A cast would make weights of 100 and more out of them: they wait for their scale."""
    beside = {case.rows[place].name.rpartition("/")[0] for place in places}
    scales = [
        case.rows[place].name
        for place in case.places(LOST)
        if case.rows[place].name.rpartition("/")[0] in beside
        and _SCALE.search(case.rows[place].name.rpartition("/")[2].lower())
    ]
    known = f" ({shown(scales, 2)} beside {'it' if len(places) == 1 else 'them'})" if scales else ""
    return Finding(
        "M09", Severity.ERROR,
        f"{_subject(case, places)} {theirs} in the checkpoint and {mine} in the model: whole "
        f"numbers, as quantised weights are{known}.",
        "TensorFlow does not convert number types on restore, and a cast alone would make weights "
        "of the wrong size out of them.",
        case.checkpoint.prefix,
        {"names": listed(case.names(places)), "file": theirs, "model": mine, "scales": scales},
        Fix(f"Build the quantised model ({theirs}) that was saved, or multiply with the scale that "
            "it was quantised with as you assign.",
            "\n".join([
                f"reader = tf.train.load_checkpoint({case.checkpoint.prefix!r})",
                f"value = tf.cast(reader.get_tensor({case.rows[places[0]].key!r}), tf.{mine})",
                f"scale = reader.get_tensor({_key(case, scales)!r})",
                "variable.assign(value * scale)  # of the model",
            ])),
    )  # fmt: skip


def _key(case: Case, names: Sequence[str]) -> str:
    known = {row.name: row.key for row in case.rows}
    return known[names[0]] if names else "KEY_OF_THE_SCALE"


def _subject(case: Case, places: Sequence[int]) -> str:
    if len(places) == 1:
        return f"`{case.name_of(places[0])}` is"
    return f"{count(len(places), 'variable')} ({shown(case.names(places), 2)}) are"
