"""Which device and browser a User-Agent speaks of."""

from __future__ import annotations

import pytest

from designer.presentation.devices import Device, Kind, recognise
from tests.designer.user_agents import FOREIGN, MAC, OTHERS, SAFARI
from tests.work import soon


@pytest.mark.parametrize(
    "user_agent", [SAFARI, SAFARI.replace("iPhone;", "iPad;"), SAFARI.replace("iPhone;", "iPod touch;")]
)
def test_safari_on_an_iphone_or_ipad_installs(user_agent: str) -> None:
    assert recognise(user_agent) == Device(kind=Kind.PHONE)


@pytest.mark.parametrize(("user_agent", "name"), OTHERS.items())
def test_any_other_browser_there_is_called_by_its_name(user_agent: str, name: str) -> None:
    assert recognise(user_agent) == Device(kind=Kind.PHONE, hindrance=name)


@pytest.mark.parametrize(
    "user_agent", [f"{MAC} Version/17.5 Safari/605.1.15", f"{MAC} Chrome/125 Safari/537.36"]
)
def test_on_a_mac_every_browser_will_do_and_it_may_be_an_ipad(user_agent: str) -> None:
    device = recognise(user_agent)
    assert device == Device(kind=Kind.MAC)
    assert device.likely[:2] == ("macOS", "iOS")


@pytest.mark.parametrize("user_agent", FOREIGN)
def test_what_apple_did_not_make_is_foreign(user_agent: str) -> None:
    device = recognise(user_agent)
    assert device == Device(kind=Kind.FOREIGN)
    assert device.likely == ()


@pytest.mark.parametrize("user_agent", ["", "curl/8.5.0", "WhatsApp/2.24", "é\x00" * 4000])
def test_what_says_nothing_is_unknown(user_agent: str) -> None:
    assert recognise(user_agent) == Device(kind=Kind.UNKNOWN)


def test_a_very_long_name_is_looked_through_at_once() -> None:
    with soon():
        assert recognise("iPhone Version/" + "1" * 400_000).kind is Kind.PHONE
