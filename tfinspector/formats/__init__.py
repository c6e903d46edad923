"""Formats: bytes to contents, one file per format, without TensorFlow.

Reading executes nothing and holds nothing: files are opened, read with `pread` and closed.
The only error that comes out is `contents.findings.Unreadable`.
"""
