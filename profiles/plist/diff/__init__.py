"""Differences between documents, payload by payload and key by key."""
