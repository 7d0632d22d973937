"""Numbers of a bulk run, for people."""

from __future__ import annotations

from django import template

from profiles.models import BulkRun, RecipientState, RunState
from profiles.services.bulk.progress import Progress, with_warnings

register = template.Library()


@register.filter
def rate(per_second: float) -> str:
    """ "1,240 a second", or "12 a minute" or "7 an hour" where they are few."""
    for number, unit in ((per_second, "second"), (60 * per_second, "minute")):
        if number >= 1:
            return f"{number:,.0f} a {unit}"
    return f"{3_600 * per_second:,.0f} an hour"


@register.filter
def time_left(seconds: int) -> str:
    """ "12 seconds left", "3 minutes left", "2 hours left", "4 days left"."""
    left, unit = float(seconds), "day"
    for shorter, size in (("second", 60), ("minute", 60), ("hour", 24)):
        # "89 seconds" says more than "1 minute".
        if left < 1.5 * size:
            unit = shorter
            break
        left /= size
    return f"{left:,.0f} {unit}{'' if round(left) == 1 else 's'} left"


@register.filter
def told(progress: Progress) -> list[tuple[str, int, str]]:
    """Label, number and name of each state that somebody is in, except for what is still to come."""
    shown = (RecipientState.READY, RecipientState.DONE, RecipientState.INVALID, RecipientState.FAILED)
    return [
        (state.label.lower(), progress.count(state), state.value) for state in shown if progress.count(state)
    ]


@register.filter
def warned(progress: Progress) -> str:
    """ "1 row with warnings"."""
    return with_warnings(progress.warned)


@register.filter
def start_label(progress: Progress) -> str:
    """ "Make 9,997 profiles"."""
    ready = progress.count(RecipientState.READY)
    return f"Make {ready:,} profile{'' if ready == 1 else 's'}"


@register.filter
def retry_label(progress: Progress) -> str:
    """ "Try what failed again", or "Make 3 more profiles" where all that is left was corrected."""
    ready = progress.count(RecipientState.READY)
    if progress.count(RecipientState.FAILED):
        return "Try what failed again"
    return f"Make {ready:,} more profile{'' if ready == 1 else 's'}"


@register.filter
def headline(run: BulkRun, progress: Progress) -> str:
    """What its state is called; one that is checked is not ready to start before a row is right."""
    if run.state == RunState.CHECKED and not progress.count(RecipientState.READY):
        return "No row is right yet"
    return run.get_state_display()
