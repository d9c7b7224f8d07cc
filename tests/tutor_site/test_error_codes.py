import pytest
from rest_framework.test import APIClient

pytestmark = pytest.mark.django_db

CODES = "X-Error-Code"


def test_a_wrong_password_has_a_code_beside_its_words() -> None:
    response = APIClient().post("/api/auth/login", {"email": "sam@example.com", "password": "no"}, format="json")
    assert response.status_code == 401
    assert response.json() == {"detail": "The e-mail address or the password is wrong."}
    assert response[CODES] == "wrong_credentials"


def test_each_field_has_its_code() -> None:
    form = {"email": "nobody", "password": "12345"}
    response = APIClient().post("/api/auth/register", form, format="json")
    assert response.status_code == 400
    assert set(response[CODES].split()) == {"email=invalid", "name=required"}


def test_a_weak_password_says_how_it_is_weak() -> None:
    form = {"email": "sam@example.com", "name": "Sam", "password": "x7"}
    response = APIClient().post("/api/auth/register", form, format="json")
    assert list(response.json()) == ["password"]
    assert response[CODES] == "password=password_too_short"


def test_somebody_who_is_not_signed_in_is_told_so() -> None:
    response = APIClient().get("/api/tutors")
    assert response.status_code == 401
    assert response[CODES] == "not_authenticated"


def test_an_answer_that_is_no_error_has_none() -> None:
    assert CODES not in APIClient().get("/api/config")
