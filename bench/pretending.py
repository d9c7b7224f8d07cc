"""The whole product with engines that cost nothing, or pretend to cost what others do."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from bench.product import own_home, running
from tutor_site.supervisor import Stack, WorkerSpec

Stages = Mapping[str, Any]
NO_MODEL = "http://127.0.0.1:9"
"""Named, so that the embedded one is not started."""


def fake(engine: str, **options: object) -> dict[str, Any]:
    return {"ENGINE": engine, "OPTIONS": options}


FAKES: Stages = {
    "asr": fake("gpu_tasks.engines.asr.fake.FakeASR"),
    "llm": fake(
        "gpu_tasks.engines.llm.fake.FakeChat",
        script="Leaves take in light, and roots take in water. Together they make sugar.",
    ),
    "tts": fake("gpu_tasks.engines.tts.fake.FakeVoice"),
    "avatar": fake("gpu_tasks.engines.avatar.fake.FakeAvatar"),
    "embedding": fake("gpu_tasks.engines.embedding.fake.FakeEmbedding"),
}


@contextmanager
def pretending(
    stages: Stages | None = None, workers: list[WorkerSpec] | None = None, **environ: str
) -> Iterator[Stack]:
    """`stages`: those that are not the shipped fakes. `workers`: others than those of the CPU profile."""
    with own_home() as home:
        file = None
        if workers:
            file = home / "workers.toml"
            file.write_text("\n".join(_entry(spec) for spec in workers))
        environ = {"STAGES": json.dumps({**FAKES, **(stages or {})}), "LLM_URL": NO_MODEL, **environ}
        with running(home, workers=file, **environ) as stack:
            from sessions_app.models import Tutor

            Tutor.objects.update(voice="tone")
            yield stack


def _entry(spec: WorkerSpec) -> str:
    return (
        f'[[workers]]\nname = "{spec.name}"\nqueues = {json.dumps(spec.queues)}\n'
        f"concurrency = {spec.concurrency}\ndatabase = {json.dumps(spec.database)}\n"
    )
