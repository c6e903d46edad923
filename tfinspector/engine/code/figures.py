"""The metrics of drift as functions of NumPy: what a script needs to work one of them out.

Each is the definition that `analysis.drift` has, in the shortest form: over pairs that are finite
on both sides, but for the changed fractions. The two distances between distributions are exact
here, where the program draws them from sketches and says by how much they may be off.
"""

from tfinspector.contents.drift_metrics import METRIC_BY_NAME

_PAIR = '''

def pair(before, after):
    """What is finite on both sides, in rows of 64-bit floats (real and imaginary parts apart)."""
    a, b = (parts_of(value) for value in (before, after))
    finite = (np.isfinite(a) & np.isfinite(b)).all(axis=1)
    return a[finite], b[finite]


def parts_of(value):
    value = np.asarray(value).reshape(-1)
    if np.iscomplexobj(value):
        return np.stack([value.real, value.imag], axis=1).astype(np.float64)
    return value.astype(np.float64)[:, None]


def away_of(before, after):
    """The distance of each pair."""
    a, b = pair(before, after)
    return np.linalg.norm(b - a, axis=1)
'''
_CHANGED = '''

def changed(before, after):
    """Which elements have other bits."""
    a, b = (np.ascontiguousarray(value).reshape(-1) for value in (before, after))
    if a.dtype == object or a.dtype != b.dtype:
        return a != b
    a, b = (value.view(np.uint8).reshape(value.size, -1) for value in (a, b))
    return (a != b).any(axis=1)
'''
_OWN = {
    "norm": "np.sqrt(np.sum(finite**2))",
    "mean": "finite.mean() if finite.size else np.nan",
    "std": "finite.std() if finite.size else np.nan",
    "min": "finite.min() if finite.size else np.nan",
    "max": "finite.max() if finite.size else np.nan",
    "zero": "np.sum(numbers == 0)",
    "zero_fraction": "np.mean(numbers == 0)",
    "nan": "np.sum(np.isnan(numbers))",
    "posinf": "np.sum(numbers == np.inf)",
    "neginf": "np.sum(numbers == -np.inf)",
}
_CHANGES = {
    "l2": "np.linalg.norm(away_of(before, after))",
    "relative_l2": "away / length if length else np.inf if away else 0.0",
    "cosine": "np.sum(a * b) / (np.linalg.norm(a) * np.linalg.norm(b))",
    "max_abs": "away.max() if away.size else np.nan",
    "mean_abs": "away.mean() if away.size else np.nan",
    "changed_fraction": "changed(before, after).mean()",
    "changed_beyond": "np.mean(beyond)",
    "sign_flips": "np.mean((np.signbit(a) != np.signbit(b)) & (a != 0) & (b != 0))",
    "wasserstein": "np.sum(np.abs(below(a) - below(b))[:-1] * np.diff(places))",
    "ks": "np.abs(below(a) - below(b)).max()",
}
_AWAY, _BOTH = "    away = away_of(before, after)\n", "    a, b = pair(before, after)\n"
_BEFORE = {
    "cosine": _BOTH,
    "sign_flips": _BOTH,
    "max_abs": _AWAY,
    "mean_abs": _AWAY,
    "relative_l2": f"{_BOTH}    away, length = np.linalg.norm(b - a), np.linalg.norm(a)\n",
    "changed_beyond": (
        "    a, b = (np.linalg.norm(parts_of(value), axis=1) for value in (before, after))\n"
        '    with np.errstate(invalid="ignore"):\n'
        "        away = np.linalg.norm(parts_of(after) - parts_of(before), axis=1)\n"
        "    is_finite = np.isfinite(a) & np.isfinite(b)\n"
        "    beyond = np.where(is_finite, away > {epsilon!r} * np.maximum(a, b),\n"
        "                      changed(before, after))\n"
    ),
}
_DISTANCE = (
    "    a, b = (numbers_of(value) for value in (before, after))\n"
    "    a, b = np.sort(a[np.isfinite(a)]), np.sort(b[np.isfinite(b)])\n"
    "    places = np.union1d(a, b)\n"
    "\n"
    "    def below(values):\n"
    '        """The share of values up to each place."""\n'
    '        return np.searchsorted(values, places, "right") / values.size\n'
    "\n"
)
_BASE = {
    "mean_change": "mean", "std_change": "std", "norm_change": "norm",
    "zero_change": "zero_fraction",
}  # fmt: skip


def metric_code(metric: str, epsilon: float, name: str = "figure") -> str:
    """A function `figure(before, after)`; of a metric that needs no reference `figure(after)`."""
    about = METRIC_BY_NAME[metric].meaning
    if metric in _OWN:
        return _own(metric, name, about)
    if metric in _BASE:
        of_one = _own(_BASE[metric], "of_one", METRIC_BY_NAME[_BASE[metric]].meaning)
        return f"{of_one}{_function(name, about, '', 'of_one(after) - of_one(before)')}"
    before = _BEFORE.get(metric, _DISTANCE if metric in ("wasserstein", "ks") else "")
    before = before.replace("{epsilon!r}", repr(epsilon))
    return _function(name, about, before, _CHANGES[metric])


def shared_code(metrics: tuple[str, ...]) -> str:
    """What the functions of these metrics call."""
    changes = [each for each in metrics if METRIC_BY_NAME[each].of_change and each not in _BASE]
    needs_bits = {"changed_fraction", "changed_beyond"} & set(metrics)
    return (_PAIR if changes else "") + (_CHANGED if needs_bits else "")


def _own(metric: str, name: str, about: str) -> str:
    return (
        f'\n\ndef {name}(value):\n    """{about}"""\n'
        "    numbers = numbers_of(value)\n"
        "    finite = numbers[np.isfinite(numbers)]\n"
        f"    return {_OWN[metric]}\n"
    )


def _function(name: str, about: str, before: str, result: str) -> str:
    return f'\n\ndef {name}(before, after):\n    """{about}"""\n{before}    return {result}\n'
