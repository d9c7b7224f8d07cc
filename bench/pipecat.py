"""The process that runs the engines behind pipecat (pipecat_pipeline.py), and asks it."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from django.conf import settings

from bench.product import ROOT
from gpu_tasks.engines.llm.base import Message
from sessions_app.models import Tutor
from tutor_site.supervisor import DEFAULTS


class Pipecat:
    def __init__(self, asks: IO[str], answers: IO[str]) -> None:
        self._asks, self._answers = asks, answers

    def turn(self, prompt: list[Message]) -> dict[str, float]:
        self._asks.write(json.dumps(prompt) + "\n")
        self._asks.flush()
        times: dict[str, float] = json.loads(self._answers.readline())
        return times


@contextmanager
def pipecat(tutor: Tutor, *, slot: int) -> Iterator[Pipecat | None]:
    """`slot`: of the language model's server. None where its environment is not installed (`make bench` does that)."""
    python = settings.TUTOR_HOME / "pipecat-venv" / "bin" / "python"
    if not python.exists():
        yield None
        return
    face = tutor.faces().filter(kind="illustrated").first()
    assert face is not None
    llm = settings.STAGES["llm"]["OPTIONS"]
    given = {
        "url": llm["url"],
        "key": llm["api_key"],
        "model": llm["model"],
        "voice": tutor.voice,
        "face": {"avatar_id": face.avatar_id, "kind": "illustrated", "features": face.features},
        "max_tokens": settings.REPLY_MAX_TOKENS,
        "slot": slot,
    }
    environment = {**os.environ, **DEFAULTS}
    command = [str(python), "-W", "ignore", "-m", "bench.pipecat_pipeline", json.dumps(given)]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield Pipecat(process.stdin, process.stdout)
        finally:
            process.stdin.close()
