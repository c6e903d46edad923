"""Viewmodels: the state of the window and Qt item models (QtCore and QtGui only)."""
