"""The fields that name a factory and its arguments, alike wherever one is asked for."""

from PySide6.QtWidgets import QLineEdit


def factory_field(name: str = "Factory") -> QLineEdit:
    """For `file.py:function`; `name` is what assistive technology reads."""
    field = QLineEdit()
    field.setPlaceholderText("file.py:function or package.module:function")
    field.setAccessibleName(name)
    return field


def arguments_field(name: str = "Keyword arguments as JSON") -> QLineEdit:
    """For the factory's keyword arguments."""
    field = QLineEdit()
    field.setPlaceholderText('{"n": 4}')
    field.setAccessibleName(name)
    field.setToolTip("Keyword arguments of the factory, as a JSON object")
    return field
