"""Files of public generators and exporters, which thousands use: no error, no false alarm, and nothing lost."""

from __future__ import annotations

import plistlib
import re
from pathlib import Path
from typing import Final

import pytest

from designer.management.check import Checked, check_file
from profiles.catalogue.versions import Targets
from profiles.plist.build import build
from profiles.services.profile_file import read_file
from profiles.signing.signed_file import open_file
from tests.archetypes import exporters, generators
from tests.archetypes.shapes import Archetype
from tests.cases.expectations import TODAY
from tests.cases.making import SECRETS
from tests.plist.exactness import losses

ARCHETYPES: Final = (*generators.ARCHETYPES, *exporters.ARCHETYPES)
TARGETS: Final[dict[str, Targets]] = {"no target": {}, "iOS 18 and macOS 15": TODAY}
EACH: Final = pytest.mark.parametrize("archetype", ARCHETYPES, ids=lambda each: each.name)

DOCUMENTED: Final = re.compile(
    r"(IPv4|Proxies|HasRemovalPasscode|IsEncrypted|EncryptedPayloadContent|TargetDeviceType|PayloadScope)(\..*)?"
)
"""Keys that Apple documents, whether or not they do anything here."""


def checked(archetype: Archetype, folder: Path, targets: Targets | None = None) -> Checked:
    """What the command line says of the file."""
    file = folder / "file.mobileconfig"
    file.write_bytes(archetype.data())
    return check_file(str(file), targets)


def test_there_are_a_dozen_at_least_and_each_has_a_name_of_its_own() -> None:
    assert len({each.name for each in ARCHETYPES}) == len(ARCHETYPES) >= 12


@pytest.mark.parametrize("targets", TARGETS.values(), ids=TARGETS)
@EACH
def test_what_works_for_thousands_gets_no_error(
    archetype: Archetype, targets: Targets, tmp_path: Path
) -> None:
    found = checked(archetype, tmp_path, targets)
    assert found.unreadable == ""
    assert [str(problem) for problem in found.problems if problem.severity == "error"] == []
    assert found.exit_status == 0


@EACH
def test_what_is_true_of_it_is_told(archetype: Archetype, tmp_path: Path) -> None:
    problems = checked(archetype, tmp_path).problems
    missed = [each for each in archetype.tells if not any(map(each.fits, problems))]
    assert missed == []


@EACH
def test_what_is_not_true_of_it_is_not_told(archetype: Archetype, tmp_path: Path) -> None:
    problems = checked(archetype, tmp_path).problems
    false = [str(p) for p in problems if any(each.concerns(p) for each in archetype.silent)]
    unknown = [str(p) for p in problems if p.code == "unknown-key" and DOCUMENTED.fullmatch(p.path)]
    assert [*false, *unknown] == []


@EACH
def test_what_is_told_of_it_repeats_no_secret(archetype: Archetype, tmp_path: Path) -> None:
    told = " ".join(checked(archetype, tmp_path).lines())
    assert [secret for secret in SECRETS if secret in told] == []


@EACH
def test_it_is_written_again_without_loss(archetype: Archetype) -> None:
    data = archetype.data()
    content = open_file(data).content
    # What plistlib stumbles over stands before the property list itself.
    original = plistlib.loads(content[content.index(b"<plist") :], fmt=plistlib.FMT_XML)
    assert losses(original, plistlib.loads(build(read_file(data).document))) == []


def test_a_profile_that_apple_signs_is_intact(tmp_path: Path) -> None:
    (archetype,) = (each for each in ARCHETYPES if each.name == "Apple's beta profile")
    (signature,) = checked(archetype, tmp_path).signatures
    assert (signature.signer, signature.intact) == ("Kontor Profile Signing", True)
