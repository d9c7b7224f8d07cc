"""What an illustrated tutor can look like."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_type_hints

from gpu_tasks.engines.errors import EngineError

Skin = Literal["porcelain", "fair", "peach", "tan", "olive", "brown", "deep"]
FaceShape = Literal["oval", "heart", "square", "long"]
HairStyle = Literal["bob", "curls", "tousled", "swept", "bun", "long", "none"]
HairColour = Literal["black", "brown", "chestnut", "auburn", "blonde", "grey", "white"]
EyeShape = Literal["round", "almond", "narrow"]
EyeColour = Literal["brown", "dark", "hazel", "green", "blue", "grey"]
Brows = Literal["soft", "straight", "full"]
Lips = Literal["natural", "rose", "berry"]
Glasses = Literal["none", "round", "square"]
Beard = Literal["none", "stubble", "full"]
Earrings = Literal["none", "studs", "hoops"]
Clothes = Literal["cardigan", "blouse", "jumper", "blazer", "turtleneck"]
Background = Literal["bookshelves", "world_map", "window", "chalkboard", "plain"]

_HEX = re.compile(r"#[0-9A-Fa-f]{6}")


@dataclass(frozen=True, slots=True)
class Features:
    """Colours that are not named are written "#RRGGBB"."""

    skin: Skin = "fair"
    face: FaceShape = "oval"
    hair: HairStyle = "bob"
    hair_colour: HairColour = "brown"
    eyes: EyeShape = "round"
    eye_colour: EyeColour = "brown"
    lashes: bool = True
    brows: Brows = "soft"
    lips: Lips = "natural"
    glasses: Glasses = "none"
    glasses_colour: str = "#5B3A2E"
    beard: Beard = "none"
    earrings: Earrings = "none"
    lines: bool = False
    """The lines that years leave in a face."""
    clothes: Clothes = "cardigan"
    clothes_colour: str = "#2F7F79"
    shirt_colour: str = "#FFFFFF"
    background: Background = "plain"
    background_colour: str = "#D9E8E6"

    @classmethod
    def of(cls, wanted: Mapping[str, Any]) -> "Features":
        """From plain JSON. Raises EngineError, in words for staff, when something is not known."""
        hints = get_type_hints(cls)
        for name, value in wanted.items():
            if name not in hints:
                raise EngineError(
                    f'An illustrated tutor has no feature "{name}". There are: {", ".join(sorted(hints))}.'
                )
            _check(name, value, hints[name])
        return cls(**wanted)


def _check(name: str, value: Any, kind: Any) -> None:
    known = get_args(kind)
    if known and value not in known:
        raise EngineError(f'The feature "{name}" cannot be {value!r}. It is one of: {", ".join(known)}.')
    if kind is bool and not isinstance(value, bool):
        raise EngineError(f'The feature "{name}" is true or false, not {value!r}.')
    if kind is str and not (isinstance(value, str) and _HEX.fullmatch(value)):
        raise EngineError(f'The feature "{name}" is a colour such as "#2F7F79", not {value!r}.')
