"""Calls that nobody would make: each is answered, none with a 5xx, none with a traceback."""

import json
import time
from collections import Counter
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.test import Client
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from rest_framework_simplejwt.tokens import RefreshToken
from schemathesis import GenerationMode

from accounts.models import User
from gpu_tasks import worker
from sessions_app.models import Session
from tests.environment import REPOSITORY, SERVICE_KEY
from tests.everybody import School, address, school
from tests.fuzz.conftest import Tell, sizes
from tests.test_who_sees_what import PAGES

__all__ = ["school"]

SCHEMA = schemathesis.openapi.from_dict(json.loads((REPOSITORY / "frontend/src/api/openapi.json").read_text()))
OPERATIONS = {found.ok().label: found.ok() for found in SCHEMA.get_all_operations()}
PEOPLE = ("nobody", "alice", "dora", "root", "another backend")
# Path and query as somebody types them into an address.
HOSTILE = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "\0",
            "%00",
            "../../etc/passwd",
            "'--",
            "{{7*7}}",
            "9" * 40,
            "-1",
            "1e400",
            "NaN",
            "\ud7ff",
            "＜script＞",
            "a" * 5_000,
        ]
    ),
    st.integers().map(str),
)

pytestmark = [pytest.mark.usefixtures("redis"), pytest.mark.filterwarnings("ignore")]


@pytest.fixture(autouse=True)
def all_is_well(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(worker, "alive", lambda name: 1)
    settings.RATES = dict.fromkeys(settings.RATES, (0, 60))
    settings.GUESSES = dict.fromkeys(settings.GUESSES, (0, 60))


def generated(number: int, seed: int) -> Any:
    """`number` cases of a strategy, the same for the same seed; nothing is kept, and nothing is shrunk."""
    return lambda test: hypothesis.seed(seed)(
        hypothesis.settings(
            max_examples=number,
            database=None,
            deadline=None,
            phases=[hypothesis.Phase.generate],
            suppress_health_check=list(hypothesis.HealthCheck),
        )(test)
    )


def key_of(who: str, people: dict[str, User]) -> dict[str, str]:
    if who == "nobody":
        return {}
    if who == "another backend":
        return {"Authorization": f"Bearer {SERVICE_KEY}"}
    return {"Authorization": f"Bearer {RefreshToken.for_user(people[who]).access_token}"}


def sent(client: Client, case: Any, key: dict[str, str]) -> Any:
    """By Django's client, within the test's transaction."""
    call = case.as_transport_kwargs(base_url="http://testserver")
    body = call.get("data", b"")
    if "json" in call:
        body = json.dumps(call["json"])
    headers = {**{name: str(value) for name, value in call["headers"].items()}, **key}
    return client.generic(
        call["method"],
        call["url"].removeprefix("http://testserver"),
        body if isinstance(body, str | bytes) else json.dumps(body),
        headers.pop("Content-Type", "application/json"),
        headers=headers,
        query_params=call.get("params") or None,
    )


class Answers:
    def __init__(self) -> None:
        self.statuses: Counter[int] = Counter()
        self.longest = 0.0
        self.wrong: list[str] = []

    def take(self, answer: Any, called: str, seconds: float) -> None:
        text = b"" if answer.streaming else answer.content
        self.statuses[answer.status_code] += 1
        self.longest = max(self.longest, seconds)
        if answer.status_code >= 500 or b"Traceback (most recent call last)" in text:
            self.wrong.append(f"{answer.status_code} {called}")

    def __str__(self) -> str:
        return f"{self.statuses.total()} calls {dict(self.statuses)}, the longest {self.longest:.2f} s"


@sizes(short=4, longer=40, whole=450)
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: str(mode.value))
@pytest.mark.parametrize("label", OPERATIONS)
def test_calls_of_the_api(school: School, label: str, mode: GenerationMode, cases: int, seed: int, tell: Tell) -> None:
    keys = {who: key_of(who, school.people) for who in PEOPLE}
    client = Client(raise_request_exception=False)
    answers = Answers()

    @generated(cases, seed)
    @hypothesis.given(
        case=OPERATIONS[label].as_strategy(generation_mode=mode),
        who=st.sampled_from(PEOPLE),
        hers=st.booleans(),
        more=st.dictionaries(HOSTILE, HOSTILE, max_size=2),
    )
    def call(case: Any, who: str, hers: bool, more: dict[str, str]) -> None:
        if hers and "session_id" in (case.path_parameters or {}):
            case.path_parameters["session_id"] = school.session.id
        case.query = {**(case.query or {}), **more}
        began = time.perf_counter()
        answer = sent(client, case, keys[who])
        answers.take(answer, f"{who}: {case.as_curl_command()[:400]}", time.perf_counter() - began)
        # What is undone by a call that may do it is there for the next.
        Session.objects.filter(id=school.session.id).update(status=Session.Status.ACTIVE)

    try:
        call()
    except Unsatisfiable:
        pytest.skip("it takes nothing, so nothing wrong can be given to it")
    tell(f"{label} {mode.value}: {answers}")
    assert answers.wrong == []


@sizes(short=40, longer=400, whole=12_000)
def test_addresses_of_all_sorts(school: School, cases: int, seed: int, tell: Tell) -> None:
    """Of the staff side, the files and the API: any path, any query, by who may and who may not."""
    clients = {"nobody": Client(raise_request_exception=False)}
    for who in ("alice", "dora", "root"):
        clients[who] = Client(raise_request_exception=False)
        clients[who].force_login(school.people[who])
    routes = sorted(PAGES)
    names = ["q", "o", "p", "page", "e", "role", "role__exact", "is_active__exact", "classes__id__exact", "at__gte"]
    names += ["created_at__year", "tutor__id__exact", "status__exact", "_changelist_filters", "next", "list", "search"]
    answers = Answers()

    @generated(cases, seed)
    @hypothesis.given(
        who=st.sampled_from(sorted(clients)),
        route=st.sampled_from(routes),
        path=st.one_of(st.none(), st.none(), HOSTILE),
        query=st.dictionaries(st.one_of(st.sampled_from(names), HOSTILE), HOSTILE, max_size=3),
        form=st.one_of(st.none(), st.none(), st.dictionaries(HOSTILE, HOSTILE, max_size=3)),
        where=st.sampled_from(["/admin/", "/media/", "/engine/v1/sessions/", "/api/", "/"]),
    )
    def call(who: str, route: str, path: str | None, query: Any, form: Any, where: str) -> None:
        if "logout" in route or "erase" in route or (form is not None and "delete" in route):
            return
        url = address(school, route) if path is None else f"{where}{path}"
        client = clients[who]
        began = time.perf_counter()
        answer = client.get(url, query) if form is None else client.post(url, form)
        if route.endswith("avatar/still") and answer.status_code == 503:
            return  # no worker draws here
        answers.take(answer, f"{who}: {url[:200]} {query} {form}", time.perf_counter() - began)

    call()
    tell(f"any address: {answers}")
    assert answers.wrong == []
