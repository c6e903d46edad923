"""Words with code in them, and names from files that look like markup."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument
from pytestqt.qtbot import QtBot

from tfinspector.contents.findings import Finding, Severity
from tfinspector.views.theme import code_font
from tfinspector.views.widgets.finding_card import FindingCard
from tfinspector.views.widgets.sentence import Sentence


def seen(sentence: Sentence) -> str:
    """What a person reads."""
    if sentence.textFormat() == Qt.TextFormat.PlainText:
        return sentence.text()
    document = QTextDocument()
    document.setHtml(sentence.text())
    return document.toPlainText()


def test_code_is_set_in_the_code_font_without_its_backticks(qtbot: QtBot) -> None:
    sentence = Sentence("`model/kernel` is missing, and `x < y`\n  in a new line")
    qtbot.addWidget(sentence)
    assert seen(sentence) == "model/kernel is missing, and x < y\n  in a new line"
    assert sentence.text().count(code_font().family()) == 2
    assert sentence.accessibleName() == sentence.words


def test_names_from_files_are_never_taken_for_markup(qtbot: QtBot) -> None:
    for words in ("<b>kernel</b> is missing", "`<img src=a>` & <i>more</i>", "one ` alone <b>"):
        sentence = Sentence(words)
        qtbot.addWidget(sentence)
        assert seen(sentence).replace("`", "") == words.replace("`", "")


def test_a_card_shows_code_as_code_and_copies_it_with_backticks(qtbot: QtBot) -> None:
    card = FindingCard(Finding("M01", Severity.WARNING, "`a<b>` is missing.", detail="No `c`."))
    qtbot.addWidget(card)
    assert [seen(each) for each in card.findChildren(Sentence)] == ["a<b> is missing.", "No c."]
    assert "`a<b>` is missing." in card.as_text()


def test_code_in_larger_words_is_as_large(qtbot: QtBot) -> None:
    sentence = Sentence("Layer `middle` is new.")
    qtbot.addWidget(sentence)
    before = sentence.sizeHint().height()
    small = sentence.text()
    sentence.setStyleSheet("font-size: 30px")
    sentence.ensurePolished()
    assert sentence.text() != small
    assert sentence.sizeHint().height() > before
