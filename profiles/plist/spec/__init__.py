"""Spec files: profiles as JSON or YAML, read and written."""
