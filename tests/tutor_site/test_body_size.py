"""A call that brings too much is refused before anything reads it."""

import pytest
from django.test import Client


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        ("/api/auth/login", 1024 * 1024 + 1, 413),
        ("/api/auth/login", 200, 400),
        ("/engine/v1/sessions", 10**12, 413),
        ("/admin/login/", 60 * 1024 * 1024, 200),
        ("/admin/login/", 10**9, 413),
    ],
)
def test_what_is_too_large_is_refused(client: Client, path: str, size: int, status: int) -> None:
    sent = client.post(path, b"{}" + b" " * 198, content_type="application/json", CONTENT_LENGTH=str(size))

    assert sent.status_code == status


@pytest.mark.usefixtures("db")
def test_a_length_has_to_be_said(client: Client) -> None:
    unsaid = {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}

    assert client.post("/api/auth/login", b"{}", content_type="application/json", **unsaid).status_code == 411
