"""Plain data as YAML that the reader of specs reads as exactly that, laid out for people."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Final

import yaml

_ENDLESS: Final = 2**31
"""Columns of a line: where YAML folds a text, an editor or a person may take it apart."""

_BLOCK: Final = re.compile(r"\S[^\n]*(\n[^\n]*)+")
"""A text of several lines that can stand as they are, if nothing at their ends is invisible."""

_BLIND: Final = re.compile(r"[^\S\n](\n|\Z)|\n\n\Z")
"""Blanks at the end of a line, and empty lines at the end of the text."""

_ODD: Final = re.compile(
    r"[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010fffe]"
)
"""What YAML takes for a line break, drops, or does not allow, so that it has to be escaped."""


class _Dumper(yaml.SafeDumper):
    """Lists are indented as people do."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def dump(value: Any) -> str:
    """The YAML of texts, finite numbers, truths, dates (naive, in UTC), lists and dictionaries, their order kept."""
    text: str = yaml.serialize(_node(value), Dumper=_Dumper, width=_ENDLESS, allow_unicode=True)
    return text


def _node(value: Any) -> yaml.Node:
    """Nodes, not values, since YAML would make aliases of values that are the same."""
    match value:
        case dict():
            pairs = [(_text(name, block=False), _node(item)) for name, item in value.items()]
            return yaml.MappingNode(_tag("map"), pairs, flow_style=False)
        case list():
            return yaml.SequenceNode(_tag("seq"), [_node(item) for item in value], flow_style=False)
        case bool():
            return yaml.ScalarNode(_tag("bool"), str(value).lower())
        case int():
            return yaml.ScalarNode(_tag("int"), str(value))
        case float():
            return yaml.ScalarNode(_tag("float"), _real(value))
        case datetime():
            return yaml.ScalarNode(_tag("timestamp"), f"{value.isoformat(timespec='seconds')}Z")
    return _text(value, block=True)


def _tag(name: str) -> str:
    return f"tag:yaml.org,2002:{name}"


def _real(value: float) -> str:
    # To YAML a number without a point is a text, whatever its exponent.
    digits, exponent, power = repr(value).partition("e")
    return f"{digits if '.' in digits else f'{digits}.0'}{exponent}{power}"


def _text(value: str, *, block: bool) -> yaml.ScalarNode:
    """The style is left to YAML where a text is one line."""
    if _ODD.search(value):
        style = '"'
    elif "\n" in value:
        style = "|" if block and _BLOCK.fullmatch(value) and not _BLIND.search(value) else '"'
    else:
        style = None
    return yaml.ScalarNode(_tag("str"), value, style=style)
