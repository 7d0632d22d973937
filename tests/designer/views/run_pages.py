"""What the pages of bulk runs show and offer."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from html import unescape
from typing import Any

from django.conf import settings
from django.test import Client
from django.urls import reverse

from profiles.models import BulkRun

UNSIGNED_FILES: Mapping[str, str] = {"delivery": "files", "days": "7", "unsigned": "on"}
"""What the form to start with sends."""


def at(name: str, run: BulkRun, *more: Any) -> str:
    """The address of something about a run."""
    return reverse(name, args=[run.pk, *more])


def shown(client: Client, run: BulkRun, query: str = "") -> str:
    """The page of a run."""
    response = client.get(at("run", run) + query)
    assert response.status_code == 200
    return response.content.decode()


def text_of(html: str) -> str:
    """What a person reads of it."""
    main = html.partition("<main")[2].partition(">")[2]
    visible = re.sub(r"(?s)<(script|style|noscript)\b.*?</\1>", " ", main)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", visible)).split())


def offered(html: str) -> list[str]:
    """The buttons of the page, by what they say."""
    main = html.partition("<main")[2]
    return [text_of(f"<main>{label}") for label in re.findall(r"<button\b[^>]*>(.*?)</button>", main)]


def posted(client: Client, name: str, run: BulkRun, data: Any = None, *more: Any) -> str:
    """What a person reads after that form was sent and the page that it leads to was loaded."""
    response = client.post(at(name, run, *more), data or {}, follow=True)
    assert response.status_code == 200
    assert response.redirect_chain
    return text_of(response.content.decode())


def received(response: Any) -> bytes:
    """The whole of a file."""
    return b"".join(response.streaming_content)


def focused(html: str) -> list[str]:
    """The names of what wants the focus, the first of which gets it; an element without a name by its role."""
    tags = re.findall(r"<[^>]*\bautofocus\b[^>]*>", html)
    found = [re.search(r'\b(?:name|role)="([^"]*)"', tag) for tag in tags]
    return [match[1] if match else "" for match in found]


def waking() -> int:
    """How many messages wait for workers."""
    return len([*settings.BROKER_DIR.glob("*.message")])


def none_in(text: str, secrets: Collection[str]) -> bool:
    """Does the text hold none of them?"""
    return not [secret for secret in secrets if secret in text]
