"""The web image installs what the web process imports. Building it takes a minute, so here all that it would not
install is hidden."""

import os
import subprocess
import sys
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.environment import REPOSITORY
from tests.tutor_site.test_imports import WEB

HIDE = """
import sys
for name in sys.argv[1].split():
    sys.modules[name] = None
"""


def brought_by(lines: list[str]) -> set[str]:
    """The packages of these requirements, and all that they bring along."""
    found: set[tuple[str, str]] = set()
    wanted = [(canonicalize_name(each.name), {"", *each.extras}) for each in map(Requirement, lines)]
    while wanted:
        name, extras = wanted.pop()
        new = {extra for extra in extras if (name, extra) not in found}
        found |= {(name, extra) for extra in new}
        for needed in map(Requirement, metadata.requires(name) or [] if new else []):
            if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in new):
                wanted.append((canonicalize_name(needed.name), {"", *needed.extras}))
    return {name for name, _ in found}


def imports_with(lines: list[str]) -> subprocess.CompletedProcess[str]:
    installed = brought_by(lines)
    hidden = [
        module
        for module, packages in metadata.packages_distributions().items()
        if not {canonicalize_name(package) for package in packages} & installed
    ]
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "tutor_site.settings"}
    command = [sys.executable, "-c", HIDE + WEB, " ".join(hidden)]
    return subprocess.run(command, cwd=REPOSITORY, env=environ, capture_output=True, text=True)


def test_the_web_image_installs_all_that_the_web_process_imports() -> None:
    text = (REPOSITORY / "docker" / "requirements-web.txt").read_text()
    lines = [line for line in text.splitlines() if line and not line.startswith(("#", "-"))]

    whole = imports_with(lines)
    without_one = imports_with([line for line in lines if line != "charset-normalizer"])

    assert whole.returncode == 0, whole.stderr
    assert "charset_normalizer" in without_one.stderr
