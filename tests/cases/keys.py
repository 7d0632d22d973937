"""Cases: keys that are misspelt, in the wrong place, of another type, or known although they do nothing."""

from __future__ import annotations

from typing import Final

from tests.cases.expectations import AS_A_FILE, Case, advice, error, never, told, warning
from tests.cases.making import (
    ABSENT,
    CONNECT,
    IDENTITY_UUID,
    PROFILE_UUID,
    WITH_SECRET,
    on_demand,
    profile,
    scep,
    tunnel,
    vpn,
)

_JAMF: Final = "C3A0F6E2-90AB-4F1D-8C55-0D7C5B9A1E34"

CASES: Final = (
    # Other types
    Case(
        "switches as booleans",
        lambda: tunnel(ExtendedAuthEnabled=True, EnablePFS=False, DisableRedirect=True),
        (
            warning("other-type", r"IKEv2\.ExtendedAuthEnabled", mends=True),
            warning("other-type", r"IKEv2\.EnablePFS", mends=True),
            warning("other-type", r"IKEv2\.DisableRedirect", mends=True),
        ),
        silent=(never("wrong-type"),),
        doors=AS_A_FILE,
    ),
    Case(
        "switches as booleans outside of the tunnel",
        lambda: profile(
            vpn(
                DNS={
                    "DNSProtocol": "Cleartext",
                    "ServerAddresses": ["10.9.0.53"],
                    "SupplementalMatchDomainsNoSearch": True,
                    "SupplementalMatchDomains": ["hafen.example"],
                }
            )
        ),
        (warning("other-type", r"DNS\.SupplementalMatchDomainsNoSearch", mends=True),),
        silent=(never("wrong-type"),),
        doors=AS_A_FILE,
    ),
    Case(
        "group as a text",
        lambda: tunnel(IKESecurityAssociationParameters={"DiffieHellmanGroup": "twenty"}),
        (error("wrong-type|not-allowed", r"IKEv2\.IKESecurityAssociationParameters\.DiffieHellmanGroup"),),
        doors=AS_A_FILE,
    ),
    Case(
        "tunnel that is a text",
        lambda: profile(vpn(IKEv2="x")),
        (error("wrong-type", "IKEv2"),),
        silent=(never("missing"),),
        doors=AS_A_FILE,
    ),
    # Names
    Case(
        "other names in the tunnel",
        lambda: tunnel(
            IKESAParameters={"EncryptionAlgorithm": "AES-256"},
            IKESecurityAssociationParameters=ABSENT,
            UserName="mia",
            OnDemandEnable=1,
        ),
        (
            warning("misspelt-key", r"IKEv2\.IKESAParameters", mends=True),
            warning("misspelt-key", r"IKEv2\.UserName"),
            warning("misspelt-key", r"IKEv2\.OnDemandEnable", mends=True),
        ),
        silent=(never("unknown-key"),),
        doors=AS_A_FILE,
    ),
    Case(
        "a name in other letters",
        lambda: tunnel(remoteAddress="gate.hafen.example", RemoteAddress=ABSENT),
        (
            # What the device lacks is documented, and how it takes the other name is not.
            error("missing", r"IKEv2\.RemoteAddress", mends=True),
        ),
        silent=(never("misspelt-key"),),
        doors=AS_A_FILE,
    ),
    Case(
        "a name with a slip",
        lambda: tunnel(EnabelPFS=1),
        (warning("misspelt-key", r"IKEv2\.EnabelPFS", mends=True),),
        silent=(never("unknown-key"),),
        doors=AS_A_FILE,
    ),
    Case(
        "keys of the tunnel beside it",
        lambda: profile(
            vpn(IKESAParameters={"EncryptionAlgorithm": "AES-256"}, IncludeAllNetworks=1, DisableMOBIKE=1)
        ),
        (
            warning("misplaced-key|misspelt-key", "IKESAParameters"),
            warning("misplaced-key", "IncludeAllNetworks", mends=True),
            warning("misplaced-key", "DisableMOBIKE", mends=True),
        ),
        silent=(never("unknown-key"),),
        doors=AS_A_FILE,
    ),
    Case(
        "a key of the tunnel beside it and in it",
        lambda: profile(vpn({"AuthName": "mia"}, AuthName="mia")),
        (warning("misplaced-key", "AuthName"),),
        doors=AS_A_FILE,
    ),
    Case(
        "a key of the payload inside the tunnel",
        lambda: tunnel(UserDefinedName="Pier"),
        (warning("misplaced-key", r"IKEv2\.UserDefinedName"),),
        doors=AS_A_FILE,
    ),
    Case(
        "scope with a small letter",
        lambda: profile(vpn(), payloadScope="System"),
        (warning("misspelt-key", "payloadScope", mends=True),),
        silent=(never("unknown-key"),),
        doors=AS_A_FILE,
    ),
    Case(
        "a key of nobody's",
        lambda: profile(vpn(Lighthouse="on"), Tide=7),
        (warning("unknown-key", "Lighthouse"), warning("unknown-key", "Tide")),
        doors=AS_A_FILE,
    ),
    # Known, and without effect
    Case(
        "IPv4 beside the tunnel",
        lambda: profile(vpn(IPv4={"OverridePrimary": 1})),
        (advice("no-effect-key", r"IPv4(\.OverridePrimary)?", mends=True),),
        calm=True,
        silent=(never("unknown-key"),),
    ),
    Case(
        "IPv4 of 0 and all networks",
        lambda: profile(
            vpn({"IncludeAllNetworks": 1, "ExcludeLocalNetworks": 1}, IPv4={"OverridePrimary": 0})
        ),
        (advice("no-effect-key", r"IPv4(\.OverridePrimary)?"),),
        calm=True,
        silent=(never("unknown-key"),),
    ),
    Case(
        "removal passcode and encryption said not to be there",
        lambda: profile(vpn(), HasRemovalPasscode=False, IsEncrypted=False),
        calm=True,
        silent=(never("unknown-key"),),
    ),
    Case(
        "removal passcode said to be there",
        lambda: profile(vpn(), HasRemovalPasscode=True),
        silent=(never("unknown-key"),),
    ),
    Case(
        "encryption said in a text",
        lambda: profile(vpn(), IsEncrypted="yes"),
        (told("error|warning", "wrong-type|other-type|encrypted-profile", "IsEncrypted"),),
        silent=(never("unknown-key"),),
        doors=AS_A_FILE,
    ),
    # Inside lists the same holds, whatever the payload is called.
    Case(
        "a key of nobody's in a rule",
        lambda: on_demand({**CONNECT, "Buoy": "x"}),
        (warning("unknown-key", r"IKEv2\.OnDemandRules\[0\]\.Buoy"),),
        doors=AS_A_FILE,
    ),
    Case(
        "a key of nobody's in a rule of a payload that is called as ours are",
        lambda: profile(
            vpn(
                {"OnDemandEnabled": 1, "OnDemandRules": [{**CONNECT, "Buoy": "x"}]},
                PayloadIdentifier="example.hafen.profile.vpn-ikev2.D41C7E9A-5B20-4F68-A3E1-000000000001",
            )
        ),
        (warning("unknown-key", r"IKEv2\.OnDemandRules\[0\]\.Buoy"),),
        doors=AS_A_FILE,
    ),
    Case(
        "a key of nobody's in a tunnel of a payload that is called as ours are",
        lambda: profile(
            vpn(
                WITH_SECRET,
                {"Buoy": "x"},
                PayloadIdentifier="example.hafen.profile.vpn-ikev2.D41C7E9A-5B20-4F68-A3E1-000000000001",
            )
        ),
        (warning("unknown-key", r"IKEv2\.Buoy"),),
        doors=AS_A_FILE,
    ),
    Case(
        "several names in a request by SCEP",
        lambda: profile(scep(SubjectAltName={"dNSName": ["one.hafen.example", "two.hafen.example"]})),
        silent=(never("wrong-type"),),
        calm=True,
    ),
    # Types
    Case(
        "type of VPN in small letters",
        lambda: profile(vpn(VPNType="ikev2")),
        (error("vpn-type", "VPNType", mends=True),),
        silent=(never("unknown-type"),),
        doors=AS_A_FILE,
    ),
    Case(
        "type of VPN that is none",
        lambda: profile(vpn(VPNType="WireGuard")),
        (error("vpn-type", "VPNType"),),
        silent=(never("unknown-type"),),
        doors=AS_A_FILE,
    ),
    Case(
        "no type of VPN",
        lambda: profile(vpn(VPNType=ABSENT)),
        (error("vpn-type|missing", "VPNType"),),
        silent=(never("unknown-type"),),
        doors=AS_A_FILE,
    ),
    Case(
        "VPN with L2TP",
        lambda: profile(
            vpn(
                VPNType="L2TP",
                IKEv2=ABSENT,
                PPP={"CommRemoteAddress": "gate.hafen.example", "AuthName": "mia"},
                IPSec={"AuthenticationMethod": "SharedSecret", "SharedSecret": b"tide"},
                IPv4={"OverridePrimary": 1},
            )
        ),
        (told("advice", "", "(PayloadType|VPNType|)"),),
        calm=True,
        doors=AS_A_FILE,
    ),
    Case(
        "VPN of an app",
        lambda: profile(
            vpn(
                VPNType="VPN",
                VPNSubType="com.vendor.app",
                IKEv2=ABSENT,
                VPN={"RemoteAddress": "gate.hafen.example", "AuthenticationMethod": "Password"},
            )
        ),
        (told("advice", "", "(PayloadType|VPNType|)"),),
        calm=True,
        doors=AS_A_FILE,
    ),
    Case(
        "VPN for single apps",
        lambda: profile(
            vpn(
                {"EnablePFS": True, "MTU": 9000},
                PayloadType="com.apple.vpn.managed.applayer",
                VPNUUID=IDENTITY_UUID,
                SafariDomains=["ship.hafen.example"],
            )
        ),
        (told("advice", "", "(PayloadType|)"),),
        calm=True,
        doors=AS_A_FILE,
    ),
    # The envelope
    Case(
        "identifier as Jamf writes it",
        lambda: profile(
            vpn(PayloadIdentifier="0E7B3C55-7E2D-4A47-9B2C-11D0AF2B6C01"),
            PayloadIdentifier=_JAMF,
            PayloadUUID=_JAMF,
            PayloadScope="System",
        ),
        calm=True,
        silent=(never("malformed"),),
        doors=AS_A_FILE,
    ),
    Case(
        "identifier without a dot",
        lambda: profile(vpn(), PayloadIdentifier="harbourvpn"),
        calm=True,
        silent=(never("malformed"),),
    ),
    Case(
        "identifier with an umlaut",
        lambda: profile(vpn(), PayloadIdentifier="de.möwe.1"),
        calm=True,
        silent=(never("malformed"),),
    ),
    Case(
        "no identifier",
        lambda: profile(vpn(), PayloadIdentifier=ABSENT),
        (error("missing|malformed", "PayloadIdentifier"),),
        doors=AS_A_FILE,
    ),
    Case(
        "profile and payload of one identifier",
        lambda: profile(vpn(PayloadIdentifier="example.hafen.one"), PayloadIdentifier="example.hafen.one"),
        calm=True,
        doors=AS_A_FILE,
    ),
    Case(
        "profile and payload of one UUID",
        lambda: profile(vpn(PayloadUUID=PROFILE_UUID)),
        calm=True,
        doors=AS_A_FILE,
    ),
    Case(
        "two payloads of one UUID",
        lambda: profile(vpn(), vpn(number=2, PayloadUUID="D41C7E9A-5B20-4F68-A3E1-000000000001")),
        (error("duplicate-uuid", "PayloadUUID", mends=True),),
        doors=AS_A_FILE,
    ),
    Case(
        "two payloads of one identifier",
        lambda: profile(vpn(), vpn(number=2, PayloadIdentifier="example.hafen.profile.vpn1")),
        (error("duplicate-identifier", "PayloadIdentifier", mends=True),),
        doors=AS_A_FILE,
    ),
    Case(
        "a UUID that is none",
        lambda: profile(vpn(PayloadUUID="harbour-vpn")),
        (advice("no-uuid", "PayloadUUID"),),
        calm=True,
        doors=AS_A_FILE,
    ),
    Case(
        "version 2 of a profile",
        lambda: profile(vpn(), PayloadVersion=2),
        (warning("odd-version", "PayloadVersion", mends=True),),
        doors=AS_A_FILE,
    ),
    Case(
        "version as a real",
        lambda: profile(vpn(PayloadVersion=1.0)),
        (warning("odd-version", "PayloadVersion", mends=True),),
        doors=AS_A_FILE,
    ),
    Case(
        "type of a profile that is none",
        lambda: profile(vpn(), PayloadType="Harbour"),
        (told("error|warning", "envelope-type", "PayloadType"),),
        doors=AS_A_FILE,
    ),
    Case(
        "type of a profile that is a number",
        lambda: profile(vpn(), PayloadType=7),
        (told("error|warning", "envelope-type", "PayloadType"),),
        doors=AS_A_FILE,
    ),
    Case(
        "content that is a text",
        lambda: profile(PayloadContent="x"),
        (error("content-malformed", "PayloadContent"),),
        silent=(never("empty|no-payload"),),
        doors=AS_A_FILE,
    ),
    Case(
        "content that is one payload",
        lambda: profile(PayloadContent=vpn()),
        (error("content-malformed", "PayloadContent"),),
        silent=(never("empty|no-payload"),),
        doors=AS_A_FILE,
    ),
    Case(
        "content that is encrypted",
        lambda: profile(PayloadContent=ABSENT, IsEncrypted=True, EncryptedPayloadContent=b"0\x80\0\0"),
        (told("error|warning|advice", "encrypted-profile", ".*"),),
        silent=(never("empty|no-payload|unknown-key|content-malformed"),),
        doors=AS_A_FILE,
    ),
    Case(
        "no content",
        lambda: profile(PayloadContent=ABSENT),
        (told("warning|error", "no-payload|empty|left-out|content-malformed", ".*"),),
        doors=AS_A_FILE,
    ),
)
