"""Holds back, of a reply that is being thought, what must not be said. What that is was decided before; it comes as
plain data."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import TypedDict

from pydantic import BaseModel

from gpu_tasks.withheld import Secret, tells


class Rule(TypedDict):
    """Of what nobody may say. `triggers`: small words without which none of the patterns can match; where none of them
    is, a reply streams as it comes. `harmless` is cut out before the patterns are looked for."""

    name: str
    triggers: list[str]
    patterns: list[str]
    harmless: list[str]
    instead: str


class HeldAnswer(TypedDict):
    answers: list[str]
    task: str
    asked: str
    distant: bool
    instead: str


class HeldTopic(TypedDict):
    name: str
    terms: list[str]
    spared: list[str]
    """Longer words that may be said though a term is in them."""
    instead: str


class Guard(TypedDict):
    rules: list[Rule]
    answers: list[HeldAnswer]
    topics: list[HeldTopic]


class KeptBack(BaseModel):
    """What was not said. `why`: "answer", "topic", or the name of a rule."""

    why: str
    text: str


_END = re.compile(r"(?:[.!?…]+[\"'”’)\]*_`]*(?=\s)|[。！？；]+[”’」』）]*(?=[^。！？；”’」』）])|\n+)\s*")
CLOSED = "… "


def fold(text: str) -> str:
    """As rules look at a text."""
    text = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    return unicodedata.normalize("NFKC", text).casefold().replace("’", "'")


def broken(text: str, rule: Rule) -> bool:
    folded = fold(text)
    for harmless in rule["harmless"]:
        folded = re.sub(harmless, " ", folded)
    return any(re.search(pattern, folded) for pattern in rule["patterns"])


def names(text: str, topic: HeldTopic) -> bool:
    folded = fold(text)
    for spared in topic["spared"]:
        folded = folded.replace(fold(spared), " ")
    return any(_stands_in(fold(term), folded) for term in topic["terms"])


def _stands_in(term: str, text: str) -> bool:
    if not term.isascii():
        return term in text
    return re.search(rf"(?<![a-z0-9]){re.escape(term)}(?:s|es)?(?![a-z0-9])", text) is not None


class Filter:
    """One reply's. The first thing that must not be said ends what the model says, and other words take its place."""

    def __init__(self, guard: Guard | None) -> None:
        self._guard = guard
        self._secrets = [
            (Secret(held["answers"], held["task"], held["asked"], held["distant"]), held["instead"])
            for held in (guard["answers"] if guard else [])
        ]
        self._said = ""
        self.kept_back: KeptBack | None = None

    def through(self, pieces: Iterable[str]) -> Iterator[str]:
        guard = self._guard
        if guard is None or not (guard["rules"] or guard["answers"] or guard["topics"]):
            yield from pieces
            return
        whole = bool(guard["answers"] or guard["topics"])
        triggers = sorted({trigger for rule in guard["rules"] for trigger in rule["triggers"]})
        waiting = ""
        begun = ""
        """What of the current sentence is out already."""
        for piece in pieces:
            waiting += piece
            while end := _END.search(waiting):
                sentence, waiting = waiting[: end.end()], waiting[end.end() :]
                if instead := self._instead(begun + sentence):
                    yield self._replaced(instead, begun)
                    return
                self._said += sentence
                begun = ""
                yield sentence
            free = 0 if whole else _free(waiting, triggers)
            if free:
                begun = _END.split(begun + waiting[:free])[-1]
                self._said += waiting[:free]
                yield waiting[:free]
                waiting = waiting[free:]
        if waiting:
            instead = self._instead(begun + waiting)
            yield self._replaced(instead, begun) if instead else waiting

    def _replaced(self, instead: str, begun: str) -> str:
        apart = "" if not self._said or self._said[-1].isspace() else " "
        return f"{CLOSED if begun.strip() else apart}{instead}"

    def _instead(self, sentence: str) -> str:
        """The words that take the place of a sentence, if it must not be said."""
        assert self._guard is not None
        for rule in self._guard["rules"]:
            if broken(sentence, rule):
                return self._keep_back(rule["name"], sentence, rule["instead"])
        for secret, instead in self._secrets:
            if tells(sentence, secret, before=self._said):
                return self._keep_back("answer", sentence, instead)
        for topic in self._guard["topics"]:
            if names(sentence, topic):
                return self._keep_back("topic", sentence, topic["instead"])
        return ""

    def _keep_back(self, why: str, sentence: str, instead: str) -> str:
        self.kept_back = KeptBack(why=why, text=sentence.strip())
        return instead


def _free(text: str, triggers: Sequence[str]) -> int:
    """How much of a text can go out at once: as far as no trigger stands, or may be about to."""
    folded = text.casefold()
    if len(folded) != len(text):
        return 0
    for start in range(len(folded)):
        rest = folded[start:]
        if any(rest.startswith(trigger) or trigger.startswith(rest) for trigger in triggers):
            return start
    return len(text)
