"""Diagnosis: contents to findings. One small pure function per failure class."""
