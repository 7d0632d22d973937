"""A profile without a documented fault never gets an error, and each fault alone is found with its code."""

from __future__ import annotations

import copy
import plistlib
from collections import Counter
from typing import Final

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from profiles.catalogue.versions import Targets
from profiles.plist.document import ENVELOPE_NAME, Problem
from tests.cases import oracle
from tests.cases.doors import from_file, problems
from tests.cases.expectations import ALL_DOORS, TODAY
from tests.cases.faults import FAULTS, Fault
from tests.cases.making import IDENTITY_UUID, SECRETS, Tree
from tests.cases.valid import profiles

# Shared machines are slow at times, which is no fault of a profile; to shrink a profile takes minutes, so that is left
# to whoever looks into a failure.
PATIENT: Final = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


def errors(found: list[Problem]) -> list[str]:
    return [f"{problem} ({problem.code})" for problem in found if problem.severity == "error"]


def changed_parts(before: Tree, after: Tree) -> set[str]:
    """The names of the payloads that are not as they were, and that of the envelope."""
    names = [part.name for part in from_file(after).payloads]
    # Written out, since true equals 1 in Python.
    known = [*map(plistlib.dumps, before["PayloadContent"])]
    parts = [*zip(names, after["PayloadContent"], strict=True)]
    changed = [(name, part) for name, part in parts if plistlib.dumps(part) not in known]
    # What refers to an identity is judged by what that is; and a tree may have had the fault before.
    if not changed or any(part["PayloadUUID"] == IDENTITY_UUID for _, part in changed):
        return {ENVELOPE_NAME, *names}
    return {ENVELOPE_NAME, *(name for name, _ in changed)}


@pytest.mark.parametrize("targets", [{}, TODAY], ids=["no target", "iOS 18 and macOS 15"])
@given(tree=profiles())
@settings(PATIENT, max_examples=80)
def test_a_file_without_a_fault_gets_no_error(tree: Tree, targets: Targets) -> None:
    assert errors(problems(tree, "file", targets)) == []


@pytest.mark.parametrize("door", [door for door in ALL_DOORS if door != "file"])
@given(tree=profiles(), targets=st.sampled_from([{}, TODAY]))
@settings(PATIENT, max_examples=25)
def test_nor_does_it_through_another_door(tree: Tree, targets: Targets, door: str) -> None:
    assert errors(problems(tree, door, targets)) == []


@given(tree=profiles())
@settings(PATIENT, max_examples=25)
def test_nothing_that_is_told_repeats_a_secret(tree: Tree) -> None:
    told = " ".join(problem.message for problem in problems(tree))
    assert [secret for secret in SECRETS if secret in told] == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
@given(tree=profiles())
@settings(PATIENT, max_examples=3)
def test_each_fault_alone_is_found_with_its_code(tree: Tree, fault: Fault) -> None:
    faulty = copy.deepcopy(tree)
    fault.plant(faulty)
    found = problems(faulty)
    # What is said of another payload has nothing to do with it, unless it is about all of them.
    touched = changed_parts(tree, faulty)
    here = [p for p in found if p.payload in touched or fault.tells.path == ".*"]
    assert any(map(fault.tells.fits, here)), [f"{problem} ({problem.code})" for problem in here]
    others = [p for p in found if p.severity == "error" and not fault.tells.concerns(p)]
    assert errors(others) == []


def test_no_two_faults_have_one_name() -> None:
    assert [name for name, number in Counter(fault.name for fault in FAULTS).items() if number > 1] == []


def test_the_oracle_and_the_catalogue_know_the_same_tunnel() -> None:
    from profiles.catalogue.payloads.vpn_ikev2 import PAYLOAD

    names = {path.split(".")[1] for path in PAYLOAD.by_path if path.startswith("IKEv2.")}
    ours = {*oracle.SWITCHES, *oracle.TEXTS, *oracle.CHOICES, *oracle.RANGES, *oracle.ASSOCIATIONS}
    others = {
        "OnDemandRules",
        "PPK",
        "Password",
        "PayloadCertificateUUID",
        "ProviderBundleIdentifier",
        "ProviderDesignatedRequirement",
        "ProviderType",
    }
    assert names == ours | others
