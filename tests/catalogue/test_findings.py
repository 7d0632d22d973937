"""Diagnostics: what each has to say of itself, and which findings it gives."""

from __future__ import annotations

from typing import Any

import pytest

from profiles.catalogue.citations import Citation, Origin, apple, measured, own, report, rfc, schema
from profiles.catalogue.findings import Certainty, Diagnostic, Finding, Severity
from profiles.catalogue.fixes import drop
from profiles.exceptions import CatalogueError

PAGE = apple("A page", "https://example.org/page")
SEEN = report("example/one", 1)


def diagnostic(severity: Severity = Severity.ERROR, **other: Any) -> Diagnostic:
    said: dict[str, Any] = {"why": "It fails.", "mend": "Mend it.", "sources": (PAGE,)}
    return Diagnostic("code", severity, "A title", **(said | other))


def test_a_diagnostic_without_a_source_is_refused() -> None:
    with pytest.raises(CatalogueError, match=r"^The diagnostic code names no source\. Cite one\.$"):
        diagnostic(Severity.ADVICE, sources=())


@pytest.mark.parametrize("sources", [(PAGE,), (PAGE, SEEN), (SEEN, measured("a"), measured("b"))])
def test_what_is_inferred_is_never_an_error(sources: tuple[Citation, ...]) -> None:
    with pytest.raises(CatalogueError, match=r"is inferred, from \d source\(s\), so it cannot be an error"):
        diagnostic(certainty=Certainty.INFERRED, sources=sources)


def test_what_one_source_alone_has_seen_is_never_an_error() -> None:
    with pytest.raises(CatalogueError, match=r"is observed, from 1 source\(s\), so it cannot be an error"):
        diagnostic(certainty=Certainty.OBSERVED, sources=(SEEN,))
    seen_twice = (SEEN, report("example/other", 2))
    assert diagnostic(certainty=Certainty.OBSERVED, sources=seen_twice).severity is Severity.ERROR


@pytest.mark.parametrize("severity", [Severity.WARNING, Severity.ADVICE])
@pytest.mark.parametrize("certainty", Certainty)
def test_less_than_an_error_may_be_as_sure_as_it_is(severity: Severity, certainty: Certainty) -> None:
    assert diagnostic(severity, certainty=certainty, sources=(SEEN,)).certainty is certainty


def test_a_finding_has_the_code_and_the_severity_of_its_diagnostic() -> None:
    fix = drop("A", 1)
    found = diagnostic(Severity.WARNING).at("A", "It is so. Mend it.", buildable=False, fix=fix)
    assert found == Finding(Severity.WARNING, "A", "code", "It is so. Mend it.", buildable=False, fix=fix)
    assert diagnostic().at("A", "It is so.") == Finding(Severity.ERROR, "A", "code", "It is so.")


def test_a_finding_is_milder_where_the_diagnostic_says_when() -> None:
    milder = diagnostic(milder="A warning where it is seldom needed.")
    assert milder.at("A", "It is so.", severity=Severity.WARNING).severity is Severity.WARNING
    with pytest.raises(
        CatalogueError, match=r"^The diagnostic code is not declared to be given as warning\.$"
    ):
        diagnostic().at("A", "It is so.", severity=Severity.WARNING)


@pytest.mark.parametrize("severity", [Severity.ERROR, Severity.WARNING])
def test_a_finding_is_never_graver_than_its_diagnostic(severity: Severity) -> None:
    with pytest.raises(CatalogueError, match=rf"is not declared to be given as {severity}\.$"):
        diagnostic(Severity.ADVICE, milder="Never.").at("A", "It is so.", severity=severity)


@pytest.mark.parametrize(
    ("citation", "told", "url"),
    [
        (
            schema("com.apple.security.scep", "PayloadContent.URL"),
            "Apple's schema: com.apple.security.scep.yaml, PayloadContent.URL (release 27.0)",
            "https://github.com/apple/device-management/blob/release/mdm/profiles/com.apple.security.scep.yaml",
        ),
        (
            rfc(7296, "2.23"),
            "Standard: RFC 7296, section 2.23",
            "https://www.rfc-editor.org/rfc/rfc7296#section-2.23",
        ),
        (rfc(7296), "Standard: RFC 7296", "https://www.rfc-editor.org/rfc/rfc7296"),
        (SEEN, "Seen on devices: example/one issue 1", "https://github.com/example/one/issues/1"),
        (PAGE, "Apple: A page", "https://example.org/page"),
        (measured("iOS 26"), "Measured: iOS 26", ""),
        (own("the form"), "The designer itself: the form", ""),
    ],
)
def test_a_citation_says_who_and_where(citation: Citation, told: str, url: str) -> None:
    assert (str(citation), citation.url) == (told, url)
    assert citation.origin in Origin
