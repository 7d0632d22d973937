"""Keys with a single value: texts, choices, numbers and dates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from profiles.catalogue.blanks import around_name, around_secret
from profiles.catalogue.citations import schema, standard
from profiles.catalogue.conditions import Values
from profiles.catalogue.findings import Diagnostic, Finding, Severity
from profiles.catalogue.fixes import Fix, put
from profiles.catalogue.keys.base import Guess, Key
from profiles.catalogue.network_names import trimmed
from profiles.catalogue.options import Option
from profiles.catalogue.placeholders import stands_in
from profiles.catalogue.values import PYTHON_TYPES, TOO_LARGE, PlistType, check_scalar, check_text
from profiles.catalogue.versions import TITLES, OperatingSystem, Targets

MOST_LETTERS: Final = 60
"""Characters of a value up to which it may be an option in another spelling."""

MALFORMED: Final = Diagnostic(
    "malformed",
    Severity.ERROR,
    "A text does not have the form that its key needs",
    why="The device takes the text for what the key says, such as the address of a server, and cannot use any other.",
    mend="Write it in the form that the message shows.",
    sources=(
        schema("com.apple.vpn.managed", "description and format of each key"),
        standard("Uniform Resource Identifier (URI): Generic Syntax, RFC 3986"),
    ),
    milder="It is a warning where devices are not known to refuse the text, as with blanks around a web address.",
)
NOT_ALLOWED: Final = Diagnostic(
    "not-allowed",
    Severity.ERROR,
    "A value is none of those that its key takes",
    why="Apple's schema lists the values of the key, and devices refuse any other.",
    mend="Choose one of the values that the message lists.",
    sources=(schema("com.apple.vpn.managed", "rangelist of each key"),),
    milder="It is a warning for a bit field, of which Apple names single values.",
)
TOO_SMALL: Final = Diagnostic(
    "too-small",
    Severity.ERROR,
    "A number is below the range of its key",
    why="Apple's schema gives the range of the key, and devices refuse what lies outside of it.",
    mend="Write a number within the range that the message names.",
    sources=(schema("com.apple.vpn.managed", "range of each key"),),
    milder="It is a warning where Apple's schema gives no range, and less makes no sense.",
)


@dataclass(frozen=True)
class Text(Key):
    """A string; `pattern` must match all of it, and `pattern_help` says in words what that means.

    proposed_from  what in the profile the form proposes values from: "authorities" or "identities"
    compared       with a name that somebody else has, so that blanks around it make it another one, as they do around
                   a secret unless this is false, where a rule says more of it
    """

    pattern: str = ""
    pattern_help: str = ""
    multiline: bool = False
    proposed_from: str = ""
    compared: bool | None = None

    plist_type = PlistType.STRING

    def guess(self, value: Any) -> Guess | None:
        """The text that a secret is in UTF-8 that somebody wrote as data; any other would be shown with its fix."""
        if not isinstance(value, bytes) or not self.secret:
            return None
        try:
            text = value.decode()
        except UnicodeDecodeError:
            return None
        return Guess(text, "Write it as text") if text and text.isprintable() else None

    def _check(self, value: str, path: str, targets: Targets) -> Iterator[Finding]:
        yield from check_text(value, path, self.name)
        if self.secret and self.compared is not False:
            yield from around_secret(path, value, self.name)
        elif self.compared:
            yield from around_name(path, value, self.name)
        # What is yet to be filled in nobody can judge here, and it is told with all other placeholders.
        if self.pattern and value and not re.fullmatch(self.pattern, value) and not stands_in(value):
            yield MALFORMED.at(path, f"{self.name} {self.pattern_help}")


@dataclass(frozen=True)
class Address(Text):
    """A web address in full, with https alone where it is `secure`; the placeholder is an example of one."""

    secure: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        scheme, kind = ("https", "an https") if self.secure else ("https?", "a web")
        object.__setattr__(self, "pattern", rf"(?i:{scheme})://\S+")
        told = f"is not {kind} address. Write it in full, such as {self.placeholder}."
        object.__setattr__(self, "pattern_help", told)

    def _check(self, value: str, path: str, targets: Targets) -> Iterator[Finding]:
        bare = trimmed(value)
        if bare == value or not re.fullmatch(self.pattern, bare):
            yield from super()._check(value, path, targets)
            return
        yield from check_text(value, path, self.name)
        yield MALFORMED.at(
            path,
            f"{self.name} has blanks around it, which are no part of a web address. Remove the blanks.",
            severity=Severity.WARNING,
            fix=put(path, value, bare, "Remove the blanks"),
        )


@dataclass(frozen=True)
class Reference(Text):
    """The PayloadUUID of another payload in the profile, one that provides `to` ("identity").

    Any text may be one: Apple's schema says of PayloadUUID that its actual content is unimportant.
    """

    to: str = ""


@dataclass(frozen=True)
class Choice(Key):
    """One value of a closed list, of strings or of integers; `other_as` is how much any other value matters."""

    choices: tuple[Option, ...] = ()
    other_as: Severity = Severity.ERROR

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
        # Nobody is sent to a value of which the next check would have something to say.
        offered = [
            each for each in self.options if not each.deprecated and not any(each.refusals(path, targets))
        ]
        allowed = ", ".join(str(option.value) for option in offered or self.options)
        refused = "the device refuses it" if self.other_as is Severity.ERROR else "Apple names no such value"
        yield NOT_ALLOWED.at(
            path,
            f"{self.name} cannot be {_shown(self, value)}: {refused}. Choose one of {allowed}.",
            severity=self.other_as,
            fix=self._meant_by(value, path),
        )

    def _meant_by(self, value: Any, path: str) -> Fix | None:
        """The one option that has the same letters and digits, whatever stands between them."""
        text = _spelled(value) if isinstance(value, str) else ""
        found = [option.value for option in self.options if _spelled(str(option.value)) == text]
        return put(path, value, found[0], f"Write {found[0]}") if len(found) == 1 and text else None


_BETWEEN: Final = re.compile(r"[\s_./-]+")
_SHA2: Final = re.compile(r"sha(256|384|512)")


def _spelled(text: str) -> str:
    """A text by its letters and digits alone: AES256 is AES-256, and SHA-256 is SHA2-256."""
    bare = _BETWEEN.sub("", text[:MOST_LETTERS].casefold())
    return _SHA2.sub(r"sha2\1", bare) if _SHA2.fullmatch(bare) else bare


def _shown(key: Key, value: object) -> str:
    return "that value" if key.secret else repr(value)[:60]


@dataclass(frozen=True)
class Switch(Choice):
    """An integer that is 0 or 1, as Apple uses where others would use a boolean."""

    choices: tuple[Option, ...] = (Option(1, "On"), Option(0, "Off"))

    def meant(self, value: Any, beside: Values) -> Any:
        """0 or 1 in place of a boolean, which no other integer can have been meant by."""
        return int(value) if isinstance(value, bool) else super().meant(value, beside)

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
    """A number with limits, both inclusive; `maximum_on` is a lower limit where a system has its own.

    `too_small_as` says how much it matters that it is below the least one: a warning where Apple names none.
    """

    minimum: int | None = None
    maximum: int | None = None
    maximum_on: Mapping[OperatingSystem, int] = field(default_factory=dict, hash=False)
    too_small_as: Severity = Severity.ERROR
    unit: str = ""

    def option_title(self, value: object) -> str:
        unit = self.unit.removesuffix("s") if value == 1 else self.unit
        return f"{value} {unit}".strip()

    def _check(self, value: float, path: str, targets: Targets) -> Iterator[Finding]:
        if unwritable := list(check_scalar(value, path, self.name)):
            yield from unwritable
            return
        if self.minimum is not None and value < self.minimum:
            least = self.option_title(self.minimum)
            allowed = self.too_small_as is Severity.ERROR
            yield TOO_SMALL.at(
                path,
                f"{self.name} is {value:g}, but the least {'allowed' if allowed else 'that makes sense'} is {least}.",
                severity=self.too_small_as,
            )
        if self.maximum is not None and value > self.maximum:
            yield TOO_LARGE.at(
                path,
                f"{self.name} is {value:g}, but the most allowed is {self.option_title(self.maximum)}.",
            )
        for system, most in self.maximum_on.items():
            if system in targets and value > most:
                yield TOO_LARGE.at(
                    path,
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
