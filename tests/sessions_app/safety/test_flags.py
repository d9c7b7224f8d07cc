import pytest

from gpu_tasks.guard import KeptBack
from sessions_app.models import Flag, Turn
from sessions_app.outcome import Outcome
from sessions_app.tasks import record


def end(turn: Turn, result: Outcome) -> None:
    assert record(turn.id, Turn.Status.COMPLETED, result, result.reply)


def alerts() -> list[tuple[str, str, bool]]:
    return [(flag.category, flag.direction, flag.blocked) for flag in Flag.objects.all()]


def test_what_was_held_back_of_a_reply_raises_an_alert(running: Turn) -> None:
    held = KeptBack(why="asks_for_data", text="What is your phone number?")

    end(running, Outcome(reply="Let us go back to our lesson.", kept_back=held))

    running.refresh_from_db()
    assert alerts() == [("Personal data", "replied", True)]
    assert Flag.objects.get().excerpt == "What is your phone number?"
    assert running.policy["kept_back"] == "asks_for_data"


def test_what_was_said_all_the_same_raises_an_alert(running: Turn) -> None:
    end(running, Outcome(reply="You are so stupid."))

    assert alerts() == [("Insult", "replied", False)]


@pytest.mark.parametrize("why", ["answer", "topic"])
def test_what_the_teaching_policy_holds_back_is_no_alert(running: Turn, why: str) -> None:
    end(running, Outcome(reply="Try it yourself.", kept_back=KeptBack(why=why, text="It is 84.")))

    running.refresh_from_db()
    assert alerts() == []
    assert running.policy["kept_back"] == why


def test_a_usual_reply_raises_none(running: Turn) -> None:
    end(running, Outcome(reply="Plants need light."))

    assert alerts() == []
