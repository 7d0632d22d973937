"""Numbers of a bulk run in words."""

from __future__ import annotations

import pytest

from designer.templatetags.runs import rate, retry_label, start_label, time_left
from profiles.services.bulk.progress import Progress


def progress(**counts: int) -> Progress:
    return Progress(counts=counts, warned=0, total=0, past=0, rate=0, seconds_left=None, waits_for="")


@pytest.mark.parametrize(
    ("per_second", "words"),
    [
        (1240.4, "1,240 a second"),
        (1.0, "1 a second"),
        (0.5, "30 a minute"),
        (1 / 60, "1 a minute"),
        (0.005, "18 an hour"),
        (0.0001, "0 an hour"),
    ],
)
def test_a_rate_is_told_in_the_largest_number_that_is_small(per_second: float, words: str) -> None:
    assert rate(per_second) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "1 second left"),
        (89, "89 seconds left"),
        (90, "2 minutes left"),
        (60 * 89, "89 minutes left"),
        (60 * 90, "2 hours left"),
        (3_600 * 35, "35 hours left"),
        (3_600 * 36, "2 days left"),
        (3_600 * 24 * 4_000, "4,000 days left"),
    ],
)
def test_the_time_left_is_told_in_one_unit(seconds: int, words: str) -> None:
    assert time_left(seconds) == words


def test_buttons_say_how_many_profiles_they_make() -> None:
    assert start_label(progress(ready=1)) == "Make 1 profile"
    assert start_label(progress(ready=99_997)) == "Make 99,997 profiles"
    assert retry_label(progress(ready=1)) == "Make 1 more profile"
    assert retry_label(progress(ready=2)) == "Make 2 more profiles"
    assert retry_label(progress(ready=2, failed=1)) == "Try what failed again"
