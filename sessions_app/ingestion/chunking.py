from functools import cache

from chonkie import RecursiveChunker, RecursiveLevel, RecursiveRules

from sessions_app.ingestion.readers import Part

CHARACTERS = 500
"""A passage: some three to six sentences, which a student can read in the margin and a small model can use."""
CJK_CHARACTERS = 220
"""The same in Chinese, which says as much in less than half."""


def chunks(part: Part) -> list[str]:
    """The part's passages, in order. They never cross a page, so that a quote stands on the page it names."""
    text = "\n".join(line for line in (" ".join(line.split()) for line in part["text"].splitlines()))
    size = CJK_CHARACTERS if _mostly_cjk(text) else CHARACTERS
    passages = (" ".join(chunk.text.split()) for chunk in _chunker(size).chunk(text))
    return [passage for passage in passages if any(character.isalnum() for character in passage)]


def _mostly_cjk(text: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    return sum("一" <= character <= "鿿" for character in letters) * 2 > len(letters)


@cache
def _chunker(size: int) -> RecursiveChunker:
    levels = [
        RecursiveLevel(delimiters=["\n\n"]),
        RecursiveLevel(delimiters=["。", "！", "？", ". ", "! ", "? ", ".\n", "!\n", "?\n"]),
        RecursiveLevel(delimiters=["；", "，", "; ", ", ", "\n"]),
        RecursiveLevel(whitespace=True),
        RecursiveLevel(),
    ]
    return RecursiveChunker(
        tokenizer="character", chunk_size=size, rules=RecursiveRules(levels=levels), min_characters_per_chunk=1
    )
