"""The registry takes each declaration once, and only when it is whole."""

from __future__ import annotations

import pytest

from profiles.catalogue import registry
from profiles.catalogue.conditions import Equals, IsSet
from profiles.catalogue.keys import Switch, Text
from profiles.exceptions import CatalogueError
from tests.catalogue.making import payload

A = Text("A", label="A")


def test_payloads_are_found_by_their_slug() -> None:
    one, other = payload(A, slug="one"), payload(A, slug="other", payload_type="com.example.other")
    assert dict(registry.register([one, other])) == {"one": one, "other": other}


def test_the_catalogue_of_this_product_is_whole() -> None:
    assert registry.payload("vpn-ikev2").slug == "vpn-ikev2"
    assert dict(registry.register(list(registry.payloads().values()))) == dict(registry.payloads())


def test_the_same_slug_twice_is_refused() -> None:
    twice = [payload(A), payload(A, payload_type="com.example.other")]
    with pytest.raises(CatalogueError, match=r"^made \(com\.example\.other\) is declared twice\.$"):
        registry.register(twice)


def test_the_same_payload_type_twice_is_refused() -> None:
    with pytest.raises(CatalogueError, match=r"^other \(com\.example\.made\) is declared twice\.$"):
        registry.register([payload(A), payload(A, slug="other")])


def test_one_payload_type_may_have_several_variants() -> None:
    variants = [payload(A, slug=name, discriminator={"VPNType": name}) for name in ("IKEv2", "AlwaysOn")]
    assert set(registry.register(variants)) == {"IKEv2", "AlwaysOn"}


def test_the_same_variant_twice_is_refused() -> None:
    variants = [payload(A, slug=name, discriminator={"VPNType": "IKEv2"}) for name in ("one", "other")]
    with pytest.raises(CatalogueError, match="is declared twice"):
        registry.register(variants)


@pytest.mark.parametrize(
    "key",
    [
        Text("B", label="B", revealed_by=Equals("Missing", 1)),
        Text("B", label="B", revealed_by=IsSet("A") & ~IsSet("Missing")),
        Text("B", label="B", required=IsSet("Missing")),
        Switch("B", label="B", inherits="Missing"),
    ],
    ids=["revealed by", "deep in a condition", "required by", "inherits"],
)
def test_a_dependency_on_a_key_that_is_not_declared_is_refused(key: Text | Switch) -> None:
    with pytest.raises(CatalogueError, match=r"^made: B depends on Missing, which is not declared\.$"):
        registry.register([payload(A, key)])


def test_one_path_declared_twice_is_refused() -> None:
    twice = payload(A, Text("A", label="Again"), Text("B", label="B", required=IsSet("A")))
    with pytest.raises(CatalogueError, match=r"^made declares A twice\.$"):
        registry.register([twice])


def test_a_type_that_there_is_not_is_named_with_those_that_there_are() -> None:
    with pytest.raises(CatalogueError, match=r"^There is no payload type 'vpn-ikev3'.*vpn-ikev2"):
        registry.payload("vpn-ikev3")


def test_the_registry_cannot_be_changed_from_outside() -> None:
    with pytest.raises(TypeError):
        registry.payloads()["other"] = payload(A)  # type: ignore[index]
