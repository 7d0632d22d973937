"""The rule book: what checks look for, why, and where that stands."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from profiles.plist.rule_book import diagnostics
from profiles.plist.rule_book.words import CERTAINTIES, MEANINGS, TITLES


@require_safe
def rule_list(request: HttpRequest) -> HttpResponse:
    """All rules by severity."""
    groups = [
        {"severity": severity, "title": TITLES[severity], "meaning": MEANINGS[severity], "rules": rules}
        for severity, rules in diagnostics.by_severity().items()
    ]
    return render(request, "rules/list.html", {"groups": groups})


@require_safe
def rule(request: HttpRequest, code: str) -> HttpResponse:
    """One rule."""
    found = diagnostics.entries().get(code)
    if found is None:
        raise Http404
    words = {"meaning": MEANINGS[found.severity], "certainty": CERTAINTIES[found.certainty]}
    return render(request, "rules/rule.html", {"rule": found, **words})
