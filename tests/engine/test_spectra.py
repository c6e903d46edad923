"""Spectra of stored variables: read in panels, reshaped, refused with a reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.viewmodels.made_up import MadeUpReader, checkpoint, variable
from tfinspector.contents.figures import Unmeasured
from tfinspector.contents.findings import Cancelled
from tfinspector.contents.spectra import Spectrum
from tfinspector.engine import spectra
from tfinspector.engine.jobs import Progress, Ticket
from tfinspector.engine.opening import open_source
from tfinspector.engine.spectra import spectrum_of, why_no_spectrum

Made = Callable[[str], Path]


@pytest.mark.parametrize("shape", [(40, 12), (12, 40), (3, 3, 4, 8), (2, 2, 1, 30), (5, 6, 7)])
def test_every_shape_in_small_panels(
    shape: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spectra, "_PANEL_NBYTES", 800)
    asked = variable("kernel", shape)
    reader = MadeUpReader(checkpoint("/a", [asked]))
    found = spectrum_of(reader, asked)
    assert isinstance(found, Spectrum)
    matrix = reader.read(asked.key).astype(np.float64).reshape(-1, shape[-1])
    assert found.values == pytest.approx(np.linalg.svd(matrix, compute_uv=False), abs=1e-9)
    assert (found.rows, found.columns) == matrix.shape
    assert found.is_reshaped is (len(shape) > 2)


def test_what_tensorflow_stored(made: Made) -> None:
    opened = open_source(str(made("checkpoints.keras_functional") / "ckpt-1"))
    reader = opened.reader()
    matrices = [each for each in opened.checkpoint().variables if not why_no_spectrum(each)]
    assert matrices
    for each in matrices:
        found = spectrum_of(reader, each)
        assert isinstance(found, Spectrum)
        values = reader.read(each.key).astype(np.float64).reshape(-1, each.shape[-1])
        true = np.linalg.svd(values, compute_uv=False)
        assert np.abs(found.values - true).max() <= found.error + 1e-14 * true[0]


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (variable("bias", (4,)), "it is no matrix"),
        (variable("steps", (4, 4), dtype="int64"), "int64 elements have no singular values"),
        (variable("none", (0, 4)), "it has no elements"),
        (variable("gone", (4, 4), problem="its shard is missing"), "its shard is missing"),
    ],
)
def test_what_has_none_says_why(asked: object, why: str) -> None:
    assert why_no_spectrum(asked) == why  # type: ignore[arg-type]
    found = spectrum_of(MadeUpReader(checkpoint("/a", [asked])), asked)  # type: ignore[arg-type]
    assert found == Unmeasured(why)


def test_nan_is_a_reason(made: Made) -> None:
    opened = open_source(str(made("drift.run") / "ckpt-600"))
    found = spectrum_of(opened.reader(), opened.find("moving/kernel"))
    assert found == Unmeasured("it holds NaN or infinity")


def test_progress_and_cancel() -> None:
    asked = variable("kernel", (40, 12))
    reader = MadeUpReader(checkpoint("/a", [asked]))
    told: list[Progress] = []
    spectrum_of(reader, asked, Ticket(told.append))
    assert (told[-1].done, told[-1].total) == (480, 480)
    ticket = Ticket()
    ticket.cancel()
    with pytest.raises(Cancelled):
        spectrum_of(reader, asked, ticket)
