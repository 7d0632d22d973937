"""A network, described to try On-Demand rules on."""

from __future__ import annotations

from django import forms

from profiles.catalogue import interfaces
from profiles.catalogue.on_demand_simulator import Network


def _lines(label: str, help_text: str) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 1, "class": "form-control", "spellcheck": "false"})
    return forms.CharField(required=False, label=label, help_text=help_text, widget=area)


class SimulatorForm(forms.Form):
    """Every field may stay empty."""

    prefix = "network"

    interface = forms.ChoiceField(
        choices=[(option.value, option.title) for option in interfaces.choices(*interfaces.INTERFACES)],
        required=False,
        label="Network",
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    ssid = forms.CharField(
        required=False, label="Wi-Fi name", widget=forms.TextInput(attrs={"class": "form-control"})
    )
    search_domains = _lines("Search domains", "Which the network hands out, one a line.")
    dns_servers = _lines("DNS servers", "Which the network hands out, one a line.")
    answering_urls = _lines("URLs that answer", "Which answer with status 200 there, one a line.")
    host = forms.CharField(
        required=False,
        label="Host",
        help_text="A host name that an app asks for.",
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )
    resolves = forms.BooleanField(required=False, label="The network's DNS resolves the host")
    reachable_dns_servers = _lines("Required DNS servers", "In reach without the tunnel, one a line.")

    def network(self) -> Network:
        """The network; what is not filled in is not there."""
        self.full_clean()
        given = self.cleaned_data

        def lines(name: str) -> tuple[str, ...]:
            return tuple(line.strip() for line in given.get(name, "").splitlines() if line.strip())

        return Network(
            interface=given.get("interface") or Network.interface,
            ssid=given.get("ssid", ""),
            search_domains=lines("search_domains"),
            dns_servers=lines("dns_servers"),
            answering_urls=lines("answering_urls"),
            host=given.get("host", ""),
            resolves=bool(given.get("resolves")),
            reachable_dns_servers=lines("reachable_dns_servers"),
        )
