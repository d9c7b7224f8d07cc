"""Sessions are found again, renamed, resumed, exported and really erased; by their student alone."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from gpu_tasks import media, turn_log
from gpu_tasks.events import Fragment
from sessions_app import history, pipeline, services
from sessions_app.models import Segment, Session, Turn, Tutor
from sessions_app.protocol import TextMessage

pytestmark = pytest.mark.usefixtures("redis")
Browser = Callable[[User], APIClient]


@pytest.fixture
def at_alices(browser_of: Browser, alice: User) -> APIClient:
    return browser_of(alice)


def address(session: Session, what: str = "") -> str:
    return f"/api/student/sessions/{session.id}{what}"


def talk(session: Session, *said: tuple[str, str]) -> None:
    for number, (question, reply) in enumerate(said, session.turns.count() + 1):
        turn = Turn.objects.create(
            session=session,
            number=number,
            modality="text",
            status=Turn.Status.COMPLETED,
            user_text=question,
            reply_text=reply,
        )
        Segment.objects.create(turn=turn, index=0, text=reply, duration_ms=1_500)


@pytest.fixture
def light(session: Session) -> Session:
    Session.objects.filter(id=session.id).update(title="What is light?")
    session.refresh_from_db()
    talk(session, ("What is light?", "Light is energy."), ("And water?", "Water is 100 % wet."))
    return session


@pytest.fixture
def leaves(alice: User, tutor: Tutor) -> Session:
    session = Session.objects.create(student=alice, tutor=tutor, title="光合作用", status=Session.Status.ENDED)
    talk(session, ("植物需要什么？", "植物需要光照和水。"))
    return session


# The list


def test_each_row_says_what_a_student_remembers_a_session_by(at_alices: APIClient, light: Session) -> None:
    (row,) = at_alices.get("/api/student/sessions").json()["results"]

    assert {name: row[name] for name in ("title", "tutor_name", "first_question", "turns_count", "duration_ms")} == {
        "title": "What is light?",
        "tutor_name": "Ada",
        "first_question": "What is light?",
        "turns_count": 2,
        "duration_ms": 3_000,
    }


def test_a_session_in_which_nothing_was_said_is_in_the_list_too(at_alices: APIClient, session: Session) -> None:
    (row,) = at_alices.get("/api/student/sessions").json()["results"]

    assert (row["title"], row["first_question"], row["turns_count"], row["duration_ms"]) == ("", "", 0, 0)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("light", ["light"]),
        ("LIGHT", ["light"]),
        ("energy", ["light"]),
        ("water light", ["light"]),
        ("water leaves", []),
        ("100 %", ["light"]),
        ("0_0", []),
        ("光合", ["leaves"]),
        ("光照", ["leaves"]),
        ("植物需要什么", ["leaves"]),
        ("", ["light", "leaves"]),
        ("  ", ["light", "leaves"]),
        ("' OR 1=1 --", []),
    ],
)
def test_sessions_are_found_by_what_was_said_in_them(
    at_alices: APIClient, light: Session, leaves: Session, text: str, found: list[str]
) -> None:
    answer = at_alices.get("/api/student/sessions", {"search": text}).json()

    names = {light.id: "light", leaves.id: "leaves"}
    assert {names[row["session_id"]] for row in answer["results"]} == set(found)
    assert answer["count"] == len(found)


def test_a_search_finds_nothing_of_anybody_else(
    browser_of: Browser, charlie: User, light: Session, leaves: Session
) -> None:
    assert browser_of(charlie).get("/api/student/sessions", {"search": "light"}).json()["count"] == 0


def test_the_list_may_be_of_one_tutor_or_status(
    at_alices: APIClient, alice: User, light: Session, leaves: Session
) -> None:
    other = Tutor.objects.create(name="Kenji", subject="History", persona="You are Kenji.", voice="tone")
    talk(Session.objects.create(student=alice, tutor=other), ("Who?", "He."))

    def listed(**asked: Any) -> set[str]:
        return {row["first_question"] for row in at_alices.get("/api/student/sessions", asked).json()["results"]}

    assert listed(tutor=other.id) == {"Who?"}
    assert listed(tutor=-(10**40)) == set()
    assert listed(status="ended") == {"植物需要什么？"}
    assert listed(status="active", tutor=light.tutor_id) == {"What is light?"}


@pytest.mark.parametrize("asked", [{"status": "lost"}, {"tutor": "ada"}, {"search": "x" * 201}])
def test_what_cannot_be_asked_for_is_400(at_alices: APIClient, asked: dict[str, str]) -> None:
    answer = at_alices.get("/api/student/sessions", asked)

    assert answer.status_code == 400
    assert set(answer.json()) == set(asked)


def test_a_longer_list_costs_no_more_queries(
    at_alices: APIClient, alice: User, tutor: Tutor, django_assert_num_queries: Any
) -> None:
    for number in range(5):
        talk(Session.objects.create(student=alice, tutor=tutor), (f"Question {number}?", "Yes."))

    with django_assert_num_queries(3):  # the student, how many, the rows
        at_alices.get("/api/student/sessions", {"search": "question"})


# Titles


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("What is light?", "What is light?"),
        ("  What\n is   light? ", "What is light?"),
        ("word " * 30, "word " * 14 + "word…"),
        ("光" * 200, "光" * 79 + "…"),
        ("", ""),
    ],
)
def test_a_title_is_the_first_question_in_one_line(question: str, title: str) -> None:
    assert history.title_of(question) == title
    assert len(title) <= history.TITLE_CHARACTERS


def test_a_session_is_renamed(at_alices: APIClient, light: Session) -> None:
    answer = at_alices.patch(address(light), {"title": "  My\nlesson "}, format="json")

    assert (answer.status_code, answer.json()["title"]) == (200, "My lesson")
    light.refresh_from_db()
    assert light.title == "My lesson"


@pytest.mark.parametrize("title", ["", " ", "x" * 121, "a\0b", None, {"a": 1}])
def test_what_is_no_title_is_400(at_alices: APIClient, light: Session, title: Any) -> None:
    answer = at_alices.patch(address(light), {"title": title}, format="json")

    assert (answer.status_code, set(answer.json())) == (400, {"title"})
    light.refresh_from_db()
    assert light.title == "What is light?"


def test_nothing_but_the_title_is_changed(at_alices: APIClient, bob: User, light: Session) -> None:
    at_alices.patch(address(light), {"status": "ended", "student_id": bob.id, "tutor_name": "Eve"}, format="json")

    light.refresh_from_db()
    assert (light.status, light.student.name, light.tutor.name) == ("active", "Alice", "Ada")


# Resuming


def test_an_ended_session_goes_on(at_alices: APIClient, leaves: Session) -> None:
    answer = at_alices.post(address(leaves, "/resume"))

    assert (answer.status_code, set(answer.json())) == (200, {"session_id", "engine_url", "engine_token", "status"})
    assert answer.json()["status"] == "active"
    leaves.refresh_from_db()
    assert leaves.status == Session.Status.ACTIVE
    assert services.begin_turn(leaves.id, TextMessage(content="And?")).number == 2


def test_a_session_whose_tutor_is_not_open_any_more_is_not_resumed(at_alices: APIClient, leaves: Session) -> None:
    Tutor.objects.filter(id=leaves.tutor_id).update(is_open=False)

    answer = at_alices.post(address(leaves, "/resume"))

    assert (answer.status_code, answer.json()) == (409, {"detail": "This tutor is not available any more."})
    assert answer.headers["X-Error-Code"] == "tutor_gone"
    leaves.refresh_from_db()
    assert leaves.status == Session.Status.ENDED


def test_with_the_engine_switched_off_nothing_is_resumed(
    at_alices: APIClient, leaves: Session, settings: Settings
) -> None:
    settings.ENGINE_ENABLED = False

    assert at_alices.post(address(leaves, "/resume")).status_code == 503


# Erasing


def stored(folder: str) -> list[str]:
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return []
    return [folder + name for name in files] + [key for name in folders for key in stored(f"{folder}{name}/")]


def test_an_erased_session_is_gone_with_its_turns_and_media(at_alices: APIClient, light: Session) -> None:
    turn = light.turns.get(number=1)
    for name in ("0.mp4", "0.wav", "question.webm"):
        media.save(f"{turn.folder}{name}", b"x")
    media.save("sessions/other/t/0.mp4", b"x")

    answer = at_alices.delete(address(light, "/transcript"))

    assert (answer.status_code, answer.content) == (204, b"")
    assert not Session.objects.exists()
    assert not Turn.objects.exists()
    assert not Segment.objects.exists()
    assert not default_storage.exists(light.folder)
    assert stored("sessions/other/") == ["sessions/other/t/0.mp4"]
    assert at_alices.get(address(light)).status_code == 404
    assert at_alices.delete(address(light, "/transcript")).status_code == 404


def test_a_running_turn_is_stopped_and_what_was_in_flight_is_forgotten(
    at_alices: APIClient, session: Session, redis: Any
) -> None:
    turn = services.begin_turn(session.id, TextMessage(content="My secret question"))
    ref = pipeline.turn_ref(turn)
    event = Fragment(segment=0, index=0, blob="b1", content="My secret", last=True)
    turn_log.append_blob(ref, "b1", b"secret picture", event, once="")

    at_alices.delete(address(session, "/transcript"))

    assert turn_log.is_closed(turn.id)
    assert turn_log.read(turn.id) == []
    kept = [redis.get(key) for key in redis.keys("blob:*")] + [str(key) for key in redis.keys(f"*{turn.id}*")]
    assert kept == [f"b'turn:{turn.id}:closed'"]


def test_what_a_worker_still_has_in_hand_is_thrown_away(
    at_alices: APIClient, session: Session, queues: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.begin_turn(session.id, TextMessage(content="Say something."))
    queues.run_all("default", "llm")
    saved = []

    def save_late(key: str, data: bytes) -> str:
        saved.append(key)
        if len(saved) == 1:
            at_alices.delete(address(session, "/transcript"))  # while the worker was about to write
        return default_storage.save(key, media.ContentFile(data))

    monkeypatch.setattr(media, "save", save_late)
    queues.run_all("tts", "avatar", "default")

    assert saved
    assert stored(session.folder) == []
    assert not default_storage.exists(session.folder)
    assert not Turn.objects.exists()


# Export


def exported(client: APIClient, session: Session, form: str) -> str:
    answer = client.get(address(session, "/export"), {"format": form})
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    ("form", "content_type"),
    [("txt", "text/plain"), ("md", "text/markdown"), ("vtt", "text/vtt"), ("json", "application/json")],
)
def test_an_export_is_a_file_with_a_good_name(
    at_alices: APIClient, light: Session, form: str, content_type: str
) -> None:
    answer = at_alices.get(address(light, "/export"), {"format": form})

    assert answer.headers["Content-Type"] == f"{content_type}; charset=utf-8"
    day = f"{light.created_at:%Y-%m-%d}"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="What is light {day}.{form}"'


def test_a_chinese_title_makes_a_chinese_name(at_alices: APIClient, leaves: Session) -> None:
    answer = at_alices.get(address(leaves, "/export"), {"format": "txt"})

    assert "filename*=utf-8''%E5%85%89%E5%90%88%E4%BD%9C%E7%94%A8" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("title", ["../../etc/passwd", 'a"; filename="b.exe', "a\r\nSet-Cookie: b"])
def test_a_hostile_title_names_no_other_file_and_no_other_header(
    at_alices: APIClient, light: Session, title: str
) -> None:
    Session.objects.filter(id=light.id).update(title=title)

    answer = at_alices.get(address(light, "/export"), {"format": "txt"})

    name = answer.headers["Content-Disposition"]
    assert not set('/\\\r\n;"') & set(name.removeprefix('attachment; filename="').removesuffix('"'))
    assert "Set-Cookie" not in answer.headers


def test_as_text_who_said_what(at_alices: APIClient, light: Session) -> None:
    Turn.objects.filter(session=light, number=2).update(status=Turn.Status.INTERRUPTED)

    text = exported(at_alices, light, "txt")

    assert "Alice: What is light?\nAda: Light is energy.\n" in text
    assert "Ada: Water is 100 % wet. […]\n" in text


def test_as_markdown_what_the_student_typed_is_no_markup(at_alices: APIClient, session: Session) -> None:
    talk(session, ("Is 2*3*4 <b>bold</b>?", "**Yes**, $2 \\cdot 3$."))

    text = exported(at_alices, session, "md")

    assert "**Alice:** Is 2\\*3\\*4 \\<b\\>bold\\</b\\>?" in text
    assert "**Ada:** **Yes**, $2 \\cdot 3$." in text


def test_as_captions_the_replies_follow_each_other(at_alices: APIClient, light: Session) -> None:
    talk(light, ("<b>&--> what?", "a < b & c"))

    text = exported(at_alices, light, "vtt")

    assert text.startswith("WEBVTT")
    assert "1\n00:00:00.000 --> 00:00:01.500\n<v Ada>Light is energy.\n" in text
    assert "2\n00:00:01.500 --> 00:00:03.000\n<v Ada>Water is 100 % wet.\n" in text
    assert "3\n00:00:03.000 --> 00:00:04.500\n<v Ada>a &lt; b &amp; c\n" in text
    assert "NOTE Alice: <b>&→ what?" in text
    assert text.count("-->") == 3


def test_as_captions_each_word_has_its_time_where_the_voice_told(at_alices: APIClient, light: Session) -> None:
    words = [("Light ", 0, 300), ("<is> ", 300, 300), ("a ", 300, 900), ("wave.", 900, 1_500)]
    Segment.objects.filter(turn__session=light, turn__number=2).update(
        words=[{"text": text, "start_ms": start, "end_ms": end} for text, start, end in words]
    )

    text = exported(at_alices, light, "vtt")

    assert "<v Ada>Light <00:00:01.800>&lt;is&gt; a <00:00:02.400>wave.\n" in text


def test_as_json_it_is_all_there(at_alices: APIClient, light: Session) -> None:
    whole = json.loads(exported(at_alices, light, "json"))

    assert (whole["session_id"], whole["title"], whole["tutor"]["name"]) == (light.id, "What is light?", "Ada")
    assert [(turn["user_text"], turn["reply_text"]) for turn in whole["turns"]] == [
        ("What is light?", "Light is energy."),
        ("And water?", "Water is 100 % wet."),
    ]
    assert whole["turns"][0]["segments"] == [
        {"segment": 0, "content": "Light is energy.", "duration_ms": 1_500, "words": None}
    ]
    assert "token=" not in json.dumps(whole)


@pytest.mark.parametrize("form", ["", "pdf", "TXT", "../txt"])
def test_a_format_there_is_not_is_400(at_alices: APIClient, light: Session, form: str) -> None:
    answer = at_alices.get(address(light, "/export"), {"format": form})

    assert (answer.status_code, set(answer.json())) == (400, {"format"})


def test_a_session_without_a_word_can_be_exported(at_alices: APIClient, session: Session) -> None:
    for form in ("txt", "md", "vtt", "json"):
        assert exported(at_alices, session, form)
