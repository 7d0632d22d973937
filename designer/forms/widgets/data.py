"""Controls for bytes: secrets that stay on the server, fingerprints, certificates from the library."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from designer.forms.fast_html import format_html, format_html_join
from designer.forms.form_context import Kind
from designer.forms.widgets.base import CHECKED, NOTHING, PRESERVED, Choices, KeyWidget, attributes
from designer.forms.widgets.scalars import options
from profiles.catalogue.evidence import Credential
from profiles.signing.certificates import date_text


@dataclass(frozen=True)
class PostedSecret:
    """What was posted for a secret: a new text, or the wish to remove it; neither keeps what is stored."""

    text: str = ""
    remove: bool = False
    encoding: str = ""


def _encoding(name: str, current: str, id_: str, encodings: Choices) -> SafeString:
    """How the text beside it stands for bytes."""
    return format_html(
        '<select class="form-select form-select--short" name="{}.encoding" id="{}_encoding" '
        'aria-label="Written as">{}</select>',
        name,
        id_,
        options(encodings, current),
    )


def _removal(name: str, checked: bool) -> SafeString:
    """The wish to remove what is stored."""
    return format_html(
        '<label class="secret__remove"><input type="checkbox" name="{}.remove" value="1"{}> Remove</label>',
        name,
        CHECKED if checked else NOTHING,
    )


class BytesInput(KeyWidget):
    """Bytes that may be seen, as text in one of `encodings`."""

    def __init__(self, *, encodings: Choices, placeholder: str = "") -> None:
        super().__init__(placeholder=placeholder)
        self.encodings = encodings

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> PostedSecret:
        return PostedSecret(text=data.get(name) or "", encoding=data.get(f"{name}.encoding") or "")

    def html(self, name: str, value: Any, attrs: dict[str, Any]) -> SafeString:
        posted = value if isinstance(value, PostedSecret) else PostedSecret(encoding=self.encodings[0][0])
        return format_html(
            '{}<input type="text" class="form-control code" name="{}" value="{}" autocomplete="off" '
            'spellcheck="false"{}>',
            _encoding(name, posted.encoding, attrs.get("id", name), self.encodings),
            name,
            posted.text,
            attributes(attrs),
        )

    def as_posted(self, name: str, value: Any) -> Iterator[tuple[str, str]]:
        posted = value if isinstance(value, PostedSecret) else PostedSecret(encoding=self.encodings[0][0])
        yield f"{name}.encoding", posted.encoding
        yield name, posted.text


@dataclass(frozen=True)
class PostedContent:
    """What was posted for a file from the library: the id of an entry, or the wish to remove what is there."""

    entry: str = ""
    remove: bool = False


class ContentChooser(KeyWidget):
    """A certificate or an identity from the library, with what the payload holds now."""

    clearable = False
    looks_around = True

    def __init__(self, *, kind: Kind) -> None:
        super().__init__()
        self.kind = kind
        self.stored = False

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> PostedContent:
        return PostedContent(entry=data.get(name) or "", remove=bool(data.get(f"{name}.remove")))

    def html(self, name: str, value: Any, attrs: dict[str, Any]) -> SafeString:
        posted = value if isinstance(value, PostedContent) else PostedContent()
        choices = self.around.entries(self.kind)
        first = (
            "Keep this one"
            if self.stored
            else "Choose from the library …"
            if choices
            else "The library is empty"
        )
        return format_html(
            '<div class="content" data-stored="{}">{}<div class="content__choice">'
            '<select class="form-select" name="{}" data-library="{}"{}>{}</select>'
            '<button type="button" class="btn btn-quiet" data-action="upload">Upload …</button>{}</div></div>',
            "true" if self.stored else "false",
            _facts(self.around.own),
            name,
            self.kind,
            attributes(attrs),
            options([("", first), *choices], posted.entry),
            _removal(name, posted.remove) if self.stored else NOTHING,
        )

    def as_posted(self, name: str, value: Any) -> Iterator[tuple[str, str]]:
        """What keeps the file that is there."""
        yield name, ""


def _facts(credential: Credential | None) -> SafeString:
    """What a payload holds, for a person."""
    certificate = credential.certificate if credential else None
    if certificate is None:
        return NOTHING
    found = [
        ("Certificate", certificate.common_name or certificate.subject),
        ("Issued by", certificate.issuer_common_name or certificate.issuer),
        ("Valid until", date_text(certificate.not_after)),
        ("Key", str(certificate.key)),
        ("Names", ", ".join(certificate.alternative_names)),
    ]
    lines = ((name, text) for name, text in found if text)
    return format_html(
        '<dl class="content__facts">{}</dl>', format_html_join("", "<div><dt>{}</dt><dd>{}</dd></div>", lines)
    )


class SecretInput(KeyWidget):
    """A secret, whose stored value never reaches the page: it is kept, replaced or removed.

    `encodings` offers ways to read the text as bytes. `stored` says whether there is a value already, `kept` that
    the page holds on to what was typed when this answer is swapped in, since the answer does not have it, `shown`
    that the answer does have it, since it is a page of its own.
    """

    clearable = False

    def __init__(self, *, encodings: Choices | None = None, placeholder: str = "") -> None:
        super().__init__(placeholder=placeholder)
        self.encodings = encodings or []
        self.stored = False
        self.kept = False
        self.shown = False

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> PostedSecret:
        return PostedSecret(
            text=data.get(name) or "",
            remove=bool(data.get(f"{name}.remove")),
            encoding=data.get(f"{name}.encoding") or "",
        )

    def html(self, name: str, value: Any, attrs: dict[str, Any]) -> SafeString:
        posted = value if isinstance(value, PostedSecret) else PostedSecret()
        hint = "Set · type to change it" if self.stored else attrs.pop("placeholder", "")
        return format_html(
            '<div class="secret" id="{}_secret" data-stored="{}"{}>{}'
            '<input type="password" class="form-control" name="{}" value="{}" autocomplete="new-password"{}>'
            '<button type="button" class="btn btn-quiet" data-action="show-secret" aria-pressed="false">Show</button>'
            "{}</div>",
            attrs.get("id", name),
            "true" if self.stored else "false",
            PRESERVED if self.kept else NOTHING,
            _encoding(name, posted.encoding, attrs.get("id", name), self.encodings)
            if self.encodings
            else NOTHING,
            name,
            posted.text if self.shown else "",
            attributes({**attrs, "placeholder": hint}),
            _removal(name, posted.remove) if self.stored else NOTHING,
        )

    def as_posted(self, name: str, value: Any) -> Iterator[tuple[str, str]]:
        """What keeps the secret that is there."""
        if self.encodings:
            yield f"{name}.encoding", self.encodings[0][0]
        yield name, ""
