from gpu_tasks.engines.llm.base import Message
from gpu_tasks.engines.llm.fake import FakeChat

QUESTION: list[Message] = [{"role": "user", "content": "Why is it so?"}]


def test_it_says_its_script() -> None:
    assert "".join(FakeChat("Because it is.").reply(QUESTION, max_tokens=10)) == "Because it is."


def test_it_can_repeat_the_question() -> None:
    assert "".join(FakeChat("You ask: {question}").reply(QUESTION, max_tokens=10)) == "You ask: Why is it so?"


def test_it_says_no_more_than_it_may() -> None:
    assert list(FakeChat("One two three").reply(QUESTION, max_tokens=2)) == ["One", " two"]


def test_cancelled_while_it_thinks_it_says_nothing() -> None:
    assert list(FakeChat(first_delay=3600).reply(QUESTION, max_tokens=2, cancelled=lambda: True)) == []
