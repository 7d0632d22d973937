"""As much of a browser as the bench needs: somebody signed in, who posts what a page's form holds."""

from html.parser import HTMLParser
from urllib.parse import urlencode

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from profiles.models import Profile, User

FORM = "application/x-www-form-urlencoded"
UNSENT = ("template", "noscript")
VOID = ("checkbox", "radio")


class Browser:
    """A signed-in session of one user."""

    def __init__(self, user: User) -> None:
        self.client = Client(headers={"host": "127.0.0.1"})
        self.client.force_login(user)

    def get(self, address: str) -> bytes:
        """The page at an address, which must be there."""
        return _answered(self.client.get(address), 200)

    def post(self, address: str, body: str, *, status: int = 200) -> bytes:
        """The answer to an encoded form; it must have this status."""
        return _answered(self.client.post(address, body, content_type=FORM), status)

    def typed(self, profile: Profile) -> dict[str, list[str]]:
        """What the designer's form would post, untouched."""
        reader = FormReader()
        reader.feed(self.get(reverse("profile", args=[profile.pk])).decode())
        return reader.values


def encoded(values: dict[str, list[str]]) -> str:
    """Values as a form posts them."""
    return urlencode(values, doseq=True)


def _answered(response: object, status: int) -> bytes:
    assert isinstance(response, HttpResponse)
    assert response.status_code == status, f"{response.status_code} instead of {status}"
    return response.content


class FormReader(HTMLParser):
    """Collects what the form with the id “designer” holds."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self._inside = False
        self._unsent = 0
        self._select = ""
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = found.get("id") == "designer"
        self._unsent += tag in UNSENT
        if not self._inside or self._unsent:
            return
        name = found.get("name", "")
        if tag == "input" and name and (found.get("type") not in VOID or "checked" in found):
            self.values.setdefault(name, []).append(found.get("value", ""))
        elif tag == "select":
            self._select = name
            self.values.setdefault(name, [])
        elif tag == "option" and self._select and ("selected" in found or not self.values[self._select]):
            # The first option counts until another turns out to be selected.
            self.values[self._select] = [found.get("value", "")]
        elif tag == "textarea":
            self._area = name
            self.values.setdefault(name, []).append("")

    def handle_endtag(self, tag: str) -> None:
        self._unsent -= tag in UNSENT
        if tag == "form":
            self._inside = False
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area and not self._unsent:
            self.values[self._area][-1] += data.removeprefix("\n")
