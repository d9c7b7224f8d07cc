"""The install commands of the images, run in an empty folder and environment."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.environment import REPOSITORY
from tests.tutor_site.test_imports import WEB
from tutor_site.supervisor import Command, Supervisor, free_port

pytestmark = pytest.mark.engines
WORKER = """
import django
django.setup()
from gpu_tasks import stages
for stage in (stages.asr, stages.tts, stages.avatar, stages.embedding):
    stage()
stages.tts().warm_up()
"""


def build(image: str, folder: Path) -> Path:
    """What the last stage of a Dockerfile copies and installs, here. Returns its Python."""
    environment = folder / "venv"
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    app = folder / "app"
    app.mkdir()
    text = (REPOSITORY / "docker" / f"{image}.Dockerfile").read_text().rpartition("\nFROM ")[2]
    for line in text.replace("\\\n", " ").splitlines():
        words = line.split()
        if words[:1] == ["COPY"] and "--from" not in line:
            copy(words[1:-1], app, words[-1])
        if words[:2] == ["RUN", "pip"]:
            path = f"{environment / 'bin'}{os.pathsep}{os.environ['PATH']}"
            command = re.sub("--no-cache-dir", "", line.removeprefix("RUN"))
            subprocess.run(command, shell=True, check=True, cwd=app, env={**os.environ, "PATH": path})
    return environment / "bin" / "python"


def copy(sources: list[str], app: Path, target: str) -> None:
    for source in sources:
        origin = REPOSITORY / source
        if origin.is_dir():
            shutil.copytree(origin, app / target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            place = app / target / origin.name if target.endswith("/") else app / target
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(origin, place)


def environment(home: Path, **more: str) -> dict[str, str]:
    environ = {key: value for key, value in os.environ.items() if key not in ("STAGES", "PYTHONPATH")}
    return {**environ, "TUTOR_HOME": str(home), "DJANGO_SETTINGS_MODULE": "tutor_site.settings", **more}


def run(python: Path, home: Path, *words: str, **more: str) -> int:
    return subprocess.run([python, *words], cwd=home / "app", env=environment(home, **more)).returncode


def test_the_web_image_serves_with_what_it_installs(tmp_path: Path) -> None:
    python = build("web", tmp_path)

    assert run(python, tmp_path, "manage.py", "check") == 0
    assert run(python, tmp_path, "manage.py", "migrate", "--verbosity=0") == 0
    assert run(python, tmp_path, "-c", WEB) == 0
    production = {"TUTOR_MODE": "production", "SECRET_KEY": "0123456789" * 4, "ALLOWED_HOSTS": ".school.example"}
    production["PORT"] = str(free_port())
    web = Command("web", (str(python), "manage.py", "web"), environment(tmp_path, **production), tmp_path / "app")
    with Supervisor([web], logs=tmp_path / "logs") as processes:
        processes.wait_ready(
            lambda: "an answer" if run(python, tmp_path, "tutor_site/answers.py", **production) else None, timeout=120
        )
    installed = subprocess.run([python, "-m", "pip", "freeze"], capture_output=True, text=True, check=True).stdout
    assert not re.search(r"(?m)^(torch|onnxruntime|av|opencv|faster-whisper|ctranslate2)", installed)


def test_the_worker_image_loads_its_engines_with_what_it_installs(tmp_path: Path) -> None:
    python = build("cpu", tmp_path)

    assert run(python, tmp_path, "-c", WORKER) == 0
