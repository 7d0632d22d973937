"""Signing of profiles: identities, CMS, and how devices will judge them. No Django, no catalogue."""
