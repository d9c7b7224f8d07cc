"""One document types the whole interface: the HTTP calls and the socket's messages."""

import json
from typing import Any, get_args

import pytest
from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from sessions_app import protocol


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    schema: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return schema


def messages_of(union: Any) -> set[str]:
    return {model.__name__ for model in get_args(get_args(union)[0])}


def test_it_is_served_to_everybody(nobody: APIClient, db: None) -> None:
    answer = nobody.get("/api/schema", headers={"Accept": "application/vnd.oai.openapi+json"})

    assert answer.status_code == 200
    assert json.loads(answer.content)["info"]["title"] == "Virtual Tutor"


def test_there_is_a_page_to_browse_it_without_another_host(nobody: APIClient, db: None) -> None:
    page = nobody.get("/api/docs")

    assert page.status_code == 200
    assert "/api/schema" in nobody.get("/api/docs?script=").content.decode()
    assert "https://cdn" not in page.content.decode()


def test_it_has_no_mistakes(tmp_path: Any) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yml"))


@pytest.mark.parametrize(
    "path",
    [
        "/api/auth/login",
        "/api/auth/refresh",
        "/api/auth/register",
        "/api/auth/logout",
        "/api/auth/me",
        "/api/tutors",
        "/api/tutors/{id}",
        "/api/student/sessions",
        "/api/student/sessions/{session_id}",
        "/api/student/sessions/{session_id}/turns",
        "/api/student/gpu/health",
        "/engine/health",
        "/engine/v1/sessions",
        "/engine/v1/sessions/{session_id}",
    ],
)
def test_every_call_of_the_contract_is_in_it(document: dict[str, Any], path: str) -> None:
    assert path in document["paths"]


@pytest.mark.parametrize(
    ("name", "union"), [("ClientMessage", protocol.ClientMessage), ("ServerMessage", protocol.AnyServerMessage)]
)
def test_every_message_of_the_socket_is_in_it(document: dict[str, Any], name: str, union: Any) -> None:
    schemas = document["components"]["schemas"]
    named = {reference["$ref"].rpartition("/")[2] for reference in schemas[name]["oneOf"]}

    assert named == messages_of(union)
    discriminator = schemas[name]["discriminator"]
    assert discriminator["propertyName"] == "type"
    for kind, reference in discriminator["mapping"].items():
        assert schemas[reference.rpartition("/")[2]]["properties"]["type"]["const"] == kind
    assert {reference.rpartition("/")[2] for reference in discriminator["mapping"].values()} == named


def test_nothing_is_referred_to_that_is_not_there(document: dict[str, Any]) -> None:
    schemas = set(document["components"]["schemas"])

    def references(value: Any) -> set[str]:
        if isinstance(value, dict):
            own = {value["$ref"].rpartition("/")[2]} if isinstance(value.get("$ref"), str) else set()
            return own.union(*(references(each) for each in value.values()))
        if isinstance(value, list):
            return set().union(*(references(each) for each in value))
        return set()

    assert references(document) <= schemas


def test_the_transcript_is_typed_by_the_same_turn_as_the_socket(document: dict[str, Any]) -> None:
    answer = document["paths"]["/api/student/sessions/{session_id}/turns"]["get"]["responses"]["200"]
    page = answer["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]

    rows = document["components"]["schemas"][page]["properties"]["results"]["items"]
    assert rows == {"$ref": "#/components/schemas/TurnInfo"}
    assert "segments" in document["components"]["schemas"]["TurnInfo"]["properties"]
