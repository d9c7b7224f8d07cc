"""What a model sees in a message that no rule does, where the school has set one. The rules come first, and where it is
silent, slow or wrong they stand alone."""

import json
import logging
import time
from collections.abc import Iterable
from typing import Any

import httpx
from django.conf import settings
from pydantic import BaseModel, ValidationError

from sessions_app.safety.rules import EXCERPT, Hit, rule_named

logger = logging.getLogger(__name__)

MOST_BYTES = 64 * 1024
MOST_SIGNS = 4_000
RULES = {
    "self-harm": "self_harm",
    "sexual/minors": "abuse",
    "sexual": "sexual",
    "violence": "violence",
    "hate/threatening": "violence",
    "harassment/threatening": "violence",
    "hate": "bullying",
    "harassment": "bullying",
    "illicit/violent": "weapons",
    "illicit": "drugs",
}
"""Categories of moderation, the narrower before the wider, and the rule whose alert and answer they get."""

ORDER = (
    "You check messages between a pupil and an AI tutor for a school. Reply with JSON alone, like "
    '{"categories": []}. Put in those of these categories that the message really is, '
    "none for a question about a lesson: " + ", ".join(RULES)
)


class _Result(BaseModel):
    categories: dict[str, bool | None]


class _Moderated(BaseModel):
    results: list[_Result]


class _Named(BaseModel):
    categories: list[str]


def second_opinion(text: str, known: Iterable[Hit], about: str) -> list[Hit]:
    """`known`: what the rules have found. `about`: whose message it is, for the log."""
    if not settings.SAFETY_URL or not text.strip():
        return []
    try:
        named = _asked_chat(text) if settings.SAFETY_ASKS == "chat" else _moderated(text)
    except (httpx.HTTPError, TimeoutError, ValidationError, ValueError, LookupError, TypeError) as error:
        logger.warning("%s: no second opinion, the rules stand alone: %s: %s", about, type(error).__name__, error)
        return []
    there = {hit.rule.category for hit in known}
    rules = {RULES[name]: rule_named(RULES[name]) for name in RULES if _is_named(name, named)}
    return [Hit(rule, text.strip()[:EXCERPT]) for rule in rules.values() if rule.category not in there]


def _is_named(name: str, named: set[str]) -> bool:
    """Also by what it is in particular ("self-harm/intent"), where that has no row of its own."""
    return any(each == name or (each.startswith(f"{name}/") and each not in RULES) for each in named)


def _moderated(text: str) -> set[str]:
    answer = _Moderated.model_validate(_post("moderations", {"input": text[:MOST_SIGNS]}))
    return {name for result in answer.results for name, is_so in result.categories.items() if is_so}


def _asked_chat(text: str) -> set[str]:
    messages = [{"role": "system", "content": ORDER}, {"role": "user", "content": text[:MOST_SIGNS]}]
    answer = _post("chat/completions", {"messages": messages, "temperature": 0, "max_tokens": 100})
    content: str = answer["choices"][0]["message"]["content"]
    return set(_Named.model_validate_json(content[content.index("{") : content.rindex("}") + 1]).categories)


def _post(path: str, body: dict[str, Any]) -> Any:
    """Raises when the answer is not there in time, however slowly it comes."""
    until = time.monotonic() + settings.SAFETY_SECONDS
    headers = {"Authorization": f"Bearer {settings.SAFETY_API_KEY}"} if settings.SAFETY_API_KEY else {}
    if settings.SAFETY_MODEL:
        body = {"model": settings.SAFETY_MODEL, **body}
    address, data = f"{settings.SAFETY_URL.rstrip('/')}/{path}", b""
    with (
        httpx.Client(timeout=settings.SAFETY_SECONDS) as client,
        client.stream("POST", address, json=body, headers=headers) as answer,
    ):
        answer.raise_for_status()
        for piece in answer.iter_bytes():
            data += piece
            if time.monotonic() > until or len(data) > MOST_BYTES:
                raise TimeoutError("the answer is too slow or too long")
    return json.loads(data)
