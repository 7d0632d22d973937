"""Cases: Always On."""

from __future__ import annotations

from typing import Final

from tests.cases import credentials
from tests.cases.expectations import AS_A_FILE, Case, Told, error, never, told, warning
from tests.cases.making import (
    BY_CERTIFICATE,
    CONNECT,
    WITH_SECRET,
    always_on,
    pkcs12,
    profile,
)

_TUNNELS: Final = r"AlwaysOn\.TunnelConfigurations"
_SUPERVISED: Final = warning("supervised-only", ".*")


def _ecdsa(number: int = 1) -> dict[str, object]:
    issuer = {"CertificateType": "ECDSA256", "ServerCertificateIssuerCommonName": credentials.ROOT}
    return always_on({**BY_CERTIFICATE, **issuer}, number=number)


def _vain(name: str) -> Told:
    return warning("always-on-key", rf"{_TUNNELS}\[0\]\.{name}")


CASES: Final = (
    Case("always on", lambda: profile(always_on(WITH_SECRET)), (_SUPERVISED,), calm=True),
    Case(
        "always on with a P-256 key",
        lambda: profile(_ecdsa(), pkcs12(credentials.identity("P-256"))),
        (_SUPERVISED,),
        calm=True,
    ),
    Case(
        "two payloads of always on",
        lambda: profile(always_on({}), always_on({}, number=2)),
        (told("error|warning", "several-always-on", ".*"), _SUPERVISED),
    ),
    Case(
        "two payloads of always on with one identity",
        lambda: profile(_ecdsa(), _ecdsa(number=2), pkcs12(credentials.identity("P-256"))),
        (told("error|warning", "several-always-on", ".*"), _SUPERVISED),
    ),
    Case(
        "keys that do nothing in always on",
        lambda: profile(
            always_on(
                {
                    **WITH_SECRET,
                    "OnDemandEnabled": 1,
                    "OnDemandRules": [CONNECT],
                    "IncludeAllNetworks": 1,
                    "ProviderType": "packet-tunnel",
                }
            )
        ),
        (
            _vain("OnDemandEnabled"),
            _vain(r"OnDemandRules(\[0\])?"),
            _vain("IncludeAllNetworks"),
            told("warning", "always-on-key|provider-unused", rf"{_TUNNELS}\[0\]\.ProviderType"),
            _SUPERVISED,
        ),
        doors=AS_A_FILE,
    ),
    Case(
        "on demand in always on, off",
        lambda: profile(always_on({**WITH_SECRET, "OnDemandEnabled": 0})),
        (_vain("OnDemandEnabled"), _SUPERVISED),
    ),
    Case(
        "a small group in always on",
        lambda: profile(
            always_on({**WITH_SECRET, "IKESecurityAssociationParameters": {"DiffieHellmanGroup": 5}})
        ),
        (
            error(
                "always-on-group",
                rf"{_TUNNELS}\[0\]\.IKESecurityAssociationParameters\.DiffieHellmanGroup",
            ),
            _SUPERVISED,
        ),
    ),
    Case(
        "a tunnel for each interface",
        lambda: profile(
            always_on({**WITH_SECRET, "Interfaces": ["Cellular"]}, {**WITH_SECRET, "Interfaces": ["WiFi"]})
        ),
        (_SUPERVISED,),
        calm=True,
    ),
    Case(
        "two tunnels for one interface",
        lambda: profile(
            always_on({**WITH_SECRET, "Interfaces": ["WiFi"]}, {**WITH_SECRET, "Interfaces": ["WiFi"]})
        ),
        (
            told("error|warning", "interface-without-tunnel", _TUNNELS),
            told("error|warning", "interface-with-several-tunnels", _TUNNELS),
            _SUPERVISED,
        ),
    ),
    Case(
        "keepalive of a tunnel of always on",
        lambda: profile(always_on({**WITH_SECRET, "NATKeepAliveInterval": 60})),
        (_SUPERVISED,),
        calm=True,
        silent=(never("always-on-only"),),
    ),
)
