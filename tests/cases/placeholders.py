"""Cases: texts that somebody, or something, was to fill in."""

from __future__ import annotations

from typing import Final

from tests.cases.expectations import Case, advice, never, told, warning
from tests.cases.making import ABSENT, CONNECT, named, on_demand, profile, scep, tunnel, vpn

_LOCAL: Final = r"IKEv2\.LocalIdentifier"


def _of_mdm(name: str, text: str) -> Case:
    """A variable of a product that fills in profiles: right where that product is used."""
    return Case(
        f"variable of {name}",
        lambda: tunnel(LocalIdentifier=text),
        (advice("mdm-placeholder", _LOCAL),),
        calm=True,
        silent=(never("unfilled-placeholder|own-placeholder"),),
    )


CASES: Final = (
    _of_mdm("Jamf", "$EMAIL"),
    _of_mdm("Jamf, user name", "$USERNAME"),
    _of_mdm("Fleet", "$FLEET_VAR_HOST_END_USER_IDP_USERNAME"),
    _of_mdm("Fleet with braces", "${FLEET_VAR_HOST_UUID}"),
    _of_mdm("Fleet, a secret", "$FLEET_SECRET_VPN"),
    _of_mdm("Intune", "{{userprincipalname}}"),
    _of_mdm("Intune, e-mail", "{{mail}}"),
    _of_mdm("Configurator", "%HardwareUUID%"),
    _of_mdm("another MDM", "%AssetTag%"),
    _of_mdm("MaaS360", "%email%"),
    _of_mdm("Citrix", "${user.mail}"),
    _of_mdm("Sophos", "%_EMAILADDRESS_%"),
    _of_mdm("Ivanti", "$USERID$"),
    # Only where that is switched on, and it may be one of ours.
    Case(
        "variable of SimpleMDM",
        lambda: tunnel(LocalIdentifier="{{serial_number}}"),
        (told("warning|advice", "own-placeholder|mdm-placeholder", _LOCAL),),
    ),
    Case(
        "variable of ours in a profile that is no template",
        lambda: profile(
            vpn({"AuthName": "{{ person }}", "LocalIdentifier": "$EMAIL"}),
            PayloadDisplayName="VPN {{person}}",
        ),
        (
            warning("own-placeholder", "PayloadDisplayName"),
            warning("own-placeholder", r"IKEv2\.AuthName"),
            advice("mdm-placeholder", _LOCAL),
        ),
    ),
    Case(
        "variable of ours in an item of a list",
        lambda: on_demand(named(["{{building}}-guest"]), CONNECT),
        (warning("own-placeholder", r"IKEv2\.OnDemandRules\[0\]\.SSIDMatch(\[0\])?"),),
    ),
    Case(
        "unfilled text that is no address",
        lambda: tunnel(AuthName="REPLACE_ME"),
        (warning("unfilled-placeholder", r"IKEv2\.AuthName"),),
    ),
    Case(
        "unfilled text in number signs",
        lambda: tunnel(AuthName="##USERNAME##"),
        (warning("unfilled-placeholder", r"IKEv2\.AuthName"),),
    ),
    Case(
        "variables of Fleet in a request for a certificate",
        lambda: profile(
            scep(
                URL="$FLEET_VAR_CUSTOM_SCEP_PROXY_URL_HARBOUR",
                Challenge="$FLEET_VAR_CUSTOM_SCEP_CHALLENGE_HARBOUR",
                Subject=[[["CN", "$FLEET_VAR_HOST_HARDWARE_SERIAL"]]],
            )
        ),
        (told("advice", "mdm-placeholder", r"PayloadContent\.URL"),),
        calm=True,
    ),
    # A password may look like anything.
    Case(
        "password with a dollar sign",
        lambda: tunnel(AuthPassword="pa$$word"),
        calm=True,
        silent=(never("unfilled-placeholder|own-placeholder|mdm-placeholder", r"IKEv2\.AuthPassword"),),
    ),
    Case(
        "names with a dollar sign and a percent sign",
        lambda: tunnel(AuthName="mia$", LocalIdentifier="mia%berlin"),
        calm=True,
        silent=(never("unfilled-placeholder|own-placeholder|mdm-placeholder"),),
    ),
    Case(
        "names in braces that are no variable",
        lambda: profile(vpn(UserDefinedName="{Harbour} {{", PayloadDisplayName=ABSENT)),
        calm=True,
        silent=(never("unfilled-placeholder|own-placeholder|mdm-placeholder"),),
    ),
)
