"""Keys with a single value: texts, choices, numbers and dates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from profiles.catalogue.findings import Finding, error
from profiles.catalogue.keys.base import Key
from profiles.catalogue.options import Option
from profiles.catalogue.values import PYTHON_TYPES, PlistType, check_scalar, check_text
from profiles.catalogue.versions import TITLES, OperatingSystem, Targets


@dataclass(frozen=True)
class Text(Key):
    """A string; `pattern` must match all of it, and `pattern_help` says in words what that means.

    `proposed_from` names what in the profile the form proposes values from: "authorities" or "identities".
    """

    pattern: str = ""
    pattern_help: str = ""
    multiline: bool = False
    proposed_from: str = ""

    plist_type = PlistType.STRING

    def _check(self, value: str, path: str, targets: Targets) -> Iterator[Finding]:
        yield from check_text(value, path, self.name)
        if self.pattern and value and not re.fullmatch(self.pattern, value):
            yield error(path, "malformed", f"{self.name} {self.pattern_help}")


@dataclass(frozen=True)
class Address(Text):
    """A web address in full, with https alone where it is `secure`; the placeholder is an example of one."""

    secure: bool = False

    def __post_init__(self) -> None:
        scheme, kind = ("https", "an https") if self.secure else ("https?", "a web")
        object.__setattr__(self, "pattern", rf"{scheme}://\S+")
        told = f"is not {kind} address. Write it in full, such as {self.placeholder}."
        object.__setattr__(self, "pattern_help", told)


@dataclass(frozen=True)
class Reference(Text):
    """The PayloadUUID of another payload in the profile, one that provides `to` ("identity")."""

    to: str = ""
    pattern: str = r"[0-9A-Za-z]{8}(-[0-9A-Za-z]{4}){3}-[0-9A-Za-z]{12}"
    pattern_help: str = "is not a UUID, so the device finds no payload for it. Use the payload's PayloadUUID."


@dataclass(frozen=True)
class Choice(Key):
    """One value of a closed list, of strings or of integers."""

    choices: tuple[Option, ...] = ()

    @property
    def type(self) -> PlistType:
        return PYTHON_TYPES[type(self.options[0].value)]

    @property
    def options(self) -> tuple[Option, ...]:
        return self.choices

    def _check(self, value: Any, path: str, targets: Targets) -> Iterator[Finding]:
        for option in self.options:
            if option.value == value:
                yield from option.refusals(path, targets)
                return
        if unwritable := [
            finding for finding in check_scalar(value, path, self.name) if not finding.buildable
        ]:
            yield from unwritable
            return
        allowed = ", ".join(str(option.value) for option in self.options)
        yield error(
            path,
            "not-allowed",
            f"{self.name} cannot be {_shown(self, value)}: the device refuses it. Choose one of {allowed}.",
        )


def _shown(key: Key, value: object) -> str:
    return "that value" if key.secret else repr(value)[:60]


@dataclass(frozen=True)
class Switch(Choice):
    """An integer that is 0 or 1, as Apple uses where others would use a boolean."""

    choices: tuple[Option, ...] = (Option(1, "On"), Option(0, "Off"))

    def _remedy(self, value: object) -> str:
        return f"Write {int(value)}." if isinstance(value, bool) else "Write 0 or 1."


@dataclass(frozen=True)
class Boolean(Key):
    """A real <true/> or <false/>."""

    plist_type = PlistType.BOOLEAN

    def option_title(self, value: object) -> str:
        return {True: "On", False: "Off"}.get(bool(value), str(value))


@dataclass(frozen=True)
class Number(Key):
    """A number with limits, both inclusive; `maximum_on` is a lower limit where a system has its own."""

    minimum: int | None = None
    maximum: int | None = None
    maximum_on: Mapping[OperatingSystem, int] = field(default_factory=dict, hash=False)
    unit: str = ""

    def option_title(self, value: object) -> str:
        return f"{value} {self.unit}".strip()

    def _check(self, value: float, path: str, targets: Targets) -> Iterator[Finding]:
        if unwritable := list(check_scalar(value, path, self.name)):
            yield from unwritable
            return
        if self.minimum is not None and value < self.minimum:
            yield error(
                path,
                "too-small",
                f"{self.name} is {value:g}, but the least allowed is {self.option_title(self.minimum)}.",
            )
        if self.maximum is not None and value > self.maximum:
            yield error(
                path,
                "too-large",
                f"{self.name} is {value:g}, but the most allowed is {self.option_title(self.maximum)}.",
            )
        for system, most in self.maximum_on.items():
            if system in targets and value > most:
                yield error(
                    path,
                    "too-large",
                    f"{TITLES[system]} allows at most {self.option_title(most)} for {self.name}. "
                    f"Lower it, or do not target {TITLES[system]}.",
                )


@dataclass(frozen=True)
class Integer(Number):
    """A whole number that fits 64 bits."""

    plist_type = PlistType.INTEGER


@dataclass(frozen=True)
class Real(Number):
    """A number that is written as <real>, also when it is whole."""

    plist_type = PlistType.REAL


@dataclass(frozen=True)
class Date(Key):
    """A moment, as a naive datetime in UTC, without fractions of a second."""

    plist_type = PlistType.DATE

    def _check(self, value: datetime, path: str, targets: Targets) -> Iterator[Finding]:
        yield from check_scalar(value, path, self.name)
