"""The same engines behind pipecat, in the environment of requirements-pipecat.txt: thin adapters, and pipecat's own
pipeline, client of the language model and cutting of sentences.

    python -m bench.pipecat_pipeline '{"url": …, "key": …, "model": …, "slot": …, "voice": …, "face": …, …}'

reads the messages of a prompt from each line of its input, and answers each with the times of the turn.
"""

import asyncio
import json
import sys
import time
from collections import deque
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any

from loguru import logger
from pipecat.frames.frames import Frame, LLMContextFrame, LLMFullResponseEndFrame, LLMTextFrame, TTSAudioRawFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.openai.llm import OpenAILLMService
from pipecat.services.settings import TTSSettings
from pipecat.services.tts_service import TTSService
from pipecat.workers.runner import WorkerRunner

from gpu_tasks import fmp4
from gpu_tasks.engines.avatar.base import Avatar
from gpu_tasks.engines.avatar.cpu import CpuAvatar
from gpu_tasks.engines.tts.base import Speech
from gpu_tasks.engines.tts.voices import PackagedVoices
from gpu_tasks.speakable import speakable

SAMPLE_RATE = 24_000


@dataclass
class Turn:
    began: float = 0.0
    times: dict[str, float] = field(default_factory=dict)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def first(self, name: str) -> None:
        self.times.setdefault(name, time.perf_counter() - self.began)


class Watch(FrameProcessor):
    """Behind the language model."""

    def __init__(self, turn: Turn) -> None:
        super().__init__()
        self._turn = turn

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, LLMTextFrame) and frame.text:
            self._turn.first("first_token")
        await self.push_frame(frame, direction)


class Voice(TTSService):
    def __init__(self, voice: str, spoken: deque[Speech], turn: Turn) -> None:
        settings = TTSSettings(model=None, voice=voice, language=None)
        super().__init__(settings=settings, sample_rate=SAMPLE_RATE, push_start_frame=True)
        self._engine, self._name, self._spoken, self._turn = PackagedVoices(), voice, spoken, turn
        self._engine.warm_up()

    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame, None]:
        speech = await asyncio.to_thread(self._engine.speak, speakable(text), voice=self._name)
        if len(speech.pcm):
            self._turn.first("first_audio")
            self._spoken.append(speech)
            yield TTSAudioRawFrame(speech.pcm.tobytes(), speech.sample_rate, 1, context_id=context_id)


class Renderer(FrameProcessor):
    """The last stage: sound becomes video, a sentence at a time."""

    def __init__(self, face: Avatar, spoken: deque[Speech], turn: Turn) -> None:
        super().__init__()
        self._engine, self._face, self._spoken, self._turn = CpuAvatar(), face, spoken, turn
        self._engine.warm_up()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, TTSAudioRawFrame):
            await asyncio.to_thread(self._render, self._spoken.popleft())
        await self.push_frame(frame, direction)
        if isinstance(frame, LLMFullResponseEndFrame):
            self._turn.first("total")
            self._turn.over.set()

    def _render(self, speech: Speech) -> None:
        frames = self._engine.animate(speech, self._face)
        width, height = self._engine.width, self._engine.height
        for _ in fmp4.fragments(frames, speech.pcm, speech.sample_rate, width=width, height=height):
            self._turn.first("first_frame")


async def main(given: dict[str, Any]) -> None:
    turn, spoken = Turn(), deque[Speech]()
    settings = OpenAILLMService.Settings(
        model=given["model"], max_tokens=given["max_tokens"], extra={"extra_body": {"id_slot": given["slot"]}}
    )
    llm = OpenAILLMService(api_key=given["key"], base_url=given["url"], settings=settings)
    renderer = Renderer(Avatar(**given["face"]), spoken, turn)
    pipeline = Pipeline([llm, Watch(turn), Voice(given["voice"], spoken, turn), renderer])
    worker = PipelineWorker(
        pipeline, params=PipelineParams(audio_out_sample_rate=SAMPLE_RATE), cancel_on_idle_timeout=False
    )
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    running = asyncio.create_task(runner.run())
    while line := await asyncio.to_thread(sys.stdin.readline):
        turn.times.clear()
        turn.over.clear()
        turn.began = time.perf_counter()
        await worker.queue_frame(LLMContextFrame(LLMContext(json.loads(line))))
        await asyncio.wait_for(turn.over.wait(), 60)
        print(json.dumps(turn.times), flush=True)
    await worker.cancel()
    await running


if __name__ == "__main__":
    logger.remove()
    logger.add(sys.stderr, level="WARNING")
    asyncio.run(main(json.loads(sys.argv[1])))
