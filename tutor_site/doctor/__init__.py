"""Can this machine serve? One real item through every stage, and one whole turn through all of them."""

from pathlib import Path

# Spoken by the hibari voice (Apache-2.0): "I have a question about my garden. What do plants need to grow?"
QUESTION = Path(__file__).with_name("question.ogg")
EXPECTED_WORD = "plants"
