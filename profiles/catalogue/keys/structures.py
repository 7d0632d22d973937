"""Keys that hold several values: lists, dictionaries, texts by language, distinguished names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Final

from profiles.catalogue import distinguished_names
from profiles.catalogue.citations import own, rfc, schema
from profiles.catalogue.conditions import Values, is_set
from profiles.catalogue.findings import Certainty, Diagnostic, Finding, Severity
from profiles.catalogue.fixes import drop
from profiles.catalogue.keys.base import Key
from profiles.catalogue.keys.scalars import MALFORMED, Text
from profiles.catalogue.shape import Misnomers, Shape
from profiles.catalogue.values import (
    MAX_ITEMS,
    WRONG_TYPE,
    PlistType,
    can_be_written,
    check_text,
    plist_type_of,
)
from profiles.catalogue.versions import Targets

if TYPE_CHECKING:
    from profiles.catalogue.payload_type import Group, Rule


TOO_MANY: Final = Diagnostic(
    "too-many",
    Severity.ERROR,
    "A list has more items than its key takes",
    why="Apple's schema or the protocol limits the list, and devices refuse a longer one. Where neither names a limit, "
    "the designer has one of its own.",
    mend="Remove some of the items.",
    sources=(
        schema(
            "com.apple.vpn.managed", "IKEv2.IKESecurityAssociationParameters.PostQuantumKeyExchangeMethods"
        ),
        rfc(9370, "2.2.2"),
        own(f"{MAX_ITEMS:,} items in any other list"),
    ),
    milder="It is a warning where Apple names no limit, and more make no sense.",
)
DUPLICATE: Final = Diagnostic(
    "duplicate",
    Severity.WARNING,
    "A list names the same thing twice",
    why="The second one says nothing new, and may stand in place of another that was meant.",
    mend="Remove one of the two.",
    sources=(schema("com.apple.vpn.managed", "AlwaysOn.TunnelConfigurations.Interfaces"),),
    certainty=Certainty.INFERRED,
    drops=True,
)


@dataclass(frozen=True)
class Languages(Key):
    """A dictionary from a language ("default", "en", "pt-BR") to a text."""

    plist_type = PlistType.DICTIONARY

    language: ClassVar[str] = r"default|[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*"

    def _check(self, value: dict[str, Any], path: str, targets: Targets) -> Iterator[Finding]:
        for language, text in value.items():
            here = f"{path}.{language}"
            if type(language) is not str:
                yield WRONG_TYPE.at(here, "A language code is not a text. Write it as text.", buildable=False)
                continue
            if type(text) is not str:
                yield WRONG_TYPE.at(
                    here, f"The text for {language!r} is not a string. Write it as text.", buildable=False
                )
                continue
            yield from check_text(text, here, "The text")
            yield from check_text(language, path, "A language code")
            if not re.fullmatch(self.language, language):
                yield MALFORMED.at(
                    here,
                    f"{language[:40]!r} is not a language code, so no device shows this text. Use “default”, or a "
                    "code such as en or pt-BR.",
                    severity=Severity.WARNING,
                )


@dataclass(frozen=True)
class ListOf(Key):
    """An ordered list of items of one kind; the item's own path is empty.

    distinct    each item at most once, and their order means nothing
    blank       what an empty text among the items stands for; without it such an item is none
    matches     it holds where any item matches: an empty one that a file has never does, so it is not nothing

    too_many_as says how much it matters that there are more than `max_items`.
    """

    item: Key = field(default_factory=lambda: Text("", label=""))
    max_items: int | None = None
    too_many_as: Severity = Severity.ERROR
    distinct: bool = False
    blank: str = ""
    matches: bool = False

    plist_type = PlistType.ARRAY

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.item, Dictionary):
            object.__setattr__(self, "item", replace(self.item, listed_in=self.name))

    @property
    def shapes(self) -> tuple[Shape, ...]:
        return self.item.shapes

    def is_none(self, item: Any) -> bool:
        """Does an item stand for nothing?"""
        return bool(item == "" and not self.blank)

    def is_left_out(self, item: Any) -> bool:
        """Is an item of what is made here not written, as it stands for nothing, or all that is in it does?"""
        return self.is_none(item) or (isinstance(self.item, Dictionary) and self.item.is_empty(item))

    def meant(self, value: Any, beside: Values) -> Any:
        """None in place of a list with nothing in it but items that are none; a list of what stands there alone."""
        if isinstance(value, list) and all(map(self.is_none, value)):
            return None
        if is_set(value) and plist_type_of(value) is self.item.type and not isinstance(value, list):
            return [value]
        return super().meant(value, beside)

    def _check(self, value: list[Any], path: str, targets: Targets) -> Iterator[Finding]:
        most = self.max_items or MAX_ITEMS
        if len(value) > most:
            # Past MAX_ITEMS nobody looks any more, so nobody knows whether the rest could be written.
            limited = self.too_many_as is Severity.ERROR or len(value) > MAX_ITEMS
            why = f"but at most {most} are allowed" if limited else f"and more than {most} make no sense"
            yield TOO_MANY.at(
                path,
                f"{self.name} has {len(value)} items, {why}. Remove some.",
                severity=None if limited else self.too_many_as,
                buildable=len(value) <= MAX_ITEMS,
            )
        for index, item in enumerate(value[:MAX_ITEMS]):
            if self.is_none(item):
                continue
            yield from self.item.check(item, f"{path}[{index}]", targets)
            if self.distinct and item in value[:index]:
                yield DUPLICATE.at(
                    f"{path}[{index}]",
                    f"{self.name} names {item!r} twice. Remove one.",
                    fix=drop(f"{path}[{index}]", item),
                )


@dataclass(frozen=True)
class Dictionary(Key):
    """A dictionary with keys of its own; inside, paths and conditions start at this dictionary.

    groups      its sections on the form, which then hold all its keys
    rules       what must hold between its keys
    misnomers   names that other tools give to keys, as in its shape
    sentence    what it does, in words, from its values
    """

    keys: tuple[Key, ...] = ()
    groups: tuple[Group, ...] = ()
    rules: tuple[Rule, ...] = ()
    misnomers: Misnomers = field(default_factory=dict, hash=False)
    sentence: Callable[[Mapping[str, Any]], str] | None = None

    plist_type = PlistType.DICTIONARY

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.groups:
            object.__setattr__(self, "keys", tuple(key for group in self.groups for key in group.keys))

    @cached_property
    def shape(self) -> Shape:
        """Its keys by their paths."""
        return Shape(self.keys, self.label or self.path, self.misnomers)

    @property
    def shapes(self) -> tuple[Shape, ...]:
        return (self.shape,)

    def is_empty(self, value: Any) -> bool:
        """Is there nothing in a dictionary but what would not be written? What has the wrong type is something."""
        if not isinstance(value, dict):
            return False
        return all(
            _is_empty(self.shape.by_path.get(path), each) for path, each in self.shape.flat(value).items()
        )


def _is_empty(key: Key | None, value: Any) -> bool:
    if isinstance(key, ListOf) and isinstance(value, list):
        return all(map(key.is_left_out, value))
    return not is_set(value) and (key is None or plist_type_of(value) is key.type)


@dataclass(frozen=True)
class DistinguishedName(Key):
    """The subject of a certificate request, as Apple's array of arrays."""

    plist_type = PlistType.ARRAY

    def option_title(self, value: object) -> str:
        return distinguished_names.text(value) if distinguished_names.is_subject(value) else str(value)

    def _check(self, value: list[Any], path: str, targets: Targets) -> Iterator[Finding]:
        if not distinguished_names.is_subject(value):
            yield MALFORMED.at(
                path,
                f'{self.name} is not a list of lists of pairs. Write [[["CN", "alice"]], [["O", "Example"]]].',
                buildable=can_be_written(value),
            )
            return
        for name in value[:MAX_ITEMS]:
            for pair in name[:MAX_ITEMS]:
                yield from check_text(pair[1], path, self.name)
