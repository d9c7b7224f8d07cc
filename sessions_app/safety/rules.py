"""What in a message a grown-up should see, and what is not answered as usual. The rules are data, of all languages at
once: a student of a Chinese tutor may write English."""

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from gpu_tasks.guard import Rule, fold
from sessions_app.models import Flag

FOLDER = Path(__file__).parent
LANGUAGES = ("en", "zh")
EXCERPT = 300
_APART = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")


@dataclass
class SafetyRule:
    name: str
    category: str
    severity: Flag.Severity
    answer: dict[str, str]
    instead: dict[str, str]
    patterns: list[re.Pattern[str]] = field(default_factory=list)
    harmless: list[re.Pattern[str]] = field(default_factory=list)

    def found_in(self, text: str) -> str:
        """Where it is broken: the words and what stands around them."""
        folded = _APART.sub("", fold(text))
        for harmless in self.harmless:
            folded = harmless.sub(" ", folded)
        hits = [hit for pattern in self.patterns if (hit := pattern.search(folded))]
        if not hits:
            return ""
        middle = (hits[0].start() + hits[0].end()) // 2
        start = max(0, min(middle - EXCERPT // 2, len(text) - EXCERPT))
        return text[start : start + EXCERPT].strip()


@dataclass(frozen=True)
class Hit:
    rule: SafetyRule
    excerpt: str


def check_said(text: str) -> list[Hit]:
    """Of a student's message; the most serious first."""
    hits = [Hit(rule, excerpt) for rule in _rules("said") if (excerpt := rule.found_in(text))]
    return sorted(hits, key=lambda hit: -hit.rule.severity)


def check_replied(text: str) -> list[Hit]:
    return [Hit(rule, excerpt) for rule in _rules("replied") if (excerpt := rule.found_in(text))]


def answer_to(hits: list[Hit], language: str) -> str | None:
    """What is said by code to a message that is not answered as usual."""
    for hit in hits:
        if hit.rule.answer:
            return in_language(hit.rule.answer, language).format(contact=settings.SAFETY_CONTACT).strip()
    return None


def rule_named(name: str) -> SafetyRule:
    return next(rule for rule in [*_rules("replied"), *_rules("said")] if rule.name == name)


def guarded(language: str) -> list[Rule]:
    """The rules that each sentence of a reply is held to, as the guard takes them."""
    held: list[Rule] = []
    data = [each for name in LANGUAGES for each in _data(f"rules_{name}")["replied"]]
    for each in data:
        rule = rule_named(each["name"])
        held.append(
            {
                "name": rule.name,
                "triggers": each["triggers"],
                "patterns": each["patterns"],
                "harmless": each["harmless"],
                "instead": in_language(rule.instead, language),
            }
        )
    return held


def in_language(words: dict[str, str], language: str) -> str:
    return words["zh" if language.startswith("zh") else "en"]


@cache
def _rules(direction: str) -> list[SafetyRule]:
    about = _data("words")
    rules: dict[str, SafetyRule] = {}
    for language in LANGUAGES:
        for each in _data(f"rules_{language}")[direction]:
            words = about[each["name"]]
            rule = rules.setdefault(
                each["name"],
                SafetyRule(
                    name=each["name"],
                    category=words["category"],
                    severity=Flag.Severity[words["severity"].upper()],
                    answer=words.get("answer", {}),
                    instead=words.get("instead", {}),
                ),
            )
            rule.patterns += [re.compile(pattern) for pattern in each["patterns"]]
            rule.harmless += [re.compile(pattern) for pattern in each["harmless"]]
    return list(rules.values())


@cache
def _data(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
