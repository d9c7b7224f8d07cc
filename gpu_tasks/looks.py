"""What an illustrated tutor can look like, for a form. Loads no model and draws nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, get_args, get_type_hints

from gpu_tasks.engines.avatar.drawing.features import Features


@dataclass(frozen=True, slots=True)
class Feature:
    name: str
    default: Any
    choices: tuple[str, ...] = ()
    """Of a feature that is chosen; without any it is yes or no, or a colour ("#RRGGBB"), as its default is."""


def offered() -> Mapping[str, Feature]:
    hints = get_type_hints(Features)
    return {each.name: Feature(each.name, each.default, get_args(hints[each.name])) for each in fields(Features)}
