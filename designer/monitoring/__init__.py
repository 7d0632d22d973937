"""Monitoring: what tells others how the designer does."""
