"""Verify, a part of the page Signatures: does another model, device or snapshot answer the same?"""
