"""The style sheet of the program: what a palette can't say.

Arrows of fields are files, because a style sheet takes nothing else; their grey is the same in
both schemes and stands out from either ground.
"""

from __future__ import annotations

from importlib import resources

from tfinspector.views.theme import Colours


def style_sheet(roles: Colours) -> str:
    """What the palette can't say: quiet bars, thin separators, flat tabs, fields alike."""
    up, down, left, right, check = map(_arrow, ("up", "down", "left", "right", "check"))
    return f"""
    QToolTip {{ background: {roles.raised}; color: {roles.text};
        border: 1px solid {roles.line}; padding: 4px 6px; }}
    QLabel[notice="true"] {{ background: {roles.raised}; color: {roles.text};
        border: 1px solid {roles.line}; border-radius: 4px; padding: 6px 8px; }}
    QMainWindow::separator, QSplitter::handle {{ background: {roles.line}; }}
    QSplitter::handle:horizontal {{ width: 1px; }}
    QSplitter::handle:vertical {{ height: 1px; }}
    QToolBar {{ background: {roles.raised}; border: 0; border-bottom: 1px solid {roles.line};
        spacing: 4px; padding: 4px 8px; }}
    QToolButton {{ border: 1px solid transparent; border-radius: 4px; padding: 3px 7px;
        color: {roles.text}; background: transparent; }}
    QToolButton:hover {{ background: {roles.hover}; }}
    QToolButton:pressed, QToolButton:checked {{ background: {roles.chosen}; }}
    QToolButton:focus {{ border-color: {roles.accent}; }}
    QToolButton:disabled {{ color: {roles.faint}; }}
    QToolButton[popupMode="2"] {{ padding-right: 16px; }}
    QPushButton {{ border: 1px solid {roles.line}; border-radius: 4px; padding: 4px 12px;
        background: {roles.surface}; color: {roles.text}; }}
    QPushButton:hover {{ background: {roles.hover}; }}
    QPushButton:focus {{ border-color: {roles.accent}; }}
    QPushButton:disabled {{ color: {roles.faint}; }}
    QPushButton[primary="true"] {{ background: {roles.accent}; color: {roles.on_accent};
        border-color: {roles.accent}; }}
    QPushButton[primary="true"]:disabled {{ background: {roles.raised}; color: {roles.faint};
        border-color: {roles.line}; }}
    QLineEdit {{ border: 1px solid {roles.line}; border-radius: 4px; padding: 3px 6px;
        background: {roles.surface}; color: {roles.text};
        selection-background-color: {roles.accent}; selection-color: {roles.on_accent}; }}
    QLineEdit:focus {{ border-color: {roles.accent}; }}
    QLineEdit[wrong="true"] {{ border-color: {roles.wrong}; }}
    QComboBox, QAbstractSpinBox {{ border: 1px solid {roles.line}; border-radius: 4px;
        padding: 3px 6px; background: {roles.surface}; color: {roles.text};
        selection-background-color: {roles.accent}; selection-color: {roles.on_accent}; }}
    QAbstractSpinBox {{ padding: 2px 6px 1px 6px; }}
    QAbstractSpinBox QLineEdit {{ border: 0; padding: 0 4px; background: transparent; }}
    QComboBox:hover, QAbstractSpinBox:hover, QLineEdit:hover {{ border-color: {roles.faint}; }}
    QComboBox:focus, QComboBox:on, QAbstractSpinBox:focus {{ border-color: {roles.accent}; }}
    QComboBox:disabled, QAbstractSpinBox:disabled, QLineEdit:disabled {{ color: {roles.faint};
        background: {roles.raised}; }}
    QComboBox::drop-down {{ border: 0; width: 18px; }}
    QComboBox::down-arrow {{ image: url("{down}"); width: 10px; height: 10px; }}
    QComboBox QAbstractItemView {{ border: 1px solid {roles.line}; padding: 4px; outline: 0; }}
    QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ border: 0; width: 16px;
        background: transparent; }}
    QAbstractSpinBox::up-arrow {{ image: url("{up}"); width: 8px; height: 8px; }}
    QAbstractSpinBox::down-arrow {{ image: url("{down}"); width: 8px; height: 8px; }}
    QCheckBox::indicator {{ width: 13px; height: 13px; border: 1px solid {roles.muted};
        border-radius: 3px; background: {roles.surface}; }}
    QCheckBox::indicator:checked {{ image: url("{check}"); }}
    QCheckBox::indicator:focus {{ border-color: {roles.accent}; }}
    QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {roles.line}; }}
    QSlider::handle:horizontal {{ width: 12px; height: 12px; margin: -5px 0; border-radius: 7px;
        background: {roles.surface}; border: 1px solid {roles.muted}; }}
    QSlider::handle:horizontal:hover {{ border-color: {roles.text}; }}
    QSlider::handle:horizontal:focus {{ border-color: {roles.accent};
        background: {roles.accent}; }}
    QSlider::handle:horizontal:disabled {{ border-color: {roles.faint}; }}
    QTabWidget::pane {{ border: 0; border-top: 1px solid {roles.line}; }}
    QTabBar {{ qproperty-drawBase: 0; }}
    QTabBar::tab {{ background: transparent; color: {roles.muted}; border: 0;
        border-bottom: 2px solid transparent; padding: 6px 12px; }}
    QTabBar[close="true"]::tab {{ padding: 6px 5px; }}
    QTabBar QToolButton::left-arrow {{ image: url("{left}"); width: 8px; height: 8px; }}
    QTabBar QToolButton::right-arrow {{ image: url("{right}"); width: 8px; height: 8px; }}
    QTabBar::tab:hover {{ color: {roles.text}; }}
    QTabBar::tab:selected {{ color: {roles.text}; border-bottom-color: {roles.accent}; }}
    QTabBar::tab:focus {{ color: {roles.accent}; }}
    QTabBar::tab:disabled {{ color: {roles.faint}; }}
    QHeaderView {{ background: {roles.raised}; border: 0; }}
    QHeaderView::section {{ background: {roles.raised}; color: {roles.muted}; border: 0;
        border-right: 1px solid {roles.line}; border-bottom: 1px solid {roles.line};
        padding: 3px 6px; }}
    QAbstractScrollArea {{ border: 0; }}
    QAbstractScrollArea::corner {{ background: {roles.surface}; border: 0; }}
    QTreeView, QTableView, QListView, QPlainTextEdit, QTextEdit {{
        background: {roles.surface}; color: {roles.text}; border: 0;
        selection-background-color: {roles.chosen}; selection-color: {roles.text}; }}
    QPlainTextEdit[field="true"] {{ border: 1px solid {roles.line}; border-radius: 4px;
        padding: 2px; }}
    QPlainTextEdit[field="true"]:focus {{ border-color: {roles.accent}; }}
    QMenu {{ background: {roles.surface}; border: 1px solid {roles.line}; padding: 4px; }}
    QMenu::item {{ padding: 4px 24px 4px 12px; border-radius: 3px; }}
    QMenu::item:selected {{ background: {roles.chosen}; color: {roles.text}; }}
    QMenu::item:disabled {{ color: {roles.faint}; }}
    QMenu::separator {{ height: 1px; background: {roles.line}; margin: 4px 8px; }}
    QProgressBar {{ border: 0; border-radius: 2px; background: {roles.line}; max-height: 4px;
        min-height: 4px; }}
    QProgressBar::chunk {{ background: {roles.accent}; border-radius: 2px; }}
    QScrollBar:vertical {{ background: transparent; width: 12px; margin: 0; }}
    QScrollBar:horizontal {{ background: transparent; height: 12px; margin: 0; }}
    QScrollBar::handle {{ background: {roles.faint}; border-radius: 3px; margin: 3px; }}
    QScrollBar::handle:vertical {{ min-height: 28px; }}
    QScrollBar::handle:horizontal {{ min-width: 28px; }}
    QScrollBar::handle:hover {{ background: {roles.muted}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    #topbar {{ background: {roles.raised}; border-bottom: 1px solid {roles.line}; }}
    QToolButton::menu-indicator {{ image: none; width: 0; }}
    QFrame[card="true"] {{ background: {roles.surface}; border: 1px solid {roles.line};
        border-radius: 6px; }}
    QFrame[code="true"] {{ background: {roles.raised}; border: 0; border-radius: 4px; }}
    QToolButton[pill="true"] {{ border-radius: 10px; border: 1px solid {roles.line};
        padding: 1px 8px; }}
    QToolButton[pill="true"]:checked {{ background: {roles.surface}; }}
    QToolButton[pill="true"]:!checked {{ color: {roles.muted} }}
    QLabel[role="wrong"] {{ color: {roles.wrong}; font-weight: 600; }}
    QLabel[role="attention"], QLabel[attention="true"] {{ color: {roles.attention}; }}
    QLabel[role="muted"] {{ color: {roles.muted}; }}
    QLabel[muted="true"] {{ color: {roles.muted}; }}
    QLabel[heading="true"] {{ font-weight: 600; }}
    """


def _arrow(side: str) -> str:
    """The file of an arrow, or of a check mark, as a style sheet spells it."""
    folder = resources.files("tfinspector.resources") / "arrows"
    return str(folder / f"{side}.svg").replace("\\", "/")
