"""Topics that are not introduced yet."""

from collections.abc import Iterable, Sequence

from gpu_tasks.guard import HeldTopic, fold, names
from sessions_app.models import Chunk, Topic
from sessions_app.policy.words import NOT_YET, in_language


def withheld(topics: Iterable[Topic], language: str) -> list[HeldTopic]:
    topics = list(topics)
    open_terms = [term for topic in topics if topic.introduced for term in terms_of(topic)]
    held: list[HeldTopic] = []
    for topic in topics:
        if topic.introduced:
            continue
        terms = terms_of(topic)
        spared = [each for each in open_terms if any(fold(term) in fold(each) != fold(term) for term in terms)]
        words = in_language(NOT_YET, language).format(topic=topic.name)
        held.append({"name": topic.name, "terms": terms, "spared": spared, "instead": words})
    return held


def terms_of(topic: Topic) -> list[str]:
    written = [topic.name, *topic.terms.replace("，", ",").replace("、", ",").split(",")]
    return [term.strip() for term in written if term.strip()]


def open_chunks(chunks: Sequence[Chunk], held: Sequence[HeldTopic]) -> list[Chunk]:
    """Without the passages that name a topic which is withheld."""
    return [chunk for chunk in chunks if not topic_in(f"{chunk.heading}\n{chunk.text}", held)]


def topic_in(text: str, held: Sequence[HeldTopic]) -> HeldTopic | None:
    return next((topic for topic in held if names(text, topic)), None)
