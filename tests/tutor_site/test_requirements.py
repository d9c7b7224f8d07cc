"""Every environment that runs Django can start it."""

from pathlib import Path

import pytest

DOCKER = Path(__file__).resolve().parents[2] / "docker"
WEB_ALONE = {"psycopg", "uvloop"}


def names(file: Path) -> set[str]:
    lines = (line.strip() for line in file.read_text().splitlines())
    words = (line.partition("==")[0].partition("[")[0] for line in lines if line and line[0] not in "#-")
    return {word.lower().replace("_", "-") for word in words}


@pytest.mark.parametrize("environment", ["requirements-whisperx.txt", "requirements-whisperx-cpu.txt"])
def test_an_environment_of_its_own_has_all_that_the_site_imports(environment: str) -> None:
    wanted = names(DOCKER / "requirements-web.txt") - WEB_ALONE

    assert wanted - names(DOCKER / environment) == set()
