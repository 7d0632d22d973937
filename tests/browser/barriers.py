"""What axe-core finds on a page: barriers for those who do not see, point or read as most do."""

from __future__ import annotations

from functools import cache
from typing import Any, Final, Literal

from django.conf import settings
from playwright.sync_api import Page, expect

ALL: Final[dict[str, Any]] = {"resultTypes": ["violations"]}
COLOURS: Final = ALL | {"runOnly": ["color-contrast"]}
"""The one rule to which it matters whether the page is dark."""


def barriers(page: Page, part: str = "html") -> list[str]:
    """For what breaks a rule in a part of the page, in light or in dark: the rule, and the first such element."""
    page.evaluate(_axe())
    return [*_found(page, part, "light", ALL), *_found(page, part, "dark", COLOURS)]


@cache
def _axe() -> str:
    path = settings.BASE_DIR / "node_modules" / "axe-core" / "axe.min.js"
    return path.read_text(encoding="utf-8")


def _found(page: Page, part: str, scheme: Literal["light", "dark"], options: dict[str, Any]) -> list[str]:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", scheme)
    # What appears fades in, and would be judged half-way.
    page.wait_for_function("document.getAnimations().every(animation => animation.playState === 'finished')")
    result = page.evaluate("([part, options]) => axe.run(part, options)", [part, options])
    return [f"{scheme}: {rule['id']}: {rule['nodes'][0]['html'][:200]}" for rule in result["violations"]]
