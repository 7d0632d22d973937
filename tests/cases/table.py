"""All cases, each by its name."""

from __future__ import annotations

from itertools import chain
from typing import Final

from tests.cases import (
    addresses,
    algorithms,
    always_on,
    authentication,
    certificates,
    envelope,
    keys,
    networks,
    on_demand,
    placeholders,
)
from tests.cases.expectations import Case

_TABLES: Final = (
    addresses.CASES,
    algorithms.CASES,
    always_on.CASES,
    authentication.CASES,
    certificates.CASES,
    envelope.CASES,
    keys.CASES,
    networks.CASES,
    on_demand.CASES,
    placeholders.CASES,
)

CASES: Final[tuple[Case, ...]] = tuple(chain.from_iterable(_TABLES))
