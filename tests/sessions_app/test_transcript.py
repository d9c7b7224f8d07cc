"""The transcript, and what everybody but its student sees of it: nothing."""

import re
from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from sessions_app.models import Segment, Session, Turn
from tests.sessions_app.test_student_api import is_utc

pytestmark = pytest.mark.usefixtures("redis")
Browser = Callable[[User], APIClient]


@pytest.fixture
def at_alices(browser_of: Browser, alice: User) -> APIClient:
    return browser_of(alice)


@pytest.fixture
def two_turns(session: Session) -> list[Turn]:
    citation = {"number": 1, "document": "Photosynthesis", "page": None, "quote": "Plants need light."}
    first = Turn.objects.create(
        session=session,
        number=1,
        modality="audio",
        status=Turn.Status.COMPLETED,
        user_text="What do plants need?",
        user_audio=f"sessions/{session.id}/t/question.webm",
        reply_text="Light.",
        citations=[citation],
        timings={"first_token": 80, "total": 1200},
    )
    Segment.objects.create(turn=first, index=0, text="Light.", duration_ms=900, video="s/t/0.mp4", audio="s/t/0.wav")
    second = Turn.objects.create(
        session=session,
        number=2,
        modality="text",
        status=Turn.Status.FAILED,
        user_text="And?",
        error_code="unavailable",
        degraded=["video"],
    )
    return [first, second]


def test_the_transcript_oldest_first(at_alices: APIClient, session: Session, two_turns: list[Turn]) -> None:
    page = at_alices.get(f"/api/student/sessions/{session.id}/turns").json()

    assert set(page) == {"count", "next", "previous", "results"}
    assert [turn["turn_id"] for turn in page["results"]] == [turn.id for turn in two_turns]


def test_a_turn_has_its_words_citations_and_media(
    at_alices: APIClient, session: Session, two_turns: list[Turn]
) -> None:
    turn = at_alices.get(f"/api/student/sessions/{session.id}/turns").json()["results"][0]

    assert (turn["status"], turn["modality"]) == ("completed", "audio")
    assert (turn["user_text"], turn["reply_text"]) == ("What do plants need?", "Light.")
    assert turn["citations"] == two_turns[0].citations
    assert turn["timings"] == {"first_token": 80, "total": 1200}
    assert re.fullmatch(rf"/media/sessions/{session.id}/t/question\.webm\?token=[\w:-]+", turn["user_audio_url"])
    (segment,) = turn["segments"]
    assert (segment["segment"], segment["content"], segment["duration_ms"]) == (0, "Light.", 900)
    assert segment["video_url"].startswith("/media/s/t/0.mp4?token=")
    assert segment["audio_url"].startswith("/media/s/t/0.wav?token=")
    assert is_utc(turn["created_at"])


def test_a_turn_that_failed_says_so(at_alices: APIClient, session: Session, two_turns: list[Turn]) -> None:
    turn = at_alices.get(f"/api/student/sessions/{session.id}/turns").json()["results"][1]

    assert (turn["status"], turn["error"], turn["degraded"]) == ("failed", "unavailable", ["video"])
    assert turn["user_audio_url"] is None


# Charlie must get nothing


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/api/student/sessions/{}"),
        ("delete", "/api/student/sessions/{}"),
        ("get", "/api/student/sessions/{}/turns"),
        ("post", "/api/student/sessions/{}/token"),
    ],
)
def test_somebody_elses_session_looks_like_one_that_is_not_there(
    browser_of: Browser, charlie: User, dora: User, session: Session, two_turns: list[Turn], method: str, path: str
) -> None:
    for other in (charlie, dora):
        theirs = getattr(browser_of(other), method)(path.format(session.id))
        missing = getattr(browser_of(other), method)(path.format("0" * 32))

        assert theirs.status_code == 404
        assert theirs.json() == missing.json()
        assert "detail" in theirs.json()
    session.refresh_from_db()
    assert session.status == Session.Status.ACTIVE
