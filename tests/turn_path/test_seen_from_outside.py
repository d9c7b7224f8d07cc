"""A turn leaves its trace in the metrics and the log of every process it went through."""

import json
from collections.abc import Callable
from typing import Any

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.turn_path.client import Message, Socket
from tests.turn_path.conftest import METRICS_TOKEN, Product
from tests.turn_path.engines import SAY

STAGES = {
    "worker-asr": "transcribe",
    "worker-default": "retrieve",
    "worker-llm": "reply",
    "worker-tts": "speak",
    "worker-avatar": "animate",
}


def samples(url: str, **headers: str) -> dict[tuple[str, str], float]:
    """By name and stage."""
    answer = httpx.get(url, headers=headers, trust_env=False)
    answer.raise_for_status()
    families = text_string_to_metric_families(answer.text)
    return {(s.name, s.labels.get("stage", "")): s.value for family in families for s in family.samples}


def lines(product: Product, process: str) -> list[dict[str, Any]]:
    """All but the supervisor's own."""
    text = product.processes.log(process).read_text()
    return [json.loads(line) for line in text.splitlines() if line and not line.startswith("---")]


async def spoken(stream: Socket, recording: str) -> str:
    """A turn through all stages. Returns its id."""
    await stream.send("audio", data=recording)
    return str((await stream.until("done"))[-1]["turn_id"])


async def test_every_process_counts_what_it_did(product: Product, stream: Socket, recording: str) -> None:
    await spoken(stream, recording)

    first = int(product.stack.environment["METRICS_PORT"])
    for index, spec in enumerate(product.stack.specs()):
        found = samples(f"http://127.0.0.1:{first + index}/metrics")
        if stage := STAGES.get(f"worker-{spec.name}"):
            assert found["tutor_stage_working_seconds_count", stage] >= 1
            assert found["tutor_stage_queued_seconds_count", stage] >= 1
            assert found["tutor_stage_working", stage] == 0
        if spec.name == "default":
            assert found["tutor_turns_total", ""] >= 1
    web = samples(f"{product.base}/metrics", authorization=f"Bearer {METRICS_TOKEN}")
    assert web["tutor_sockets", ""] >= 1
    assert web["tutor_delivery_seconds_count", ""] >= 1
    assert web["tutor_media_bytes_total", ""] > 0


async def test_the_log_of_every_process_is_json_and_names_the_turn(
    product: Product,
    session: Message,
    stream: Socket,
    recording: str,
    eventually: Callable[[Callable[[], bool]], None],
) -> None:
    turn_id = await spoken(stream, recording)

    def of_turn(process: str) -> list[dict[str, Any]]:
        return [line for line in lines(product, process) if line.get("turn") == turn_id]

    for process, stage in STAGES.items():
        eventually(lambda process=process: bool(of_turn(process)))  # type: ignore[misc]
        assert {line["process"] for line in of_turn(process)} == {process}
        assert {str(line["stage"]).partition(":")[0] for line in of_turn(process)} <= {stage, "complete"}
        assert {line["session"] for line in of_turn(process)} == {session["session_id"]}
    assert of_turn("web")


async def test_what_is_said_is_in_no_log(product: Product, stream: Socket) -> None:
    await stream.turn(f"{SAY}Photosynthesis is a very long word.")

    for process in (*STAGES, "web"):
        assert "Photosynthesis" not in product.processes.log(process).read_text()
