"""What `profile bulk` is asked to do: its options, and what is wrong with them."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from django.core.management.base import CommandError

from designer.management.arguments import pair
from profiles.services.links import DEFAULT_DAYS, LIFETIMES

UNREADABLE: Final = 2
"""The exit status for a list or an option that cannot be used."""

MOST_JOBS: Final = 64


@dataclass(frozen=True, kw_only=True)
class Order:
    """The options, named as they are parsed; raises CommandError where they contradict each other.

    pairs       variable and column of each --map
    key, email  None where nothing was said
    """

    template: str
    people: str
    user: str
    team: str
    pairs: Sequence[tuple[str, str]]
    key: str | None
    email: str | None
    header: bool | None
    unsigned: bool
    sign: str | None
    links: bool
    days: int | None
    once: bool
    output: str | None
    force: bool
    check: bool
    wrong: str | None
    skip_bad: bool
    jobs: int
    quiet: bool

    def __post_init__(self) -> None:
        if sentence := next((sentence for wrong, sentence in self._contradictions() if wrong), ""):
            raise CommandError(sentence, returncode=UNREADABLE)

    def _contradictions(self) -> Sequence[tuple[bool, str]]:
        return (
            (not self.output and not self.check, "Nothing says where to write. Name a place with -o."),
            (self.links and self.unsigned, "Profiles from links are always signed. Leave out --unsigned."),
            (not self.links and self.days is not None, "--days is for links. Add --links, or leave it out."),
            (not self.links and self.once, "--once is for links. Add --links, or leave it out."),
            (self.wrong == self.output == "-", "Two things cannot both go to standard output. Name a file."),
        )

    @classmethod
    def of(cls, options: dict[str, Any]) -> Order:
        """The order that a command line holds."""
        return cls(**{each.name: options[each.name] for each in fields(cls)})


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """All options of the action."""
    parser.add_argument("template", metavar="TEMPLATE", help="its id, or its name where that is the only one")
    parser.add_argument(
        "people", metavar="CSV", help="the list, one row for each person; - is standard input"
    )
    parser.add_argument(
        "--as", dest="user", metavar="USER", required=True, help="who does it; their role decides"
    )
    parser.add_argument("--team", default="", help="name of the team that does it; else the first one")
    _add_columns(parser.add_argument_group("columns, by name or by number from 1"))
    _add_results(parser.add_argument_group("what is made"))
    _add_rows(parser.add_argument_group("rows that are wrong; unless told otherwise, nothing is made then"))
    parser.add_argument(
        "--jobs", metavar="N", type=_jobs, default=1, help="processes that work on it; else 1"
    )
    parser.add_argument("--quiet", action="store_true", help="show no progress")


def _add_columns(group: Any) -> None:
    group.add_argument(
        "--map",
        dest="pairs",
        metavar="VARIABLE=COLUMN",
        type=pair,
        action="append",
        default=[],
        help="where a variable comes from, or nothing for its default; else the column of its name",
    )
    group.add_argument(
        "--key",
        metavar="COLUMN",
        help="what tells people apart, and names files; else guessed, but from no column that may be secret",
    )
    group.add_argument("--email", metavar="COLUMN", help="their e-mail addresses; '' for none")
    group.add_argument(
        "--header",
        type=_yes_or_no,
        metavar="yes|no",
        help="whether the first row names the columns; else that is found out",
    )


def _add_results(group: Any) -> None:
    group.add_argument(
        "-o",
        "--output",
        metavar="DIR|X.zip|-",
        help="a folder, which is made if need be, or a zip; - is a zip on standard output",
    )
    group.add_argument("--force", action="store_true", help="replace files that are there already")
    how = group.add_mutually_exclusive_group()
    how.add_argument("--unsigned", action="store_true", help="do not sign")
    how.add_argument("--sign", metavar="NAME", help="the signing identity; else the team's default one")
    group.add_argument(
        "--links",
        action="store_true",
        help="write a CSV of install links instead; the run stays on the server",
    )
    group.add_argument(
        "--days", type=int, choices=[*LIFETIMES], help=f"how long links work; else {DEFAULT_DAYS}"
    )
    group.add_argument("--once", action="store_true", help="each link works once")


def _add_rows(group: Any) -> None:
    group.add_argument("--check", action="store_true", help="only tell what is wrong, and make nothing")
    group.add_argument(
        "--wrong",
        metavar="FILE",
        help="write them there as CSV, with those that have warnings, to be corrected; never over the list",
    )
    group.add_argument("--skip-bad", action="store_true", help="leave them out, and make the rest")


def _yes_or_no(text: str) -> bool:
    if text not in ("yes", "no"):
        raise argparse.ArgumentTypeError("write yes or no")
    return text == "yes"


def _jobs(text: str) -> int:
    if not (text.isdecimal() and len(text) < 5 and 1 <= int(text) <= MOST_JOBS):
        raise argparse.ArgumentTypeError(f"write a number from 1 to {MOST_JOBS}")
    return int(text)
