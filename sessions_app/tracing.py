"""Bayesian knowledge tracing: how likely it is that a student knows a skill, from his answers alone.

Corbett and Anderson, "Knowledge tracing: Modeling the acquisition of procedural knowledge", User Modeling and
User-Adapted Interaction 4 (1995), pages 253-278.
"""

from typing import Literal, get_args

P_INIT = 0.3
"""That he knew it before the first question."""
P_LEARN = 0.15
"""That he learns it from a question and its explanation."""
P_SLIP = 0.1
"""That he answers wrongly what he knows."""
P_GUESS = 0.25
"""That he hits what he does not know: one of four choices."""
LEAST, MOST = 0.001, 0.999
"""Nobody is ever sure, whatever floating point makes of many answers."""

Level = Literal["beginning", "growing", "solid", "mastered"]
_FROM: tuple[tuple[Level, float], ...] = (("mastered", 0.95), ("solid", 0.7), ("growing", 0.4), ("beginning", 0.0))
LEVELS: tuple[Level, ...] = get_args(Level)


def after_answer(known: float, correct: bool) -> float:
    """The probability after one more answer, within LEAST..MOST."""
    if correct:
        if_known, if_not = 1 - P_SLIP, P_GUESS
    else:
        if_known, if_not = P_SLIP, 1 - P_GUESS
    given = known * if_known / (known * if_known + (1 - known) * if_not)
    return min(MOST, max(LEAST, given + (1 - given) * P_LEARN))


def level(known: float) -> Level:
    return next(name for name, least in _FROM if known >= least)
