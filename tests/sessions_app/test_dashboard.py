"""Today at a glance, for those who may see it."""

import json
import time
from datetime import timedelta

import pytest
import redis as redis_library
from django.test import Client
from django.utils import timezone

from accounts.models import SchoolClass, User
from gpu_tasks import turn_log
from sessions_app import figures
from sessions_app.admin.dashboard import DAYS, Card
from sessions_app.models import DayFigures, FirstFrames, Flag, Session, Turn, Usage

pytestmark = pytest.mark.usefixtures("redis")


@pytest.fixture
def root(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root@example.org", "a long enough passphrase"))
    return client


@pytest.fixture
def teacher(dora: User, alice: User) -> Client:
    taught = SchoolClass.objects.create(name="5a")
    taught.students.add(alice)
    taught.teachers.add(dora)
    client = Client()
    client.force_login(dora)
    return client


def cards(client: Client) -> dict[str, Card]:
    page = client.get("/admin/")
    assert page.status_code == 200
    return {card.title: card for card in page.context["cards"]}


def ended(session: Session, number: int, **what: object) -> Turn:
    values = {"modality": "text", "status": Turn.Status.COMPLETED} | what
    return Turn.objects.create(session=session, number=number, **values)


def test_a_new_school_has_a_dashboard_of_zeros(root: Client) -> None:
    shown = cards(root)

    assert (shown["Sessions"].value, shown["Turns"].value, shown["First picture"].value) == ("0", "0", "–")
    assert shown["Failures"].note == "of no turns"


def test_staff_see_the_figures_of_the_day(root: Client) -> None:
    today = timezone.localdate()
    DayFigures.objects.create(
        day=today, sessions=3, turns=1_200, interrupted=7, failed=6, degraded=12, spoken_ms=6_000_000
    )
    FirstFrames.objects.create(day=today, within_ms=figures.bucket(900), turns=90)
    FirstFrames.objects.create(day=today, within_ms=figures.bucket(4_000), turns=10)
    DayFigures.objects.create(day=today - timedelta(days=DAYS), turns=99_999)

    shown = cards(root)

    assert (shown["Sessions"].value, shown["Turns"].value, shown["Minutes"].value) == ("3", "1,200", "100")
    assert shown["First picture"].value == "1.0 s"
    assert "95 %: 4.0 s" in shown["First picture"].note
    assert (shown["Failures"].value, shown["Failures"].note) == ("6", "0.5% of the turns")
    assert shown["Degraded"].value == "12"
    page = root.get("/admin/").content.decode()
    assert "99999" not in page
    assert "1200" in page


def test_charts_have_each_of_the_last_days(root: Client) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    DayFigures.objects.create(day=yesterday, turns=5, failed=1)

    charts = {chart.title: chart for chart in root.get("/admin/").context["charts"]}

    turns = json.loads(charts["Turns"].data)
    assert len(turns["labels"]) == DAYS
    assert turns["datasets"][0]["data"][-3:] == [0, 5, 0]
    assert charts["First picture, seconds"].series[0] == [None] * DAYS
    assert charts["Failed and degraded turns"].rows[-2] == (yesterday, 1, 0)


def test_a_teacher_sees_the_figures_of_his_classes(teacher: Client, session: Session, bob: User) -> None:
    ended(session, 1)
    ended(session, 2, status=Turn.Status.FAILED)
    theirs = Session.objects.create(student=bob, tutor=session.tutor)
    ended(theirs, 1)
    Usage.objects.create(student=session.student, day=timezone.localdate(), spoken_ms=120_000)
    Usage.objects.create(student=bob, day=timezone.localdate(), spoken_ms=6_000_000)
    DayFigures.objects.create(day=timezone.localdate(), turns=777)

    shown = cards(teacher)

    assert (shown["Turns"].value, shown["Failures"].value, shown["Minutes"].value) == ("2", "1", "2")
    assert (shown["Students"].value, shown["Students"].note) == ("1", "of 1 learned today")
    assert "777" not in teacher.get("/admin/").content.decode()


def test_open_alerts_are_counted_for_those_who_may_see_them(
    root: Client, teacher: Client, session: Session, bob: User
) -> None:
    theirs = Session.objects.create(student=bob, tutor=session.tutor)
    for turn in (ended(session, 1), ended(session, 2), ended(theirs, 1)):
        Flag.objects.create(turn=turn, direction="said", category="x", severity=1, excerpt="x")
    Flag.objects.filter(turn__session=session, turn__number=2).update(looked_at=timezone.now())

    assert "2 alerts nobody has looked at" in root.get("/admin/now").content.decode()
    assert "1 alert nobody has looked at" in teacher.get("/admin/now").content.decode()


def test_workers_queues_and_the_line_are_those_of_this_moment(root: Client, redis: "redis_library.Redis") -> None:
    redis.zadd("workers:llm", {"{}": time.time() + 60})
    redis.rpush("tts", "a", "b")
    redis.sadd(turn_log.RUNNING, "a")

    page = root.get("/admin/now")
    stages = {stage["queue"]: stage for stage in page.context["stages"]}

    assert (stages["llm"]["workers"], stages["asr"]["workers"]) == (1, 0)
    assert stages["tts"]["queued"] == 2
    assert "<strong>1</strong> turn running, <strong>0</strong> waiting" in page.content.decode()


def test_without_the_queue_the_page_says_so(root: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(queue: str) -> int:
        raise redis_library.ConnectionError

    monkeypatch.setattr("gpu_tasks.worker.alive", unreachable)

    assert "The queue cannot be reached" in root.get("/admin/").content.decode()


@pytest.mark.parametrize("address", ["/admin/", "/admin/now"])
def test_nobody_but_staff_sees_it(alice: User, address: str) -> None:
    client = Client()
    assert client.get(address).status_code == 302
    client.force_login(alice)
    assert client.get(address).status_code == 302


# The navigation


def test_staff_are_offered_what_they_may_open(root: Client, teacher: Client) -> None:
    def offered(client: Client) -> set[str]:
        groups = client.get("/admin/").context["sidebar_navigation"]
        return {item["title"] for group in groups for item in group["items"]}

    assert {"Today", "Tutors", "Sessions", "Accounts"} <= offered(root)
    assert {"Today", "Tutors", "Sessions"} <= offered(teacher)
    assert offered(teacher) < offered(root) | {"Today"}


def test_every_page_of_the_navigation_opens(root: Client, teacher: Client) -> None:
    for client in (root, teacher):
        for group in client.get("/admin/").context["sidebar_navigation"]:
            for item in group["items"]:
                assert client.get(item["link"]).status_code == 200, item["title"]
