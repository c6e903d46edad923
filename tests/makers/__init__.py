"""Makers write the real files that tests read, with the installed TensorFlow.

A maker is a function `name(directory: Path) -> None` in a module here. Tests ask for it with the
fixture `made("module.name")`, which runs it once, in a TensorFlow process, and gives the directory.
"""
