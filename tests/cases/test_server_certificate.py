"""A server's certificate against a profile: what devices refuse is told, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from profiles.plist.document import Problem
from profiles.plist.validation.validate import validate
from profiles.services.certificate_evidence import inspect, server_certificate
from tests.cases import credentials
from tests.cases.doors import document
from tests.cases.expectations import Told, advice, never, told, warning
from tests.cases.making import ABSENT, SERVER, profile, root, tunnel, vpn


def judged(pem: bytes, *, rooted: bool = True, **ikev2: Any) -> list[Problem]:
    """What is said of a tunnel whose server has this certificate."""
    roots = [root(credentials.der(credentials.authority()))] if rooted else []
    whole = document(profile(vpn(ikev2), *roots))
    return validate(whole, inspect(whole, server=server_certificate(pem, whole)))


def found(problems: list[Problem], wanted: Told) -> list[str]:
    """The codes of what is wanted, of all that is said of the server's certificate."""
    return [p.code for p in problems if wanted.fits(p) and p.code.startswith("server")]


def news(pem: bytes, severities: str) -> list[str]:
    """The codes of these severities that a server's certificate gets, and one that fits does not."""
    usual = {problem.code for problem in judged(credentials.server(chain=True))}
    return [p.code for p in judged(pem) if p.code not in usual and p.severity.value in severities.split("|")]


def errors(problems: list[Problem]) -> list[tuple[str, str]]:
    return [(problem.path, problem.code) for problem in problems if problem.severity == "error"]


def test_a_server_that_fits_is_not_spoken_of() -> None:
    problems = judged(credentials.server(chain=True))
    assert [(p.severity.value, p.code, p.message) for p in problems if p.code.startswith("server")] == []


def test_a_pasted_chain_leads_to_the_root_in_the_profile() -> None:
    problems = judged(credentials.server(chain=True))
    assert found(problems, never("server-authority")) == []


def test_a_pasted_chain_without_its_root_in_the_profile_is_told() -> None:
    problems = judged(credentials.server(chain=True), rooted=False)
    assert found(problems, advice("server-authority", ".*"))
    assert errors(problems) == []


@pytest.mark.parametrize("issuer", [credentials.ROOT, credentials.ISSUER, "Another CA"])
def test_the_name_of_an_issuer_is_never_a_refusal(issuer: str) -> None:
    assert errors(judged(credentials.server(chain=True), ServerCertificateIssuerCommonName=issuer)) == []


def test_the_name_of_another_issuer_is_told() -> None:
    problems = judged(credentials.server(chain=True), ServerCertificateIssuerCommonName="Another CA")
    assert found(problems, warning("", r"IKEv2\.ServerCertificateIssuerCommonName"))


@pytest.mark.parametrize("issuer", [credentials.ROOT, credentials.ISSUER])
def test_the_name_of_an_authority_in_the_chain_is_right(issuer: str) -> None:
    problems = judged(credentials.server(chain=True), ServerCertificateIssuerCommonName=issuer)
    assert found(problems, warning("", r"IKEv2\.ServerCertificateIssuerCommonName")) == []


def test_a_certificate_without_alternative_names_is_told() -> None:
    assert news(credentials.server(names=(), chain=True), "warning|error")


def test_a_certificate_that_is_not_for_servers_is_told() -> None:
    pem = credentials.server(purposes=(ExtendedKeyUsageOID.CLIENT_AUTH,), chain=True)
    assert news(pem, "warning") == ["server-purpose"]


def test_a_certificate_that_says_nothing_of_its_purpose_is_told() -> None:
    assert news(credentials.server(purposes=None, chain=True), "warning|advice")


def test_a_server_with_an_elliptic_curve_is_told_of_where_people_sign_in_by_eap() -> None:
    assert news(credentials.server("P-256", chain=True), "warning|advice")
    assert errors(judged(credentials.server("P-256", chain=True))) == []


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("2001:DB8:0:0:0:0:0:9", ("2001:db8::9",)),
        ("2001:db8::9", ("2001:db8:0:0::9",)),
        ("198.51.100.9", ("198.51.100.9",)),
        ("GATE.hafen.example", (SERVER,)),
        ("gate.hafen.example", ("*.hafen.example",)),
    ],
)
def test_addresses_are_compared_as_addresses_and_names_as_names(address: str, names: tuple[str, ...]) -> None:
    pem = credentials.server(names=names, chain=True)
    assert errors(judged(pem, RemoteAddress=address, RemoteIdentifier=address)) == []


def test_another_name_is_told() -> None:
    pem = credentials.server(names=("other.hafen.example",), chain=True)
    assert found(judged(pem), told("error|warning", "server-name", r"IKEv2\.RemoteIdentifier"))


def test_a_name_that_the_profile_expects_instead_is_enough() -> None:
    pem = credentials.server(names=("other.hafen.example",), chain=True)
    assert errors(judged(pem, ServerCertificateCommonName="other.hafen.example")) == []


def test_a_tunnel_with_a_secret_has_nothing_to_do_with_it() -> None:
    tree = tunnel(
        AuthenticationMethod="SharedSecret", SharedSecret="Ebbe", ExtendedAuthEnabled=0, AuthName=ABSENT
    )
    whole = document(tree)
    given = server_certificate(credentials.server("P-256", chain=True), whole)
    assert "server-key" not in [p.code for p in validate(whole, inspect(whole, server=given))]
