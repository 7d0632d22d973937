"""Doubts: what stops no profile, and whoever hands one out should know of beforehand."""

from __future__ import annotations

from profiles.catalogue.findings import Severity
from profiles.plist.document import Problem
from profiles.plist.validation.placeholders import MDM_PLACEHOLDER


def is_doubt(problem: Problem) -> bool:
    """Is it more than advice, and no error?

    A variable that a device management would fill in is more than that here, since what is handed out goes past it.
    """
    return problem.severity is Severity.WARNING or problem.code == MDM_PLACEHOLDER.code
