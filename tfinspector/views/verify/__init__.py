"""Verify, a part of the page Signatures: what is compared with what, and the verdict."""
