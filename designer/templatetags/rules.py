"""Why a problem is one: the link from each problem to its rule."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from django.template import Library
from django.urls import reverse
from django.utils.safestring import SafeString

from designer.forms.fast_html import escape, format_html
from profiles.catalogue.findings import Severity
from profiles.plist.document import Problem
from profiles.plist.rule_book import diagnostics

register = Library()

_CODE: Final = re.compile(r"\[([a-z0-9-]{1,60})\]")


# A page may have hundreds of problems, of a few codes.
@register.filter
@lru_cache(maxsize=1024)
def why(code: str) -> SafeString:
    """The link, which opens a tab of its own so that nothing typed is lost; empty for a code without a rule."""
    rule = diagnostics.entries().get(code)
    if rule is None:
        return SafeString("")
    return format_html(
        '<a class="problem__why" href="{}" target="_blank" rel="noopener" aria-label="Why? {}">Why?</a>',
        reverse("rule", args=[code]),
        rule.title,
    )


def beside(problem: Problem) -> SafeString:
    """A problem as it is told beside the field that it is about."""
    return format_html(
        '<span class="problem__severity">{}</span> {} {}',
        problem.severity.title(),
        problem.message,
        why(problem.code),
    )


@register.filter
def by_severity(warnings: str) -> list[tuple[str, str]]:
    """Severity and sentence of each line that begins with one; what only says how many more there are has none."""
    split = [line.partition(" ") for line in warnings.splitlines()]
    known = {each.value for each in Severity}
    return [(first, rest) if first in known else ("", f"{first} {rest}") for first, _, rest in split]


@register.filter
def explained(reason: str) -> SafeString:
    """A reason with the link in place of each code in brackets that has a rule."""
    return SafeString(_CODE.sub(lambda found: why(found[1]) or found[0], escape(reason)))
