"""Which passages a reply rests on: those it names, else those whose words it uses."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

_MARK = re.compile(r"\[(\d{1,2})\]")
_WORD = re.compile(r"[^\W\d_]{4,}|\d+")
_CJK = re.compile(r"[\u3400-\u9fff]+")
_COMMON = {
    "about", "also", "because", "been", "being", "both", "called", "come", "does", "each", "every", "from", "gets",
    "give", "goes", "have", "here", "into", "just", "like", "made", "make", "many", "more", "most", "much", "need",
    "only", "other", "over", "same", "some", "such", "than", "that", "their", "them", "then", "there", "these",
    "they", "thing", "this", "those", "through", "very", "want", "well", "were", "what", "when", "where", "which",
    "while", "will", "with", "would", "your",
}  # fmt: skip
ENOUGH = 0.5
"""Of what the best passage shares with the reply."""


def relied_on(reply: str, citations: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """In their order, with the numbers they have in the prompt. A reply in another script than its passages shares no
    word with any of them; then the best one stands."""
    named = {int(number) for number in _MARK.findall(reply)}
    if marked := [citation for citation in citations if citation["number"] in named]:
        return marked
    said = _words(reply)
    shared = [len(said & _words(citation["quote"])) for citation in citations]
    if not citations or max(shared):
        least = max([1.0, *(ENOUGH * count for count in shared)])
        return [citation for citation, count in zip(citations, shared, strict=True) if count >= least]
    return list(citations[:1]) if _is_cjk(reply) != _is_cjk(citations[0]["quote"]) else []


def _words(text: str) -> set[str]:
    text = unicodedata.normalize("NFKC", text).casefold()
    pairs = {run[i : i + 2] for run in _CJK.findall(text) for i in range(len(run) - 1)}
    words = {word.removesuffix("s") for word in _WORD.findall(_CJK.sub(" ", text))}
    return pairs | (words - _COMMON)


def _is_cjk(text: str) -> bool:
    return sum(map(len, _CJK.findall(text))) * 4 > len(text)
