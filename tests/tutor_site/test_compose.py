"""The images and compose files, as far as they can be checked without a Docker engine."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests.environment import REPOSITORY
from tutor_site.answers import host
from tutor_site.compose import IMAGES
from tutor_site.management.commands.compose import text
from tutor_site.supervisor import read_workers

DOCKER = REPOSITORY / "docker"
FILES = sorted((DOCKER / "workers").glob("*.toml"))
DOCKERFILES = sorted(DOCKER.glob("*.Dockerfile"))
SCHEMA = json.loads((REPOSITORY / "tests" / "data" / "compose" / "compose_spec.json").read_text())


def overlay(file: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((DOCKER / f"compose.{file.stem}.yml").read_text())
    return content


def base() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yml").read_text())
    content.pop("name")  # younger than the schema
    return content


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_compose_file_of_the_workers_is_what_their_file_says(file: Path) -> None:
    assert (DOCKER / f"compose.{file.stem}.yml").read_text() == text(file), "run `make generate`"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_worker_is_one_service_on_its_own_card(file: Path) -> None:
    services = overlay(file)["services"]
    specs = read_workers(file)

    assert set(services) - {"web"} == {f"worker-{spec.name}" for spec in specs}
    for spec in specs:
        service = services[f"worker-{spec.name}"]
        devices = service.get("deploy", {}).get("resources", {}).get("reservations", {}).get("devices", [])
        assert [device["device_ids"] for device in devices] == ([spec.gpu.split(",")] if spec.gpu else [])
        assert service["command"][3:6] == [spec.name, "--file", f"docker/workers/{file.name}"]
        assert service["build"]["dockerfile"] == f"docker/{IMAGES[spec.venv]}.Dockerfile"
        assert ("DATABASE_URL" in service["environment"]) is spec.database


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_compose_files_follow_the_specification(file: Path) -> None:
    validator = jsonschema.Draft201909Validator(SCHEMA)
    validator.validate(base())
    validator.validate(overlay(file))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_services_name_is_there(file: Path) -> None:
    whole, workers = base(), overlay(file)
    services = whole["services"] | {name: service for name, service in workers["services"].items() if name != "web"}
    volumes = {*whole["volumes"], *workers["volumes"]}

    for name, service in services.items():
        assert set(service.get("depends_on", {})) <= set(services), name
        assert {each.partition(":")[0] for each in service.get("volumes", [])} <= volumes, name
        assert set(service["networks"]) <= set(whole["networks"]), name
        assert "healthcheck" in service or name in ("web", "migrate"), name  # the web image has its own
        if "build" in service:
            assert (DOCKER / service["build"]["context"] / service["build"]["dockerfile"]).is_file(), name


def test_no_secret_stands_in_a_compose_file() -> None:
    for file in DOCKER.glob("compose*.yml"):
        for name, service in yaml.safe_load(file.read_text())["services"].items():
            for key, value in service.get("environment", {}).items():
                if re.search("PASSWORD|SECRET|KEY|URL|AUTH", key):
                    assert "${" in str(value), f"{file.name}: {name}: {key}"


def test_only_the_web_process_is_reached_from_outside() -> None:
    assert [name for name, service in base()["services"].items() if "ports" in service] == ["web"]


@pytest.mark.parametrize("file", DOCKERFILES, ids=lambda file: file.stem)
def test_an_image_copies_what_is_there_and_runs_as_nobody_special(file: Path) -> None:
    lines = file.read_text().splitlines()
    copied = [line.split()[1:-1] for line in lines if line.startswith("COPY") and "--from" not in line]

    for source in (source for sources in copied for source in sources):
        assert (REPOSITORY / source).exists(), source
    assert [line for line in lines if line.startswith("USER")] == ["USER 10001"]


@pytest.mark.parametrize("file", DOCKERFILES, ids=lambda file: file.stem)
def test_hadolint_has_nothing_to_say(file: Path) -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([hadolint, "--no-color", str(file)], capture_output=True, text=True)
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("allowed", "asked"), [("", "localhost"), ("*", "localhost"), (".school.org,x", "school.org"), ("a.org", "a.org")]
)
def test_the_health_check_asks_for_a_name_that_is_let_in(allowed: str, asked: str) -> None:
    assert host(allowed) == asked
