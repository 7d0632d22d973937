"""The first row of a list: the names of its columns, or somebody already."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from typing import Final

_LONGEST_NAME: Final = 100
_SAMPLE: Final = 50
"""Rows that are compared with the first one."""

_ENOUGH: Final = 3
"""Rows that must all hold digits before that says anything about a first row without."""

_OTHERS: Final = re.compile(r"[\W_]+")

_VALUE: Final = re.compile(
    r".*@.*"  # an e-mail address
    r"|.*://.*|www\..*"  # a URL
    r"|[-+(]?\d[\d\s.,:/()'+-]*%?"  # a number, date, IPv4 address or telephone number
    r"|[0-9a-f]*:[0-9a-f.]*:[0-9a-f:./]*"  # an IPv6 or MAC address
    r"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",  # a UUID
    re.IGNORECASE | re.DOTALL,
)

# What lists of people are exported with; none that could as well be a value, such as “Office” or “Sales”.
_WORDS: Final = """
    name fullname displayname firstname lastname givenname middlename surname familyname nickname
    user username userid userprincipalname upn login loginname account accountname samaccountname
    email emails emailaddress mail mailaddress primaryemail workemail phone phonenumber mobilephone telephone
    department dept company organization organisation jobtitle employeeid employeenumber personnelnumber
    device devicename hostname computername serial serialnumber assettag udid macaddress ipaddress
    password passphrase secret sharedsecret server serveraddress remoteaddress remoteidentifier localidentifier
    vorname nachname benutzer benutzername anmeldename kennwort passwort abteilung gerät gerätename seriennummer
    telefon telefonnummer mailadresse emailadresse firma standort
    nom prénom utilisateur identifiant motdepasse courriel adresseemail téléphone
    nombre apellido apellidos usuario contraseña correo correoelectrónico teléfono
    cognome utente nomeutente naam voornaam achternaam gebruikersnaam wachtwoord
"""
_TYPICAL: Final = frozenset(_WORDS.split())


def is_heading(first: Sequence[str], others: Sequence[Sequence[str]], known: Collection[str] = ()) -> bool:
    """Are these cells the names of columns, judged by the rows below and by names that are `known`?"""
    folded = [_folded(cell) for cell in first]
    if not {*folded, ""}.isdisjoint({_folded(name) for name in known} - {""}):
        return True
    return _are_names(first) and (not _TYPICAL.isdisjoint(folded) or _differs(first, others[:_SAMPLE]))


def column_names(cells: Sequence[str]) -> tuple[str, ...]:
    """A name for each column that no other has, whatever its case, on one line."""
    names: list[str] = []
    taken: set[str] = set()
    for number, cell in enumerate(cells, 1):
        wanted = name = _tidy(cell) or f"Column {number}"
        again = 1
        while name.casefold() in taken:
            again += 1
            name = f"{wanted} ({again})"
        taken.add(name.casefold())
        names.append(name)
    return tuple(names)


def _folded(text: str) -> str:
    return _OTHERS.sub("", unicodedata.normalize("NFC", text.casefold()))


def _tidy(cell: str) -> str:
    printable = "".join(letter if letter.isprintable() else " " for letter in cell)
    return " ".join(printable.split())[:_LONGEST_NAME].strip()


def _are_names(cells: Sequence[str]) -> bool:
    distinct = {cell.casefold() for cell in cells}
    return len(distinct) == len(cells) and all(
        cell and len(cell) <= _LONGEST_NAME and not _VALUE.fullmatch(cell) for cell in cells
    )


def _differs(first: Sequence[str], others: Sequence[Sequence[str]]) -> bool:
    """Does a column hold values, or digits throughout, but its first cell none?"""
    for number, name in enumerate(first):
        below = [cells[number] for cells in others if number < len(cells) and cells[number]]
        if below and all(_VALUE.fullmatch(cell) for cell in below):
            return True
        if len(below) >= _ENOUGH and not _has_digit(name) and all(_has_digit(cell) for cell in below):
            return True
    return False


def _has_digit(text: str) -> bool:
    return any(letter.isdigit() for letter in text)
