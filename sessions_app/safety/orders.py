"""Orders to the model that stand in a document are no part of the lesson."""

import re

from sessions_app.safety.rules import rule_named

_SENTENCES = re.compile(r"(?<=[.!?。！？\n])")
LEFT_OUT = "[…]"


def without_orders(text: str) -> str:
    """Each sentence that would order the model about is left out."""
    orders = rule_named("orders")
    if not orders.found_in(text):
        return text
    parts = _SENTENCES.split(text)
    return "".join(f" {LEFT_OUT} " if orders.found_in(part) else part for part in parts)
