"""Which names are surely those of known keys, which say their contrary, and which have only some of their words."""

from __future__ import annotations

import pytest

from profiles.plist.validation.likeness import is_contrary, is_surely, more_words


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("disableMobike", "DisableMOBIKE"),
        ("Disable_MOBIKE", "DisableMOBIKE"),
        (" IKEv2 ", "IKEv2"),
        ("RemoteAdress", "RemoteAddress"),
        ("RemoteAddresses", "RemoteAddress"),
        ("SSIDMatches", "SSIDMatch"),
        ("OnDemandEnable", "OnDemandEnabled"),
        ("EnabelPFS", "EnablePFS"),
        ("UserDefinedNam", "UserDefinedName"),
        ("Authenticaton Methd", "AuthenticationMethod"),
        ("Remoteaddres", "RemoteAddress"),
    ],
)
def test_the_same_name(name: str, known: str) -> None:
    assert is_surely(name, known)


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("EnableMOBIKE", "DisableMOBIKE"),
        ("DisableFallback", "EnableFallback"),
        ("EnableDPD", "EnablePFS"),
        ("EnablePSF", "EnablePFS"),
        ("Enabled", "EnablePFS"),
        ("DisconnectOnSleep", "DisconnectOnIdle"),
        ("OnDemand", "OnDemandRules"),
        ("ServerAddress", "ServerURL"),
        ("Identifier", "PPKIdentifier"),
        ("LocalIdentifier", "RemoteIdentifier"),
        ("ExcludeAllNetworks", "IncludeAllNetworks"),
        ("ExcludedAllNetworks", "IncludedAllNetworks"),
        ("DecryptionAlgorithm", "EncryptionAlgorithm"),
        ("Undefined", "Defined"),
        ("Unspecified", "Specified"),
        ("IKEv1", "IKEv2"),
        ("IPv6", "IPv4"),
        ("MTUs", "MTV"),
        ("", "MTU"),
        ("Nam", "Nat"),
    ],
)
def test_another_name(name: str, known: str) -> None:
    assert not is_surely(name, known)


@pytest.mark.parametrize(
    ("name", "known", "contrary"),
    [
        ("EnableMOBIKE", "DisableMOBIKE", True),
        ("enabledMobike", "DisableMOBIKE", True),
        ("OnDemandDisabled", "OnDemandEnabled", True),
        ("DisableMOBIKE", "DisableMOBIKE", False),
        ("EnableRedirect", "DisableMOBIKE", False),
        ("MTU", "MTU", False),
    ],
)
def test_the_contrary_of_a_name(name: str, known: str, contrary: bool) -> None:
    assert is_contrary(name, known) is contrary


@pytest.mark.parametrize(
    ("name", "known", "words"),
    [
        ("OnDemand", "OnDemandRules", 1),
        ("MatchDomains", "SupplementalMatchDomains", 1),
        ("VPNRemoteAddress", "RemoteAddress", 1),
        ("MOBIKE", "DisableMOBIKE", None),
        ("Enabled", "EnablePFS", None),
        ("DisconnectOnSleep", "DisconnectOnIdle", None),
        ("MTU", "MTU", None),
        ("123", "MTU", None),
    ],
)
def test_the_words_that_one_has_more(name: str, known: str, words: int | None) -> None:
    assert more_words(name, known) == words
