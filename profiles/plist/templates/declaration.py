"""What makes a document a template: its variables, and which keys are locked or asked for in what is made from it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from functools import cached_property
from typing import Any, Final, NamedTuple

import re2

from profiles.catalogue.envelope import ENVELOPE
from profiles.catalogue.keys import Address
from profiles.catalogue.values import control_character
from profiles.exceptions import DocumentError

MAX_NAME: Final = 40
"""Characters in the name of a variable."""

NAME: Final = rf"[A-Za-z][A-Za-z0-9_]{{0,{MAX_NAME - 1}}}"
"""What a variable can be called."""

MAX_ANSWER: Final = 1_000
"""Characters in the value of a variable."""

MAX_PATTERN: Final = 500
"""Characters in the pattern of a variable."""

_MAX_MEMORY: Final = 256 << 10
"""Bytes that a compiled pattern may take: what takes more also takes long, and patterns come from other people."""

MAX_VARIABLES: Final = 100
"""Variables of one template."""

MAX_PLACES: Final = 5_000
"""Keys of one template that are locked or asked for."""

_WEB_ADDRESS: Final = Address("", label="", placeholder="https://www.example.org/")


class VariableKind(StrEnum):
    """What the value of a variable is."""

    TEXT = "text"
    EMAIL = "email"
    HOSTNAME = "hostname"
    URL = "url"
    NUMBER = "number"

    @property
    def title(self) -> str:  # type: ignore[override]  # that of str has no use here
        """What it is called in a list of kinds."""
        return _KINDS[self].title

    @property
    def input_type(self) -> str:
        """The type of the HTML input that takes it."""
        return _KINDS[self].input_type

    @property
    def sample(self) -> str:
        """A value of this kind."""
        return _KINDS[self].sample

    @property
    def other(self) -> str:
        """Another one, as unlike `sample` as can be."""
        return _KINDS[self].other

    def fits(self, value: str) -> bool:
        """Is `value` of this kind?"""
        return bool(re.fullmatch(_KINDS[self].pattern, value)) or (
            self is VariableKind.HOSTNAME and _is_address(value)
        )


@dataclass(frozen=True, kw_only=True)
class _Kind:
    title: str
    input_type: str
    pattern: str
    sample: str
    other: str


_LABEL: Final = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_KINDS: Final[Mapping[VariableKind, _Kind]] = {
    VariableKind.TEXT: _Kind(
        title="Text",
        input_type="text",
        pattern=r"(?s:.*)",
        sample="sample",
        other="another-text-of-more-letters-0123456789",
    ),
    VariableKind.EMAIL: _Kind(
        title="E-mail address",
        input_type="email",
        pattern=r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+",
        sample="user@example.org",
        other="somebody.else@mail.example.net",
    ),
    VariableKind.HOSTNAME: _Kind(
        title="Host name or IP address",
        input_type="text",
        pattern=rf"{_LABEL}(\.{_LABEL})*\.?",
        sample="vpn.example.org",
        other="gateway.example.net",
    ),
    VariableKind.URL: _Kind(
        title="Web address",
        input_type="url",
        pattern=_WEB_ADDRESS.pattern,
        sample=_WEB_ADDRESS.placeholder,
        other="https://intranet.example.net/start",
    ),
    VariableKind.NUMBER: _Kind(
        title="Number", input_type="number", pattern=r"-?[0-9]+(\.[0-9]+)?", sample="1", other="1400"
    ),
}


def _is_address(value: str) -> bool:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return True


@dataclass(frozen=True, kw_only=True)
class Variable:
    """What stands for `{{name}}` in the texts of a template.

    label       what the form calls it; `help` is one line
    pattern     a regular expression of RE2 that the whole value must match; empty for none
    default     the value where none is given
    secret      never shown, so a default of it would be no secret

    Raises DocumentError where the name is none.
    """

    name: str
    label: str = ""
    kind: VariableKind = VariableKind.TEXT
    required: bool = True
    pattern: str = ""
    default: str = ""
    secret: bool = False
    help: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(NAME, self.name):
            raise DocumentError(
                f"A variable cannot be called {self.name[:60]!r}. Use up to {MAX_NAME} letters, digits and "
                "underscores, a letter first."
            )

    @property
    def title(self) -> str:
        """What it is called to a person."""
        return self.label or self.name

    @cached_property
    def expression(self) -> Any:
        """The pattern, compiled; None where it is no regular expression."""
        return _compiled(self.pattern)

    def check(self, value: str) -> str:
        """What is wrong with a value, in a sentence that does not repeat it; empty where nothing is."""
        if len(value) > MAX_ANSWER:
            return f"{self.title} has {len(value):,} characters, more than the {MAX_ANSWER:,} allowed. Shorten it."
        if found := control_character(value):
            return f"{self.title} holds the control character {found}, which no profile can hold. Remove it."
        if not self.kind.fits(value):
            kind = f"{self.kind.title[:1].lower()}{self.kind.title[1:]}"
            return f"{self.title} is no {kind}. Write it as {self.kind.sample}."
        if self.pattern and self.expression is None:
            return (
                f"The pattern for {self.title} is no regular expression, so no value can be checked. "
                "Correct it in the template."
            )
        if self.pattern and not self.expression.fullmatch(value):
            form = self.help or self.pattern
            return f"{self.title} is not of the form that the template asks for ({form}). Correct it."
        return ""


def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MAX_MEMORY
    if len(pattern) > MAX_PATTERN or control_character(pattern):
        return None
    try:
        return re2.compile(pattern, options)
    except re2.error:
        return None


class Place(NamedTuple):
    """Where a key stands: the PayloadUUID of its payload in upper case, or ENVELOPE_PART, and its flat path."""

    part: str
    path: str


ENVELOPE_PART: Final = ENVELOPE.slug
"""The part of what stands in the envelope."""


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """What a template adds to a document.

    variables   in the order of the form
    locked      keys that only the template sets
    asked       keys that the short form asks for
    summary     one sentence on what the template is for

    Raises DocumentError where a place is both locked and asked for, and where there is too much of anything.
    """

    variables: tuple[Variable, ...] = ()
    locked: frozenset[Place] = frozenset()
    asked: frozenset[Place] = frozenset()
    summary: str = ""

    def __post_init__(self) -> None:
        if both := sorted(self.locked & self.asked):
            raise DocumentError(f"{both[0].path} is both locked and asked for. Choose one.")
        if (number := len(self.variables)) > MAX_VARIABLES:
            raise DocumentError(f"These are {number:,} variables; at most {MAX_VARIABLES} are allowed.")
        if (number := len(self.locked) + len(self.asked)) > MAX_PLACES:
            raise DocumentError(
                f"These are {number:,} locked or asked keys; at most {MAX_PLACES:,} are allowed."
            )

    def to_json(self) -> dict[str, Any]:
        """`{"variables": [{…}], "locked": [[part, path]…], "asked": […], "summary"}`, the same for the same."""
        return {
            "variables": [asdict(variable) for variable in self.variables],
            "locked": _listed(self.locked),
            "asked": _listed(self.asked),
            "summary": self.summary,
        }

    @classmethod
    def from_json(cls, data: Any) -> Declaration:
        """The inverse of `to_json`; what is left out is as by default; raises DocumentError on anything else."""
        values = _only(data, cls, "The declaration of the template")
        return cls(
            variables=tuple(_variable(entry) for entry in _list(values.get("variables", []), "variables")),
            locked=_places(values.get("locked", []), "locked"),
            asked=_places(values.get("asked", []), "asked"),
            summary=_text(values.get("summary", ""), "“summary”"),
        )


@dataclass(frozen=True, kw_only=True)
class Origin:
    """The template that a profile was made from.

    template, revision, title   its id, the revision that the profile is up to, and what it was called then
    locked                      keys that only the template sets, with the PayloadUUIDs of the profile
    answers                     the values of its variables, any of which may be secret
    """

    template: str
    revision: int
    title: str
    locked: frozenset[Place] = frozenset()
    answers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def to_json(self) -> dict[str, Any]:
        """`{"template", "revision", "title", "locked": [[part, path]…]}`, without the answers."""
        return {
            "template": self.template,
            "revision": self.revision,
            "title": self.title,
            "locked": _listed(self.locked),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any], answers: Mapping[str, str]) -> Origin:
        """The inverse of `to_json`, with the answers that were kept apart."""
        return cls(
            template=data["template"],
            revision=data["revision"],
            title=data["title"],
            locked=_places(data["locked"], "locked"),
            answers=dict(answers),
        )


def _listed(places: Iterable[Place]) -> list[list[str]]:
    return [list(place) for place in sorted(places)]


def _variable(data: Any) -> Variable:
    values = _only(data, Variable, "A variable")
    name = _text(values.get("name", ""), "The name of a variable")
    kind = _text(values.get("kind", VariableKind.TEXT), f"The kind of {name[:60]}")
    if kind not in _KINDS:
        raise DocumentError(
            f"{name[:60]} is of an unknown kind, {kind[:60]!r}. There are: {', '.join(_KINDS)}."
        )
    flags: dict[str, Any] = {
        flag: _flag(values[flag], f"“{flag}” of {name[:60]}") for flag in _typed("bool") if flag in values
    }
    texts: dict[str, Any] = {
        text: _text(values[text], f"“{text}” of {name[:60]}") for text in _typed("str") if text in values
    }
    return Variable(**{"name": name, **texts, **flags, "kind": VariableKind(kind)})


def _typed(wanted: str) -> list[str]:
    """The names of the fields of a variable that are of this type."""
    return [each.name for each in fields(Variable) if each.type == wanted]


def _only(data: Any, known: type, place: str) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        raise DocumentError(f"{place} is not a dictionary. Write keys with values.")
    names = [each.name for each in fields(known)]
    for name in data:
        if name not in names:
            raise DocumentError(f"{place} has no key {name[:60]!r}. Its keys are: {', '.join(names)}.")
    return data


def _places(data: Any, name: str) -> frozenset[Place]:
    found = set()
    for entry in _list(data, name):
        match entry:
            case [str(part), str(path)]:
                found.add(Place(part, path))
            case _:
                raise DocumentError(f"“{name}” holds what is no place of a key. Write [part, path].")
    return frozenset(found)


def _list(data: Any, name: str) -> list[Any]:
    if not isinstance(data, list):
        raise DocumentError(f"“{name}” is not a list. Write a list, even for a single value.")
    return data


def _text(data: Any, place: str) -> str:
    if not isinstance(data, str):
        raise DocumentError(f"{place} is not a text. Put it in quotes.")
    return data


def _flag(data: Any, place: str) -> bool:
    if not isinstance(data, bool):
        raise DocumentError(f"{place} is neither true nor false. Write one of them.")
    return data
