import pytest

from gpu_tasks.engines.avatar.characters import CHARACTERS
from gpu_tasks.engines.avatar.drawing.features import Features
from gpu_tasks.engines.errors import EngineError


@pytest.mark.parametrize("name", sorted(CHARACTERS))
def test_every_character_is_made_of_known_features(name: str) -> None:
    assert isinstance(Features.of(CHARACTERS[name]), Features)


def test_no_features_at_all_are_somebody_too() -> None:
    assert Features.of({}) == Features()


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"tail": "long"}, 'no feature "tail"'),
        ({"hair": "mohawk"}, '"hair" cannot be .mohawk.. It is one of: bob, curls'),
        ({"skin": None}, '"skin" cannot be None'),
        ({"clothes_colour": "teal"}, '"clothes_colour" is a colour such as'),
        ({"clothes_colour": "#12345"}, '"clothes_colour" is a colour such as'),
        ({"clothes_colour": 7}, '"clothes_colour" is a colour such as'),
        ({"lashes": "yes"}, '"lashes" is true or false'),
        ({"hair": ["bob"]}, '"hair" cannot be'),
    ],
)
def test_what_is_not_known_is_refused_in_clear_words(wanted: dict[str, object], words: str) -> None:
    with pytest.raises(EngineError, match=words):
        Features.of(wanted)
