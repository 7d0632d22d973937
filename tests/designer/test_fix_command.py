"""`profile check --fix`: what is mended is written elsewhere, told, and counted."""

from __future__ import annotations

import plistlib
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from profiles.plist.spec.file import read_spec
from profiles.plist.xml_writer import dump
from tests.plist.trees import tree, vpn

ODD = tree(vpn({"RemoteAddress": "a.example.com", "DisableMOBIKE": True, "MTU": 1400.0}))
LEFT = tree(vpn({"RemoteAddress": "a.example.com", "MTU": 5.0}))


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own, in which the command runs."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def fix(given: dict[str, Any], *arguments: str) -> tuple[int, list[str]]:
    """Exit status, and the lines on standard error."""
    Path("in.mobileconfig").write_bytes(dump(given))
    errors, status = StringIO(), 0
    try:
        call_command("profile", "check", "--fix", "in.mobileconfig", *arguments, stderr=errors)
    except SystemExit as end:
        status = int(end.code or 0)
    return status, errors.getvalue().splitlines()


def written(name: str) -> Any:
    return plistlib.loads(Path(name).read_bytes())["PayloadContent"][0]["IKEv2"]


def test_what_was_fixed_and_what_is_left_is_counted_at_the_end() -> None:
    status, told = fix(ODD, "-o", "out.mobileconfig")

    fixed = [line for line in told if line.startswith("fixed ")]
    left = [line for line in told[:-1] if not line.startswith("fixed ")]
    assert len(fixed) > 1
    assert (written("out.mobileconfig")["DisableMOBIKE"], type(written("out.mobileconfig")["MTU"])) == (
        1,
        int,
    )
    assert told[-1].startswith(f"Fixed {len(fixed)} problems; {len(left)} ")
    assert status == (1 if any(line.startswith("error ") for line in left) else 0)


def test_an_error_that_is_left_decides_the_exit_status() -> None:
    status, told = fix(LEFT, "-o", "out.yaml")

    assert status == 1
    assert any(line.startswith("error ") and "IKEv2.MTU" in line for line in told)
    assert read_spec(Path("out.yaml").read_text()).payloads[0].values["IKEv2"]["MTU"] == 5


def test_where_nothing_can_be_fixed_the_count_says_so() -> None:
    fix(ODD, "-o", "once.mobileconfig")
    _, told = fix(plistlib.loads(Path("once.mobileconfig").read_bytes()), "-o", "twice.mobileconfig")

    assert not [line for line in told if line.startswith("fixed ")]
    assert told[-1].startswith("Fixed 0 problems; ")


def test_a_file_that_is_there_is_replaced_by_force_alone() -> None:
    Path("out.mobileconfig").write_text("of yesterday")

    assert fix(ODD, "-o", "out.mobileconfig") == (
        1,
        ["out.mobileconfig is there already. Name another place, or replace what is there with --force."],
    )
    assert Path("out.mobileconfig").read_text() == "of yesterday"
    assert fix(ODD, "-o", "out.mobileconfig", "--force")[1][-1].startswith("Fixed ")
    assert written("out.mobileconfig")["DisableMOBIKE"] == 1


def test_not_even_force_replaces_the_file_itself() -> None:
    status, told = fix(ODD, "-o", "in.mobileconfig", "--force")

    assert (status, told) == (
        1,
        ["The result would replace the file itself. Choose another name with -o."],
    )
    assert Path("in.mobileconfig").read_bytes() == dump(ODD)


@pytest.mark.parametrize("arguments", [[], ["--json", "-o", "out"], ["other", "-o", "out"]])
def test_it_takes_one_file_and_a_place_for_the_result(arguments: list[str]) -> None:
    status, (told,) = fix(ODD, *arguments)

    assert status == 2
    assert told.startswith("--fix takes one FILE and the name of the result")


@pytest.mark.parametrize("arguments", [["--force"], ["-o", "out"]])
def test_without_fix_its_options_are_no_options(here: Path, arguments: list[str]) -> None:
    errors = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("profile", "check", "in.mobileconfig", *arguments, stderr=errors)
    assert end.value.code == 2
    assert "--fix takes one FILE" in errors.getvalue()
