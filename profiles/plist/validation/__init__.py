"""Validation: every problem of a document, with its place, severity and fix."""
