"""Details of a variable: where its bytes lie, by TensorFlow's own bytes, and what belongs to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from tests.looking import choose, opened, session
from tfinspector.viewmodels.inspector.details import DetailsModel, Row
from tfinspector.viewmodels.session import Session

__all__ = ["opened", "session"]


@pytest.fixture
def model(opened: Callable[[str], Session]) -> Iterator[DetailsModel]:
    made = DetailsModel(opened("run/ckpt-300"))
    yield made
    made.deleteLater()


def rows(model: DetailsModel, title: str) -> dict[str, Row]:
    found = [section for section in model.sections if section.title == title]
    return {row.label: row for section in found for row in section.rows}


def wait_for(model: DetailsModel, title: str, qtbot: QtBot) -> dict[str, Row]:
    qtbot.waitUntil(lambda: bool(rows(model, title)), timeout=20_000)
    return rows(model, title)


def test_the_bytes_are_where_it_says(
    model: DetailsModel,
    qtbot: QtBot,
    made: Callable[[str], Path],
    referee: Callable[[Any], dict[str, Any]],
) -> None:
    choose(model._session, "module/kernel")
    told = wait_for(model, "In the file", qtbot)
    offset, length = int(told["Offset"].copied), int(told["Length"].copied)
    data = Path(told["Shard"].copied).read_bytes()[offset : offset + length]
    keys = referee(made("pictures.run") / "run" / "ckpt-300")
    assert data == keys[rows(model, "Names")["Key in the file"].text][2]
    assert told["Checksum"].text.endswith("(masked CRC32C)")


def test_figures_arrive_when_they_are_measured(model: DetailsModel, qtbot: QtBot) -> None:
    choose(model._session, "module/spoiled")
    figures = wait_for(model, "Figures", qtbot)
    assert figures["NaN"].text == "5 (1.25 %)"
    assert figures["NaN"].copied == "5"
    assert figures["Zero"].copied == "3"


def test_what_has_no_figures_says_why(model: DetailsModel, qtbot: QtBot) -> None:
    choose(model._session, "module/words")
    assert "string" in wait_for(model, "Figures", qtbot)["None"].text


def test_all_details_are_one_text_to_copy(model: DetailsModel, qtbot: QtBot) -> None:
    choose(model._session, "module/kernel")
    wait_for(model, "In the file", qtbot)
    assert "  Name: module/kernel" in model.text.split("\n")
    assert "  Shape: [40, 30]" in model.text.split("\n")


def test_slots_and_their_variable_lead_to_each_other(
    session: Session, made: Callable[[str], Path], qtbot: QtBot
) -> None:
    prefix = next((made("pictures.optimized") / "run").glob("*.index"))
    with qtbot.waitSignal(session.opened, timeout=20_000):
        session.open(str(prefix))
    model = DetailsModel(session)
    slot = next(v for v in session.variables if v.slot_of)
    session.choose([session.choice(slot)])
    owner = wait_for(model, "Belongs together", qtbot)[f"Slot “{slot.slot_name}” of"]
    with qtbot.waitSignal(session.chosen_changed, timeout=20_000):
        model.follow(owner.link)
    assert session.chosen[0].variable.name == slot.slot_of
    back = wait_for(model, "Belongs together", qtbot)
    assert slot.name in {row.link for row in back.values()}
    model.deleteLater()


def test_a_partitioned_tensor_lists_its_pieces(
    session: Session, made: Callable[[str], Path], qtbot: QtBot
) -> None:
    with qtbot.waitSignal(session.opened, timeout=20_000):
        session.open(str(made("pictures.partitioned") / "parts"))
    model = DetailsModel(session)
    session.choose([session.choice(next(v for v in session.variables if v.size == 40))])
    pieces = wait_for(model, "In the file, in pieces", qtbot)
    assert pieces["Pieces"].text == "2"
    assert pieces["Piece 1"].text.startswith("[0:5, 0:4] ")
    assert pieces["Piece 2"].text.startswith("[5:10, 0:4] ")
    model.deleteLater()
