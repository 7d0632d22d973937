"""What every kind of key has: its names, conditions and availability, and how a wrong type is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from profiles.catalogue.conditions import NEVER_REVEALED, Condition, Values, is_set
from profiles.catalogue.findings import Finding, Severity
from profiles.catalogue.fixes import put
from profiles.catalogue.options import Option
from profiles.catalogue.values import WRONG_TYPE, PlistType, meant, plist_type_of
from profiles.catalogue.versions import INHERITED, Availability, OperatingSystem, Targets

if TYPE_CHECKING:
    from profiles.catalogue.shape import Shape


@dataclass(frozen=True)
class Guess:
    """What a person may choose in place of a value, and what that does with it, in a few words."""

    value: Any = field(repr=False)
    label: str


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
    may_be_empty    a file says with an empty value that it is not set, as Apple documents
    tool            name of what the screen offers beside it: "simulator", "server-certificate"
    ignored_as      how much it matters when it is set although its condition does not hold; None for not at all
    missing_as      how much it matters when it must be set and is not
    proposed        what a fix sets it to where it is missing, from the values beside it; None where nobody can say
    no_effect       why no device looks at it in this payload, as a sentence; it is known, and never offered
    listed_in       name of the list of which it is an item; that list says so
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
    may_be_empty: bool = False
    ignored_as: Severity | None = Severity.WARNING
    missing_as: Severity = Severity.ERROR
    proposed: Callable[[Values], Any] | None = None
    no_effect: str = ""
    placeholder: str = ""
    tool: str = ""
    listed_in: str = ""

    plist_type: ClassVar[PlistType]

    def __post_init__(self) -> None:
        if self.no_effect and self.revealed_by is None:
            object.__setattr__(self, "revealed_by", NEVER_REVEALED)

    @property
    def name(self) -> str:
        """Apple's name of the key: the last part of its path; an item of a list is called after the list."""
        if self.listed_in:
            return f"An item of {self.listed_in}"
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

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """What the dictionaries inside its value are made of."""
        return ()

    @property
    def hides(self) -> bool:
        """Is its value secret, or something in it?"""
        return self.secret or any(shape.hiding for shape in self.shapes)

    def option_title(self, value: object) -> str:
        """A value of this key, as it is shown to a person."""
        return next(
            (o.title for o in self.options if o.value == value and type(o.value) is type(value)), str(value)
        )

    def meant(self, value: Any, beside: Values) -> Any:
        """`value` as it can only have been meant, with `beside` (flat) in the same dictionary.

        None where it stands for nothing; `value` itself where it is right already, or nobody can say.
        """
        if not is_set(value):
            return value if self.always_emitted or self.may_be_empty else None
        return value if plist_type_of(value) is self.type else meant(value, self.type)

    def guess(self, value: Any) -> Guess | None:
        """What a value of another type may have been meant for; None where nobody can say, or it is clear (`meant`)."""
        return None

    def check(self, value: Any, path: str, targets: Targets) -> Iterator[Finding]:
        """All that is wrong with `value` by itself; `path` is where it stands."""
        actual = plist_type_of(value)
        if actual is not self.type:
            guess = self.guess(value)
            fix = put(path, value, guess.value, guess.label, sure=False) if guess else None
            yield WRONG_TYPE.at(path, self._wrong_type(value, actual), buildable=False, fix=fix)
            return
        yield from self._check(value, path, targets)

    def _check(self, value: Any, path: str, targets: Targets) -> Iterator[Finding]:
        yield from ()

    def _wrong_type(self, value: object, actual: PlistType | None) -> str:
        found = f"is {article(actual)}" if actual else "is nothing that a profile can hold"
        return f"{self.name} has to be {article(self.type)}, but {found}. {self._remedy(value)}"

    def _remedy(self, value: object) -> str:
        return {
            PlistType.STRING: "Write it as text."
            if isinstance(value, bytes)
            else "Write it as text: <string> in a file, quotes in a spec.",
            PlistType.INTEGER: "Write a whole number, without quotes or a decimal point.",
            PlistType.REAL: "Write a number.",
            PlistType.BOOLEAN: "Write true or false.",
            PlistType.DATA: 'Write it as data: <data> in a file, {"base64": "…"} or {"file": "…"} in a spec.',
            PlistType.DATE: "Write a date such as 2027-01-31T12:00:00Z.",
            PlistType.ARRAY: "Write a list, even for a single value.",
            PlistType.DICTIONARY: "Write keys with values.",
        }[self.type]


def article(plist_type: PlistType) -> str:
    if plist_type is PlistType.DATA:
        return "data"
    return f"{'an' if plist_type[0] in 'aeiou' else 'a'} {plist_type}"
