"""Questions made from passages without a language model: a sentence with a term left out, which is to be found among
other terms of the same material."""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

BLANK = "_____"
CHOICES = 4
SURE = 2
"""So much evidence makes a word a term."""
VERB = "verb"
_CJK = re.compile(r"[\u3400-\u9fff]")
_SENTENCE = re.compile(r"[^.!?。！？\n]+(?:[.!?](?!\s|$)[^.!?。！？\n]*)*[.!?。！？]+[\"'”’)」』]*")
_WORD = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*|\d+(?:[.,]\d+)*%?|[^\sA-Za-z\d]")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*%?")
_ENGLISH_LENGTH, _CHINESE_LENGTH = (40, 260), (10, 120)

# What stands before and after nouns and verbs. There is no tagger of English at hand.
_SURELY = frozenset(
    ["the", "a", "an", "of", "this", "these", "those", "its", "their", "his", "her", "each", "every", "no"]
)
_MAYBE = frozenset(
    ["in", "into", "from", "with", "by", "and", "or", "for", "through", "between", "on", "at", "some", ","]
)
_AFTER_NOUNS = """
is are was were of in into from to that which and or has have had can may must with by for on at as through when while
because if so than but"""
_AFTER = frozenset(_AFTER_NOUNS.split())
_BEFORE_VERBS = frozenset(
    ["to", "can", "will", "must", "may", "not", "they", "it", "we", "you", "who", "which", "that"]
)
_AFTER_VERBS = frozenset(
    ["the", "a", "an", "it", "them", "its", "their", "this", "these", "itself", "themselves", "us"]
)
_SAY_NOTHING = """
all also any be been being both called could did do does down during few first he how i like more much only other our
out over own she should such then there what where why would your very one two three four five six seven eight nine ten
kind kinds thing things part parts way ways lot example examples time times day days people place places number name
names nothing something everything anything nobody somebody away back here now today tomorrow again inside outside above
below near next last same different good bad better best new old high low long short large small little big great fast
slow hot cold warm red green blue yellow white black right left many most general please says"""
_EMPTY = _SURELY | _MAYBE | _AFTER | _BEFORE_VERBS | _AFTER_VERBS | frozenset(_SAY_NOTHING.split())
_POINTS_BACK = re.compile(
    r"(it|its|this|that|these|those|they|their|he|she|his|her|such|both|there|here)\b", re.IGNORECASE
)
_POINTS_BACK_ZH = re.compile(r"(它|这|那|其|他|她|此|该|因此|所以|但|而且)")


@dataclass(frozen=True, slots=True)
class Passage:
    """What was cited, and how a student finds it again."""

    text: str
    place: str
    skill: str
    said: str = ""
    """What was asked and answered when it was cited."""


@dataclass(frozen=True, slots=True)
class Question:
    question: str
    choices: tuple[str, ...]
    correct: int
    explanation: str
    skill: str


def sentences(text: str) -> list[str]:
    return [" ".join(found.split()) for found in _SENTENCE.findall(text)]


def is_chinese(text: str) -> bool:
    return len(_CJK.findall(text)) * 3 > len(text)


class Material:
    """The terms of some texts, with their kinds, and the sentences that they stand in."""

    def __init__(self, texts: Iterable[str]) -> None:
        in_order = [sentences(text) for text in texts]
        self.sentences = list(dict.fromkeys(chain.from_iterable(in_order)))
        self._neighbours: defaultdict[str, set[str]] = defaultdict(set)
        for one, following in chain.from_iterable(map(pairwise, in_order)):
            self._neighbours[one].add(following)
            self._neighbours[following].add(one)
        self.kinds: dict[str, str] = {}
        self._words: dict[str, frozenset[str]] = {}
        evidence: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for sentence in self.sentences:
            for term, kind, weight in _chinese(sentence) if is_chinese(sentence) else _english(sentence):
                evidence[term][kind] += weight
        for term, kinds in evidence.items():
            kind, weight = kinds.most_common(1)[0]
            if weight >= SURE and not kinds[VERB]:
                self.kinds[term] = kind
        self._join()
        self.standing: defaultdict[str, list[str]] = defaultdict(list)
        for sentence in self.sentences:
            for term in self.terms(sentence):
                self.standing[term].append(sentence)

    def _join(self) -> None:
        """Two words that stand side by side twice or more, as "carbon dioxide", are one term."""
        pairs: Counter[tuple[str, str]] = Counter()
        heads: Counter[str] = Counter()
        for sentence in self.sentences:
            if not is_chinese(sentence):
                words = _WORD.findall(sentence.lower())
                heads.update(words)
                pairs.update((a, b) for a, b in pairwise(words) if b in self.kinds and _bears(a))
        for (first, head), number in pairs.items():
            if number > 1 and number * 2 > heads[head] and head in self.kinds:
                self.kinds[f"{first} {head}"] = self.kinds.pop(head)

    def terms(self, sentence: str) -> list[str]:
        if is_chinese(sentence):
            return [term for term in self.kinds if term in sentence]
        return [term for term in self._in(sentence) if term in self.kinds]

    def around(self, sentence: str) -> set[str]:
        """The terms of a sentence and of those beside it, which may speak of the same thing by another name."""
        near = [sentence, *self._neighbours[sentence]]
        return {term for each in near for term in self.terms(each)}

    def content(self, sentence: str) -> set[str]:
        """The words of a sentence that say something."""
        if is_chinese(sentence):
            return set(self.terms(sentence))
        return {word for word in self._in(sentence) if _bears(word) or word[0].isdigit()}

    def _in(self, sentence: str) -> frozenset[str]:
        """Its words, and its pairs of words."""
        if sentence not in self._words:
            words = _WORD.findall(sentence.lower())
            self._words[sentence] = frozenset([*words, *(f"{a} {b}" for a, b in pairwise(words))])
        return self._words[sentence]


def occurs(term: str, text: str) -> bool:
    return bool(_pattern(term).search(text))


def _pattern(term: str) -> re.Pattern[str]:
    edges = ("", "") if _CJK.search(term) else (r"(?<![A-Za-z\d.,])", r"(?![A-Za-z\d%])")
    return re.compile(edges[0] + re.escape(term) + edges[1], re.IGNORECASE)


def _bears(word: str) -> bool:
    return word.isalpha() and len(word) > 2 and word not in _EMPTY


def _english(sentence: str) -> Iterator[tuple[str, str, int]]:
    """Terms, their kinds, and how much speaks for that, by what stands around them."""
    words = _WORD.findall(sentence)
    low = [word.lower() for word in words]
    for place, word in enumerate(low):
        before, after = low[place - 1] if place else ".", low[place + 1] if place + 1 < len(low) else "."
        further = low[place - 2] if place > 1 else "."
        if _NUMBER.fullmatch(word):
            if len(word) > 1:
                yield word, _number(word), SURE
        elif _bears(word) and len(word) > 3 and not word.endswith(("ly", "ing", "ed", "est")):
            if words[place][0].isupper() and not words[place].isupper() and (before.isalnum() or before == ","):
                yield word, "name", SURE
            elif before in _BEFORE_VERBS or after in _AFTER_VERBS:
                yield word, VERB, 1
            elif after in _AFTER or not after.isalnum():
                # "the green colour", but not "the roots take", nor "a river ends"
                apart = _bears(before) and not _is_plural(before) and not _is_plural(word)
                article = {before, further} if apart else {before}
                sure = SURE if article & _SURELY else 1 if article & _MAYBE else 0
                yield word, "nouns" if _is_plural(word) else "noun", sure


def _is_plural(word: str) -> bool:
    return word.endswith("s") and not word.endswith(("ss", "is", "us"))


def _chinese(sentence: str) -> Iterator[tuple[str, str, int]]:
    import rjieba  # not in the web process's environment

    for word, tag in rjieba.tag(sentence):
        if _NUMBER.fullmatch(word) and len(word) > 1:
            yield word, _number(word), SURE
        elif len(word) > 1 and tag.startswith("n") and _CJK.search(word):
            # What is in no dictionary may have been cut wrongly.
            yield word, "place" if tag == "ns" else "noun", SURE if rjieba.has_word(word) else 1


def _number(word: str) -> str:
    """Years with years, shares with shares."""
    return f"number of {len(word)}"


def questions(passages: Sequence[Passage], material: Material, number: int, seed: str) -> list[Question]:
    """Up to `number`, no two with the same answer or the same sentence; one of each skill before two of any."""
    dice = random.Random(seed)  # the same ones whenever they are made
    possible: list[tuple[float, str, Question]] = []
    for passage in passages:
        for sentence in sentences(passage.text):
            if _speaks_for_itself(sentence):
                possible += [
                    (_worth(term, sentence, passage, material), term, made)
                    for term in material.terms(sentence)
                    if (made := _question(term, sentence, passage, material, dice))
                ]
    possible.sort(key=lambda each: -each[0])
    chosen: list[tuple[str, Question]] = []
    for once in (True, False):
        for _, term, made in possible:
            taken = any(term == other or made.explanation == one.explanation for other, one in chosen)
            again = once and any(made.skill == one.skill for _, one in chosen)
            if not taken and not again and len(chosen) < number:
                chosen.append((term, made))
    return [made for _, made in chosen]


def _speaks_for_itself(sentence: str) -> bool:
    chinese = is_chinese(sentence)
    least, most = _CHINESE_LENGTH if chinese else _ENGLISH_LENGTH
    back = _POINTS_BACK_ZH if chinese else _POINTS_BACK
    return (
        least <= len(sentence) <= most
        and sentence[-1] not in "?？"
        and BLANK not in sentence
        and not back.match(sentence)
    )


def _worth(term: str, sentence: str, passage: Passage, material: Material) -> float:
    """Rather what was spoken of, and what the material speaks of more than once."""
    heard = sum(occurs(other, passage.said) for other in material.terms(sentence))
    return 2.0 * occurs(term, passage.said) + heard + min(2, len(material.standing[term])) + len(term) / 50


def _question(term: str, sentence: str, passage: Passage, material: Material, dice: random.Random) -> Question | None:
    found = list(_pattern(term).finditer(sentence))
    if len(found) != 1:
        return None
    (place,) = found
    if re.search(r"\b(an?|An?)\s+$", sentence[: place.start()]):
        return None  # the article would tell
    around = material.around(sentence)
    others = [other for other in material.kinds if other not in around and _misleads(other, term, sentence, material)]
    if len(others) < CHOICES - 1:
        return None
    answer = place.group()
    near = sorted(others, key=lambda other: abs(len(other) - len(term)))[: 3 * CHOICES]
    shown = [_as_written(other, material) for other in dice.sample(near, CHOICES - 1)]
    begins = not sentence[: place.start()].strip(" \"'“‘")
    choices = [answer, *(each[:1].upper() + each[1:] if begins else each for each in shown)]
    dice.shuffle(choices)
    blanked = f"{sentence[: place.start()]}{BLANK}{sentence[place.end() :]}"
    explanation = f"{sentence} ({passage.place})"
    return Question(blanked, tuple(choices), choices.index(answer), explanation, passage.skill)


def _as_written(term: str, material: Material) -> str:
    """As it stands in the middle of a sentence: a name keeps its capital."""
    found = [match for each in material.standing[term][:5] for match in _pattern(term).finditer(each)]
    inside = [match.group() for match in found if match.start() > 0]
    return inside[0] if inside else term


def _misleads(other: str, term: str, sentence: str, material: Material) -> bool:
    """Whether a term is wrong in that place for certain, and still of the kind that could stand there."""
    if material.kinds[other] != material.kinds[term] or bool(_CJK.search(other)) != bool(_CJK.search(term)):
        return False
    if _akin(other, term) or any(_within(other, said) for said in material.content(sentence)):
        return False
    rest = material.content(sentence) - {term}
    for standing in material.standing[other]:
        if rest and len(rest & material.content(standing)) * 2 >= len(rest):
            return False  # the material says nearly the same of it
    return True


def _within(one: str, other: str) -> bool:
    """ "light" and "sunlight", "river" and "rivers": near enough to be right, too."""
    return one == other or (min(len(one), len(other)) > 3 and (one in other or other in one))


def _akin(one: str, other: str) -> bool:
    if _CJK.search(one):
        return one in other or other in one or (len(one) > 1 and len(other) > 1 and one[-2:] == other[-2:])
    words, others = one.split(), other.split()
    return any(a[:4] == b[:4] and not a[0].isdigit() for a in words for b in others) or one == other
