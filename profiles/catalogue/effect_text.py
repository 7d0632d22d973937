"""What sentences for the person who installs a profile are made of: names, hosts, dates and spans out of any values.

Values come from files in the wild and from forms that are half filled in: what is of the wrong type counts as not set.
Nothing here trusts a text: each becomes one short line that cannot pass for a part of the sentence around it.
"""

from __future__ import annotations

import math
import re
from datetime import datetime
from email.utils import format_datetime
from typing import Final
from urllib.parse import urlsplit

from profiles.catalogue.wording import abridged

LONGEST: Final = 60
"""Characters of a name that a sentence shows."""

FARTHEST: Final = 10_000_000_000
"""Seconds up to which a span means anything: some three centuries."""

PROOF: Final = "which proves to servers who you are"
"""What a key with its certificate does."""

_UNITS: Final = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))

# Controls, line separators, lone surrogates, and marks that turn the direction of what follows them.
_UNSHOWN: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_QUOTES: Final = str.maketrans("“”", '""')


def line(value: object) -> str:
    """A text as one short line; empty for anything else."""
    # Cut first: what is far too long need not be looked at to its end.
    text = value[: 10 * LONGEST] if isinstance(value, str) else ""
    shown = " ".join(_UNSHOWN.sub(" ", text).translate(_QUOTES).split())
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1].rstrip()}…"


def quoted(*candidates: object) -> str:
    """The first of them that is a text, in quotes: “Office”; empty where none is."""
    return next((f"“{shown}”" for shown in map(line, candidates) if shown), "")


def called(kind: str, *candidates: object) -> str:
    """What is called by the first of them that is a text: the identity “alice”; an identity, where none is."""
    name = quoted(*candidates)
    return f"the {kind} {name}" if name else f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def place(value: object) -> str:
    """A host as it stands in a sentence, in quotes where it cannot be one; empty for what is no text."""
    # A name and a password may stand before it, and have to go before anything is cut.
    shown = line(value.rpartition("@")[2]).rstrip(".") if isinstance(value, str) else ""
    return shown if re.fullmatch(r"[\w.:%*\[\]-]*", shown) else quoted(shown)


def host(address: object) -> str:
    """The host of a web address, without the name and the password that may stand before it; empty where none is."""
    try:
        return place(urlsplit(address).hostname) if isinstance(address, str) else ""
    except ValueError:
        return ""


def places(value: object) -> list[str]:
    """The hosts, addresses or domains in a list, each once."""
    found = map(place, value) if isinstance(value, list) else ()
    return [*dict.fromkeys(each for each in found if each)]


def domains(value: object) -> str:
    """“corp.example and lab.example”; empty where there are none, or an empty one, which stands for every other."""
    return "" if isinstance(value, list) and "" in value else abridged(places(value), "and")


def day(moment: object) -> str:
    """“3 Mar 2026”, in UTC, as property lists have it; empty for what is no date."""
    # Not strftime, whose months follow the locale of the process.
    return format_datetime(moment)[5:16].lstrip("0") if isinstance(moment, datetime) else ""


def span(seconds: object) -> str:
    """“7 days”, “90 minutes”, “about 11 days”; empty for what is no length of time."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return ""
    if not 0 < seconds <= FARTHEST:
        return ""
    whole = math.ceil(seconds)
    size, unit = next((size, unit) for size, unit in _UNITS if whole % size == 0 or whole >= 10 * size)
    number = round(whole / size)
    about = "" if whole % size == 0 else "about "
    return f"{about}{number:,} {unit}{'' if number == 1 else 's'}"
