"""How long a text is for a language model, without asking one: those who write prompts have none at hand, and each
model counts in its own way. Rather too many than too few, for a prompt that is too long is refused as a whole."""

from functools import lru_cache

PER_MESSAGE = 8
"""What a chat template puts around a message."""


@lru_cache(maxsize=1024)  # a lesson is measured for every turn
def estimate(text: str) -> int:
    """The tokens of a message. A token holds some four letters of Latin script, two bytes of another, and hardly more
    than one digit or sign."""
    return PER_MESSAGE + round(sum(map(_share, text)))


def _share(character: str) -> float:
    if character.isspace():
        return 0.25  # one goes with the word that follows; several are tokens of their own
    if not character.isascii():
        return len(character.encode(errors="surrogatepass")) / 2
    return 0.33 if character.isalpha() else 1.0
