"""The kinds of key that a payload can have: what each accepts, and how it is told that something is wrong.

A key is declared once, as data; `check` is the only place that judges a single value of its kind.
"""

from profiles.catalogue.keys.base import Key
from profiles.catalogue.keys.data import Certificate, Content, Data, Pkcs12
from profiles.catalogue.keys.scalars import (
    Address,
    Boolean,
    Choice,
    Date,
    Integer,
    Number,
    Real,
    Reference,
    Switch,
    Text,
)
from profiles.catalogue.keys.structures import Dictionary, DistinguishedName, Languages, ListOf

__all__ = [
    "Address",
    "Boolean",
    "Certificate",
    "Choice",
    "Content",
    "Data",
    "Date",
    "Dictionary",
    "DistinguishedName",
    "Integer",
    "Key",
    "Languages",
    "ListOf",
    "Number",
    "Pkcs12",
    "Real",
    "Reference",
    "Switch",
    "Text",
]
