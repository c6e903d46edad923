"""Calls a signature or a function of a SavedModel, and compares what two models answer."""
