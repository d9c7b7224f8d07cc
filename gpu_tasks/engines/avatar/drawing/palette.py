"""All colours of one tutor, worked out from the few that are chosen."""

from dataclasses import dataclass

from gpu_tasks.engines.avatar.drawing.features import Features
from gpu_tasks.engines.avatar.drawing.ink import darker, lighter, mix

SKIN = {
    "porcelain": "#F8DCC9",
    "fair": "#F3C9A9",
    "peach": "#EFBB93",
    "tan": "#DCA377",
    "olive": "#C98F63",
    "brown": "#9C6440",
    "deep": "#754731",
}
HAIR = {
    "black": "#26212A",
    "brown": "#4A332B",
    "chestnut": "#6B422C",
    "auburn": "#8A4A2C",
    "blonde": "#D2A45F",
    "grey": "#8C8F96",
    "white": "#D9D9DA",
}
EYES = {
    "brown": "#6B4226",
    "dark": "#3B2519",
    "hazel": "#7E6434",
    "green": "#557A4C",
    "blue": "#4C7BA6",
    "grey": "#6F828D",
}


@dataclass(frozen=True, slots=True)
class Palette:
    skin: str
    skin_light: str
    skin_shade: str
    skin_deep: str
    blush: str
    lip_upper: str
    lip_lower: str
    lip_line: str
    hair: str
    hair_light: str
    hair_dark: str
    iris: str
    brow: str
    line: str
    """Of lids, lashes and creases."""

    @classmethod
    def of(cls, features: Features) -> "Palette":
        skin = SKIN[features.skin]
        dark = features.skin in ("brown", "deep")
        warm = "#8E3B2E" if not dark else "#3A150F"
        rouge = {"natural": "#C2605A", "rose": "#C94F62", "berry": "#9B2F4B"}[features.lips]
        lip = mix(skin, rouge, {"natural": 0.55, "rose": 0.72, "berry": 0.8}[features.lips])
        hair = HAIR[features.hair_colour]
        return cls(
            skin=skin,
            skin_light=lighter(skin, 0.28 if not dark else 0.16),
            skin_shade=mix(skin, warm, 0.24 if not dark else 0.34),
            skin_deep=mix(skin, warm, 0.46 if not dark else 0.6),
            blush=mix(skin, "#E2604F", 0.55),
            lip_upper=darker(lip, 0.16),
            lip_lower=lip,
            lip_line=mix(darker(lip, 0.5), "#5A1A1A", 0.4),
            hair=hair,
            hair_light=lighter(hair, 0.26),
            hair_dark=darker(hair, 0.38),
            iris=EYES[features.eye_colour],
            brow=darker(mix(hair, "#4A332B", 0.35), 0.15)
            if features.hair_colour not in ("grey", "white")
            else mix(hair, "#5A5558", 0.45),
            line=mix(darker(hair, 0.45), "#2A1614", 0.7),
        )
