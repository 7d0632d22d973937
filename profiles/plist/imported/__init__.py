"""Imported parts: how a file writes what the build writes in a way of its own."""
