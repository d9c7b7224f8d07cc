"""The doctor, with the fakes as engines."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.environment import FAKES
from tutor_site.doctor.stage import Finding, Speed
from tutor_site.doctor.table import table, turn_words
from tutor_site.doctor.turn import WholeTurn

ROOT = Path(__file__).resolve().parents[2]
STAGES = json.loads(FAKES) | {
    "asr": {"ENGINE": "gpu_tasks.engines.asr.fake.FakeASR", "OPTIONS": {"text": "What do plants need?"}},
}


def doctor(
    home: Path, *words: str, stages: dict[str, object] = STAGES, **env: str
) -> "subprocess.CompletedProcess[str]":
    ours = {"TUTOR_HOME": str(home), "STAGES": json.dumps(stages), "LLM_URL": "http://127.0.0.1:9/v1"}
    command = [sys.executable, "manage.py", "doctor", *words]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **ours, **env}, capture_output=True, text=True)


def test_a_stage_is_charged_with_its_own_memory_and_not_with_that_of_who_started_it() -> None:
    large = b"x" * 600_000_000
    code = "import django; django.setup(); from tutor_site.doctor import stage; print(stage.examine('llm').memory)"
    env = {**os.environ, "STAGES": json.dumps(STAGES), "DJANGO_SETTINGS_MODULE": "tutor_site.settings"}

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True)

    assert 0 < int(done.stdout) < len(large)


def test_a_machine_that_can_serve_is_told_so_after_a_whole_turn(tmp_path: Path) -> None:
    done = doctor(tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    rows = [line.split() for line in done.stdout.splitlines()[1:5]]
    assert [(row[0], row[-1]) for row in rows] == [(name, "fits") for name in ("asr", "llm", "tts", "avatar")]
    assert "One whole turn: completed; " in done.stdout
    assert "first token" in done.stdout
    assert "heard: What do plants need?" in done.stdout
    assert done.stdout.endswith("This machine can serve.\n")
    assert list(tmp_path.iterdir()) == []  # it has a home of its own


def test_what_is_missing_is_named_and_no_turn_is_tried(tmp_path: Path) -> None:
    model = tmp_path / "no-model"
    hearing = {"ENGINE": "gpu_tasks.engines.asr.whisper.FasterWhisper", "OPTIONS": {"model": str(model)}}
    face = {"ENGINE": "gpu_tasks.engines.avatar.nobody.Nobody"}

    done = doctor(tmp_path, stages={**STAGES, "asr": hearing, "avatar": face})

    assert done.returncode == 1
    assert str(model) in done.stdout
    assert "not in this environment: No module named 'gpu_tasks.engines.avatar.nobody'" in done.stdout
    assert "One whole turn" not in done.stdout
    assert "This machine cannot serve: asr, avatar." in done.stderr


def test_with_the_gpu_profile_a_machine_without_a_gpu_hears_that_first(tmp_path: Path) -> None:
    done = doctor(tmp_path, TUTOR_PROFILE="gpu", PATH=str(tmp_path))

    assert done.returncode == 1
    assert "This machine cannot serve the gpu profile: no GPU: nvidia-smi is not on this machine" in done.stderr
    assert done.stdout == ""


def test_a_stage_that_is_too_slow_does_not_fit() -> None:
    quick = Finding(engine="A", speed=Speed(value=25.0, needed=25, unit="frames/s", said="36 frames"))
    slow = Finding(engine="B", speed=Speed(value=24.9, needed=25, unit="frames/s", said="36 frames"))
    broken = Finding(engine="C", error="model_missing: /models/unet.pth is missing")

    head, *rows = table([("a", "avatar", quick), ("b", "avatar", slow), ("c", "avatar", broken)]).splitlines()

    assert head.startswith("worker  stage   engine")
    assert [row.rsplit("  ", 1)[1] for row in rows[:3]] == ["fits", "TOO SLOW", "FAILS"]
    assert rows[-1] == "  c: model_missing: /models/unet.pth is missing"


@pytest.mark.parametrize(("degraded", "fit"), [([], True), (["video"], False)])
def test_a_turn_without_its_face_does_not_fit(degraded: list[str], fit: bool) -> None:
    turn = WholeTurn(status="completed", heard="q", reply="r", degraded=degraded, timings={"total": 1234}, error="")

    assert turn.is_fit is fit
    assert ("missing: video" in turn_words(turn)) is not fit
