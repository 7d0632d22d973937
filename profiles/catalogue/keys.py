"""The kinds of key that a payload can have: what each accepts, and how it is told that something is wrong.

A key is declared once, as data; `check` is the only place that judges a single value of its kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from profiles.catalogue.conditions import Condition
from profiles.catalogue.findings import Finding, Severity, error, unbuildable
from profiles.catalogue.options import Option
from profiles.catalogue.values import (
    MAX_DATA,
    MAX_ITEMS,
    PYTHON_TYPES,
    PlistType,
    check_scalar,
    check_text,
    plist_type_of,
)
from profiles.catalogue.versions import (
    INHERITED,
    TITLES,
    Availability,
    OperatingSystem,
    Targets,
)


@dataclass(frozen=True)
class Key:
    """One key of a payload.

    path            dotted, from the payload's dictionary: "IKEv2.MTU"; inside a list item, from the item
    label, help     plain words; the help is one line
    default         what the device uses when the key is not there; `default_on` where systems differ
    default_note    what happens without the key, where no single value says it
    inherits        path of the key whose value applies while this key's dictionary is absent
    required        true, or the condition under which it must be set; only judged while it is revealed
    revealed_by     the condition under which the device looks at it
    available       since which version each system knows it; gaps come from the payload
    secret          never shown, logged or stored in the clear
    always_emitted  written with its default, or as an empty text, when nothing is set
    ignored_as      how much it matters when it is set although its condition does not hold
    """

    path: str
    _: KW_ONLY
    label: str
    help: str = ""
    default: Any = None
    default_on: Mapping[OperatingSystem, Any] = field(default_factory=dict, hash=False)
    default_note: str = ""
    inherits: str = ""
    required: bool | Condition = False
    revealed_by: Condition | None = None
    available: Availability = INHERITED
    secret: bool = False
    always_emitted: bool = False
    ignored_as: Severity = Severity.WARNING
    placeholder: str = ""

    plist_type: ClassVar[PlistType]

    @property
    def name(self) -> str:
        """Apple's name of the key: the last part of its path; for an item of a list, its label."""
        return self.path.rpartition(".")[2] or self.label

    @property
    def container(self) -> str:
        """The path of the dictionary that holds it; empty at the top."""
        return self.path.rpartition(".")[0]

    @property
    def required_by(self) -> Condition | None:
        """The condition under which it must be set; None where that is always or never."""
        if isinstance(self.required, Condition):
            return self.required
        return self.revealed_by if self.required else None

    @property
    def type(self) -> PlistType:
        """Its type in the property list."""
        return self.plist_type

    @property
    def options(self) -> tuple[Option, ...]:
        """What it may be set to, where that is a closed list."""
        return ()

    def option_title(self, value: object) -> str:
        """A value of this key, as it is shown to a person."""
        return next(
            (o.title for o in self.options if o.value == value and type(o.value) is type(value)), str(value)
        )

    def check(self, value: Any, path: str, targets: Targets) -> Iterator[Finding]:
        """All that is wrong with `value` by itself; `path` is where it stands."""
        actual = plist_type_of(value)
        if actual is not self.type:
            yield unbuildable(path, "wrong-type", self._wrong_type(value, actual))
            return
        yield from self._check(value, path, targets)

    def _check(self, value: Any, path: str, targets: Targets) -> Iterator[Finding]:
        yield from ()

    def _wrong_type(self, value: object, actual: PlistType | None) -> str:
        found = f"not {_article(actual)}" if actual else "and nothing that a profile can hold"
        return f"{self.name} is {_article(self.type)}, {found}. {self._remedy(value)}"

    def _remedy(self, value: object) -> str:
        return {
            PlistType.STRING: "Put the value in quotes.",
            PlistType.INTEGER: "Write a whole number, without quotes or a decimal point.",
            PlistType.REAL: "Write a number.",
            PlistType.BOOLEAN: "Write true or false.",
            PlistType.DATA: 'Write {"base64": "…"}.',
            PlistType.DATE: "Write a date such as 2027-01-31T12:00:00Z.",
            PlistType.ARRAY: "Write a list, even for a single value.",
            PlistType.DICTIONARY: "Write keys with values.",
        }[self.type]


def _article(plist_type: PlistType) -> str:
    return f"{'an' if plist_type[0] in 'aeiou' else 'a'} {plist_type}"


@dataclass(frozen=True)
class Text(Key):
    """A string; `pattern` must match all of it, and `pattern_help` says in words what that means."""

    pattern: str = ""
    pattern_help: str = ""
    multiline: bool = False

    plist_type = PlistType.STRING

    def _check(self, value: str, path: str, targets: Targets) -> Iterator[Finding]:
        yield from check_text(value, path, self.name)
        if self.pattern and value and not re.fullmatch(self.pattern, value):
            yield error(path, "malformed", f"{self.name} {self.pattern_help}")


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
class Data(Key):
    """Bytes."""

    plist_type = PlistType.DATA

    def _check(self, value: bytes, path: str, targets: Targets) -> Iterator[Finding]:
        if len(value) > MAX_DATA:
            yield error(
                path, "too-long", f"{self.name} has {len(value):,} bytes, more than the {MAX_DATA:,} allowed."
            )


@dataclass(frozen=True)
class Date(Key):
    """A moment, as a naive datetime in UTC, without fractions of a second."""

    plist_type = PlistType.DATE

    def _check(self, value: datetime, path: str, targets: Targets) -> Iterator[Finding]:
        yield from check_scalar(value, path, self.name)


@dataclass(frozen=True)
class Languages(Key):
    """A dictionary from a language ("default", "en", "pt-BR") to a text."""

    plist_type = PlistType.DICTIONARY

    language: ClassVar[str] = r"default|[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*"

    def _check(self, value: dict[str, Any], path: str, targets: Targets) -> Iterator[Finding]:
        for language, text in value.items():
            here = f"{path}.{language}"
            if type(language) is not str:
                yield unbuildable(here, "wrong-type", "A language code is not a text. Put it in quotes.")
                continue
            if type(text) is not str:
                yield unbuildable(
                    here, "wrong-type", f"The text for {language!r} is not a string. Put it in quotes."
                )
                continue
            yield from check_text(text, here, "The text")
            yield from check_text(language, path, "A language code")
            if not re.fullmatch(self.language, language):
                yield error(
                    here,
                    "malformed",
                    f"{language[:40]!r} is not a language code. Use “default”, or a code such as en or pt-BR.",
                )


@dataclass(frozen=True)
class ListOf(Key):
    """An ordered list of items of one kind; the item's own path is empty."""

    item: Key = field(default_factory=lambda: Text("", label=""))
    max_items: int | None = None

    plist_type = PlistType.ARRAY

    def _check(self, value: list[Any], path: str, targets: Targets) -> Iterator[Finding]:
        most = self.max_items or MAX_ITEMS
        if len(value) > most:
            # Past MAX_ITEMS nobody looks any more, so nobody knows whether the rest could be written.
            tell = unbuildable if len(value) > MAX_ITEMS else error
            yield tell(
                path,
                "too-many",
                f"{self.name} has {len(value)} items, but at most {most} are allowed. Remove some.",
            )
        for index, item in enumerate(value[:MAX_ITEMS]):
            yield from self.item.check(item, f"{path}[{index}]", targets)


@dataclass(frozen=True)
class Dictionary(Key):
    """A dictionary with keys of its own; inside, paths and conditions start at this dictionary."""

    keys: tuple[Key, ...] = ()

    plist_type = PlistType.DICTIONARY
