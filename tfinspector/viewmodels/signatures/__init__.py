"""Signatures and functions, the form that fills their inputs, and the calls that run."""
