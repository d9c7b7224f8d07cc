import pytest
from django.test import override_settings

from bench.grounding import LANGUAGES, evaluate
from gpu_tasks import stages

ENCODER = {"embedding": {"ENGINE": "gpu_tasks.engines.embedding.use.UniversalSentenceEncoder", "OPTIONS": {}}}


@pytest.mark.engines
@pytest.mark.parametrize("language", LANGUAGES)
def test_answers_are_found_and_what_the_material_does_not_say_is_refused(language: str) -> None:
    stages.engine.cache_clear()
    with override_settings(STAGES=ENCODER):
        result = evaluate(language)
    stages.engine.cache_clear()

    assert result["recall"] >= 0.9
    assert result["citation_precision"] >= 0.9
    assert result["refused"] >= 0.9
