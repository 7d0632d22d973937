"""The files by which it is run elsewhere say only what is so, and give away no more than they must."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from designer.config.env import FILE_NAMES, NAMES
from designer.management.commands.serve import PARTS
from tests.processes import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service.get("image") == "profile-designer"}
DOCKERFILE = (ROOT / "Dockerfile").read_text()

each_service = pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
each_of_ours = pytest.mark.parametrize("service", OURS.values(), ids=OURS)


def test_all_parts_are_there() -> None:
    assert set(OURS) == {"prepare", *PARTS}


@each_service
def test_a_container_can_do_no_more_than_it_must(service: dict[str, Any]) -> None:
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"])
    assert "/tmp" in [mount.partition(":")[0] for mount in service["tmpfs"]]


@each_service
def test_a_container_comes_back_and_its_health_is_known(service: dict[str, Any]) -> None:
    if service.get("command", [])[-1:] == ["prepare"]:
        assert (service["restart"], service["healthcheck"]) == ("on-failure", {"disable": True})
        return
    assert service["restart"] == "unless-stopped"
    kind, program = service["healthcheck"]["test"][:2]
    assert kind in ("CMD", "CMD-SHELL")
    assert program


@each_of_ours
def test_only_settings_that_are_read_are_passed_on(service: dict[str, Any]) -> None:
    assert service["environment"].keys() <= {*NAMES, *FILE_NAMES}


@pytest.mark.parametrize("part", PARTS)
def test_each_part_is_started_and_asked_for_its_health_by_its_name(part: str) -> None:
    assert OURS[part]["command"] == ["python", "manage.py", "serve", part]
    asked = OURS[part]["healthcheck"]["test"]
    assert asked[:4] == ["CMD", "python", "-m", "designer.healthcheck"]
    assert asked[4:] == ([] if part == "web" else [part])


@each_service
def test_secrets_come_by_file_and_every_one_that_is_named_is_handed_over(service: dict[str, Any]) -> None:
    named = {path for path in service.get("environment", {}).values() if path.startswith("/run/secrets/")}
    assert named == {f"/run/secrets/{name}" for name in service.get("secrets", [])}
    assert set(service.get("secrets", [])) <= COMPOSE["secrets"].keys()
    for name, text in service.get("environment", {}).items():
        secret = re.search("PASSWORD|TOKEN|KEY|EMAIL_URL", name)
        assert not secret or name.endswith("_FILE"), name
        assert not re.search(r"//[^/@]*:[^/@]*@", text), name


def test_the_files_of_secrets_are_kept_out_of_the_repository_and_the_image() -> None:
    for secret in COMPOSE["secrets"].values():
        assert secret["file"].startswith("./secrets/")
    assert "/secrets/" in (ROOT / ".gitignore").read_text().splitlines()
    # Nothing goes into an image but what is listed.
    first, *listed = (ROOT / ".dockerignore").read_text().splitlines()
    assert first == "*"
    assert not [line for line in listed if "secret" in line or line in ("!*", "!.env", "!var")]


def test_the_files_of_secrets_are_made_once(tmp_path: Path) -> None:
    script = tmp_path / ".ci" / "secrets"
    script.parent.mkdir()
    script.write_bytes((ROOT / ".ci" / "secrets").read_bytes())
    made = []
    for _ in range(2):
        subprocess.run(["sh", script], check=True)
        made.append({path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()})
    assert made[0] == made[1]
    assert {f"./secrets/{name}" for name in made[0]} == {each["file"] for each in COMPOSE["secrets"].values()}
    assert [name for name, text in made[0].items() if text] == ["database_password"]
    assert re.fullmatch("[0-9a-f]{48}", made[0]["database_password"])
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700


def test_only_the_web_server_is_reached_from_outside_and_only_on_this_machine() -> None:
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"web"}
    assert all(port.startswith("127.0.0.1:") for port in SERVICES["web"]["ports"])
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    outside = {name for name, service in SERVICES.items() if "outside" in service["networks"]}
    assert outside == {"web", "worker"}


def test_what_needs_tables_or_keys_waits_until_they_are_made() -> None:
    for part in ("web", "worker"):
        waits = OURS[part]["depends_on"]["prepare"]
        assert waits == {"condition": "service_completed_successfully"}


def test_beat_is_given_neither_keys_nor_database() -> None:
    assert not {"secrets", "volumes"} & OURS["beat"].keys()
    assert not {"DATABASE_URL", "REDIS_URL"} & OURS["beat"]["environment"].keys()


def test_the_image_runs_as_the_user_that_the_containers_run_as() -> None:
    last = DOCKERFILE.split("\nFROM ")[-1]
    (user,) = re.findall(r"^USER (.+)$", last, re.MULTILINE)
    assert {service["user"] for service in OURS.values()} == {user}
    assert last.index("\nUSER ") < last.index("\nCMD ")
    assert last.index("compileall") < last.index("\nUSER ")


def test_everything_that_is_copied_into_the_image_is_there_and_let_in() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    names = {name for line in copied for name in line.split()}
    let_in = {line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().splitlines()}
    assert names <= let_in
    assert all((ROOT / name).exists() for name in names)
