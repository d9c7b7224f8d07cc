"""Whatever goes wrong has words, and a code that clients may count on."""

from typing import get_args

from gpu_tasks.engines import errors as engine_errors
from gpu_tasks.events import Failed
from sessions_app import protocol
from sessions_app.delivery import Delivery
from sessions_app.errors import WORDS, ErrorCode, known, words


def test_each_code_has_words_and_each_words_a_code() -> None:
    assert set(WORDS) == set(get_args(ErrorCode))
    assert all(text.endswith(".") for text in WORDS.values())


def test_what_engines_of_a_turn_raise_has_a_code_of_the_protocol() -> None:
    raised = {
        error.code
        for error in vars(engine_errors).values()
        if isinstance(error, type) and issubclass(error, engine_errors.EngineError)
    }

    assert raised - {"bad_portrait"} <= set(WORDS)


def test_a_code_nobody_knows_is_told_as_a_fault_of_ours() -> None:
    (outgoing,) = Delivery("t1", "url").feed(Failed(code="from_the_future", retryable=True))

    assert isinstance(outgoing.message, protocol.ErrorMessage)
    assert (outgoing.message.code, outgoing.message.message) == ("internal", words("internal"))
    assert known("timeout") == "timeout"
