"""The gpu profile's own code from end to end, on the CPU: WhisperX, llama.cpp, Bark and MuseTalk, each in a worker of
its own. Small weights in the real formats, those of Bark and MuseTalk by chance: what is said and shown is noise."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import av
import pytest

from gpu_tasks.engines.asr.weights import packaged_base
from gpu_tasks.engines.llm.embedded import weights
from tests.environment import REPOSITORY
from tutor_site.doctor.turn import WholeTurn
from tutor_site.supervisor import Stack, Supervisor, free_port

pytestmark = pytest.mark.gpu

READY_WITHIN = 400.0
VENVS = Path(sys.prefix).parent
WORKERS = "".join(
    f'[[workers]]\nname = "{name}"\nqueues = ["{name}"]\n{more}\n'
    for name, more in {
        "asr": 'venv = "whisperx-venv"',
        "llm": "",
        "tts": "",
        "avatar": "concurrency = 4",
        "default": "database = true",
    }.items()
)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.gpu_tasks.engines.tts.tiny_bark import make_tiny_bark

    folder = tmp_path_factory.mktemp("models")
    (folder / "whisperx").symlink_to(packaged_base(folder))
    (folder / "llm").mkdir()
    (folder / "llm" / "model.gguf").symlink_to(weights())
    make_tiny_bark(folder / "bark")
    (folder / "musetalk").symlink_to(REPOSITORY / "tests" / "data" / "musetalk-golden")
    return folder


@pytest.fixture(scope="module")
def stack(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    assert (VENVS / "whisperx-venv").is_dir(), "wanted: docker/whisperx-cpu-env.sh (make test-engines-gpu calls it)"
    home = tmp_path_factory.mktemp("gpu-profile")
    workers = home / "workers.toml"
    workers.write_text(WORKERS)
    inherited = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH") if key in os.environ}
    environ = {
        **inherited,
        "TUTOR_MODE": "demo",
        "TUTOR_PROFILE": "gpu",
        "DEVICE": "cpu",
        "MODELS_DIR": str(models),
        "REPLY_MAX_TOKENS": "24",
        # Noise for speech is painted without a pause, beside three faces that are prepared.
        "TURN_SILENCE_SECONDS": "300",
    }
    stack = Stack(home=home, root=REPOSITORY, port=free_port(), environ=environ, workers=workers, venvs=VENVS)
    with Supervisor(stack.engines(), logs=home / "logs") as processes:
        manage(stack, "migrate", "--verbosity=0")
        manage(stack, "seed")
        (home / "static").mkdir()
        processes.add(*stack.site())
        processes.wait_ready(stack.answers, timeout=READY_WITHIN)
        yield stack


def manage(stack: Stack, *words: str) -> str:
    command = [sys.executable, "manage.py", *words]
    done = subprocess.run(command, env=stack.environment, cwd=stack.root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_spoken_turn_is_heard_thought_spoken_and_shown(stack: Stack) -> None:
    turn = WholeTurn.model_validate_json(manage(stack, "doctor", "--take-turn", "en_speaker_6").splitlines()[-1])

    assert (turn.status, turn.error) == ("completed", "")
    # A CPU may draw too slowly: then what follows the first segment goes without its face.
    assert turn.degraded in ([], ["video"])
    assert "plants" in turn.heard.lower()
    assert len(turn.reply.split()) > 3
    assert turn.timings["first_frame"] >= turn.timings["first_audio"] > turn.timings["first_token"]
    videos = sorted((stack.home / "media").rglob("*.mp4"))
    segments = [video for video in videos if video.stem.isdigit()]
    assert segments
    for segment in segments:
        with av.open(str(segment)) as film:
            assert {stream.type for stream in film.streams} == {"video", "audio"}
            assert sum(1 for _ in film.decode(video=0)) % 4 == 0


def test_no_worker_died(stack: Stack) -> None:
    logs = {log.stem: log.read_text() for log in (stack.home / "logs").glob("worker-*.log")}
    assert len(logs) == 5
    assert not [name for name, text in logs.items() if "exited with" in text or "was killed" in text]
