from email.message import Message
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from tutor_site.management.commands import audit


class Package:
    def __init__(self, name: str, version: str, licence: str) -> None:
        self.version = version
        self.metadata = Message()
        self.metadata["Name"], self.metadata["License-Expression"] = name, licence


def audited(monkeypatch: pytest.MonkeyPatch, settings: Settings, folder: Path, *packages: Package) -> str:
    (folder / "constraints.txt").write_text("# pinned\nSome_Library==1.0\n")
    settings.BASE_DIR = folder
    monkeypatch.setattr(audit, "distributions", lambda: packages)
    out = StringIO()
    call_command("audit", stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("terms", ["MIT", "LGPL-3.0-only", "GNU Lesser General Public License v3", "MIT OR GPL-2.0"])
def test_what_may_be_in_the_product(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path, terms: str
) -> None:
    said = audited(monkeypatch, settings, tmp_path, Package("some-library", "1.0", terms))

    assert terms in said
    assert "Every package is as pinned" in said


@pytest.mark.parametrize(
    ("version", "terms", "why"),
    [
        ("1.1", "MIT", "some-library is 1.1; constraints.txt has 1.0"),
        ("1.0", "GPL-3.0-only", "some-library is under GPL-3.0-only"),
        ("1.0", "AGPL-3.0", "some-library is under AGPL-3.0"),
        ("1.0", "GNU General Public License v2 (GPLv2)", "some-library is under GNU General Public License"),
    ],
)
def test_what_may_not(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path, version: str, terms: str, why: str
) -> None:
    with pytest.raises(CommandError, match=why.partition(" (")[0]):
        audited(monkeypatch, settings, tmp_path, Package("some.library", version, terms))
