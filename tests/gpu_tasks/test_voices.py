import os
import subprocess
import sys

import pytest

from gpu_tasks.voices import offered
from tests.environment import REPOSITORY
from tests.tutor_site.test_imports import HEAVY

LIST = """
import sys, django
django.setup()
from gpu_tasks.voices import offered
print(len(offered()))
print(*sorted({name.partition(".")[0] for name in sys.modules} & set(sys.argv[1].split())))
"""


@pytest.mark.parametrize(("profile", "least"), [("cpu", 11), ("gpu", 31)])
def test_voices_are_listed_without_a_models_library(profile: str, least: int) -> None:
    listed = subprocess.run(
        [sys.executable, "-c", LIST, " ".join([*HEAVY, "pypinyin", "rjieba"])],
        cwd=REPOSITORY,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tutor_site.settings", "TUTOR_PROFILE": profile, "STAGES": "{}"},
        capture_output=True,
        text=True,
        check=True,
    )
    count, *loaded = listed.stdout.split()

    assert int(count) >= least
    assert loaded == []


def test_the_voices_are_those_of_the_configured_engine(settings: object) -> None:
    settings.STAGES = {"tts": {"ENGINE": "gpu_tasks.engines.tts.fake.FakeVoice"}}  # type: ignore[attr-defined]

    assert list(offered()) == ["tone"]
