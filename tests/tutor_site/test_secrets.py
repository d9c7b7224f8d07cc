"""Secrets come from the environment, which the settings alone read."""

import re
import subprocess

from tests.environment import REPOSITORY

LOOKS_SECRET = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|\b(AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{30,}|\bhf_[A-Za-z0-9]{30,}"
    r"|\bsk-[A-Za-z0-9_-]{30,}|\bxox[abp]-[A-Za-z0-9-]{20,}|\beyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}\."
)
READS_ENVIRONMENT = re.compile(r"\bos\.(environ|getenv)|\benviron\.get\(")
# Processes are started with an environment there; the others are a server of its own and a library's switches.
MAY = re.compile(r"^(tutor_site/|gpu_tasks/engines/llm/embedded\.py|gpu_tasks/engines/asr/whisperx\.py)")


def tracked() -> list[str]:
    done = subprocess.run(["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_nothing_that_is_kept_looks_like_a_secret() -> None:
    found = []
    for name in tracked():
        file = REPOSITORY / name
        if file.is_file() and file.stat().st_size < 2_000_000:
            found += [name for _ in LOOKS_SECRET.finditer(file.read_text(errors="replace"))]

    assert found == []


def test_no_settings_with_secrets_are_kept() -> None:
    assert [name for name in tracked() if re.search(r"(^|/)\.env($|\.)|\.pem$|\.key$|id_rsa", name)] == []


def test_only_the_settings_read_the_environment() -> None:
    packages = ("accounts/", "sessions_app/", "gpu_tasks/", "tutor_site/")
    python = [name for name in tracked() if name.endswith(".py") and name.startswith(packages) and not MAY.match(name)]

    assert [name for name in python if READS_ENVIRONMENT.search((REPOSITORY / name).read_text())] == []
