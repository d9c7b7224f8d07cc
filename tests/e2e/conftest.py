"""The whole product on the real engines, as `make run` starts it, and a real Chromium before it."""

import base64
import io
import os
import shutil
import subprocess
import sys
import tempfile
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
import numpy as np
import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.e2e.scripted_llm import ScriptedLLM, scripted_llm
from tests.e2e.student import log_in
from tests.environment import REPOSITORY
from tutor_site.supervisor import Stack, Supervisor, free_port, llm_command
from tutor_site.supervisor.stack import EMBEDDED_MODEL

READY_SECONDS = 180
PATIENCE = 30
CONTEXT_TOKENS = "2048"
QUIET_START = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MICROPHONE = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser's at the end: they share a product, which nothing else has to share the machine with. What two
    cores are at, with a browser, seven processes and their models, can make one late: it may be tried again, and the
    report says so."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=2))


class Scripted(NamedTuple):
    """The product with a language model that says what the tests want; all else is real."""

    address: str
    processes: Supervisor
    llm: ScriptedLLM


@pytest.fixture(scope="session")
def scripted() -> Iterator[Scripted]:
    """Started once, for it takes half a minute. One student asks more here than he may elsewhere."""
    port = free_port()
    model = f"http://127.0.0.1:{port}"
    settings = {
        "LLM_API_KEY": "of-the-tests",
        "LLM_MODEL": EMBEDDED_MODEL,
        "LLM_CONTEXT_TOKENS": CONTEXT_TOKENS,
        "DEMO_BRAIN": "true",
        "MINUTES_A_DAY": "1000",
        "SESSIONS_AT_ONCE": "0",
        "TURNS_PER_MINUTE": "600",
        "ACCESS_TOKEN_MINUTES": "600",
    }
    with (
        scripted_llm(real=model) as llm,
        running_processes(LLM_URL=llm.address, **settings) as (stack, processes),
    ):
        processes.add(llm_command(REPOSITORY, stack.environment, port=port, context=CONTEXT_TOKENS))
        processes.wait_ready(lambda: _still_loading(model), timeout=READY_SECONDS)
        yield Scripted(stack.base, processes, llm)


@pytest.fixture(scope="module")
def llm(scripted: Scripted, request: pytest.FixtureRequest) -> ScriptedLLM:
    """Says the module's SCRIPTS."""
    scripted.llm.learn(request.module.SCRIPTS)
    return scripted.llm


@pytest.fixture(scope="module")
def product(scripted: Scripted, llm: ScriptedLLM) -> str:
    """Its address."""
    return scripted.address


@contextmanager
def running_processes(**settings: str) -> Iterator[tuple[Stack, Supervisor]]:
    """The whole product, with these settings in its environment."""
    dist = Path(os.environ.get("FRONTEND_DIST") or REPOSITORY / "frontend" / "dist")
    if not (dist / "index.html").is_file():
        pytest.fail("the web app is not built: make test builds it")
    home = Path(tempfile.mkdtemp(prefix="tutor-e2e-"))
    # Not what the tests' own Django was given: its Redis and its fakes are elsewhere.
    environ = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    environ |= {"TUTOR_MODE": "demo", "FRONTEND_DIST": str(dist), **settings}
    stack = Stack(home=home, root=REPOSITORY, port=free_port(), environ=environ)
    try:
        with Supervisor(stack.engines(), logs=home / "logs") as processes:
            for command in (["migrate", "--verbosity=0"], ["seed"], ["collectstatic", "--no-input", "--verbosity=0"]):
                manage = [sys.executable, "manage.py", *command]
                subprocess.run(manage, cwd=REPOSITORY, env=stack.environment, check=True)
            processes.add(*stack.site())
            processes.wait_ready(stack.answers, timeout=READY_SECONDS)
            access = log_in(stack.base)["access"]
            processes.wait_ready(lambda: _unprepared_faces(stack.base, access), timeout=READY_SECONDS)
            yield stack, processes
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _still_loading(model: str) -> str | None:
    try:
        return None if httpx.get(f"{model}/health", timeout=PATIENCE).is_success else "llm-server"
    except httpx.TransportError:
        return "llm-server"


def _unprepared_faces(base: str, access: str) -> str | None:
    tutors = httpx.get(f"{base}/api/tutors", headers={"Authorization": f"Bearer {access}"}, timeout=PATIENCE).json()
    waiting = [avatar["name"] for tutor in tutors for avatar in tutor["avatars"] if not avatar["idle_url"]]
    return f"avatar: {', '.join(waiting)}" if waiting else None


@pytest.fixture(scope="session")
def question(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the fake microphone hears, again and again: a question, and a pause."""
    from gpu_tasks.engines.tts.hibari import HibariVoice

    speech = HibariVoice().speak("What do plants need for photosynthesis?", voice="heart-low")
    file = tmp_path_factory.mktemp("microphone") / "question.wav"
    file.write_bytes(_wav(speech.pcm.tobytes() + bytes(2 * speech.sample_rate), speech.sample_rate))
    return file


@pytest.fixture(scope="session")
def voice() -> Callable[..., str]:
    """Somebody says that, from the first sound on. A WAV file in base64."""
    from gpu_tasks.engines.tts.hibari import HibariVoice

    engine = HibariVoice()

    def say(text: str, seconds: float | None = None) -> str:
        speech = engine.speak(text, voice="heart-low")
        first = int(np.argmax(np.abs(speech.pcm) > 1_500))
        pcm = speech.pcm[first : None if seconds is None else first + int(seconds * speech.sample_rate)]
        return base64.b64encode(_wav(pcm.tobytes(), speech.sample_rate)).decode()

    return say


def _wav(samples: bytes, rate: int) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(samples)
    return file.getvalue()


@pytest.fixture(scope="session")
def chromium(question: Path) -> Iterator[Browser]:
    """While it lives, Playwright has an event loop running, and no other can: these tests are the last."""
    executable = shutil.which("chromium") or shutil.which("google-chrome")
    if executable is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium on this machine; .ci/run installs one")
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        arguments = [*QUIET_START, *MICROPHONE, f"--use-file-for-fake-audio-capture={question}"]
        browser = playwright.chromium.launch(executable_path=executable, args=arguments)
        yield browser
        browser.close()
