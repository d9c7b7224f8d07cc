"""The role decides what somebody of the staff may do."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import AuditEntry, SchoolClass, User
from accounts.roles import TEACHERS_MAY
from sessions_app.models import Tutor

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("role", "is_staff", "is_superuser"),
    [("student", False, False), ("teacher", True, False), ("admin", True, True)],
)
def test_rights_follow_the_role(alice: User, role: str, is_staff: bool, is_superuser: bool) -> None:
    alice.role = role
    alice.is_staff, alice.is_superuser = not is_staff, not is_superuser
    alice.save(update_fields=["role"])

    alice.refresh_from_db()
    assert (alice.is_staff, alice.is_superuser) == (is_staff, is_superuser)


@pytest.mark.parametrize("wrong", [{"is_staff": True}, {"is_superuser": True}, {"role": "admin"}])
def test_no_way_past_the_role_is_kept(alice: User, wrong: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(id=alice.id).update(**wrong)


def test_a_teacher_has_the_rights_of_the_table_and_no_others(dora: User, alice: User) -> None:
    for permission, given in {
        "accounts.view_user": True,
        "accounts.add_user": False,
        "accounts.delete_user": False,
        "accounts.view_auditentry": False,
        "sessions_app.view_turn": True,
        "sessions_app.change_turn": False,
        "auth.add_group": False,
    }.items():
        assert dora.has_perm(permission) == given
        assert not alice.has_perm(permission)
    assert len(dora.get_all_permissions()) == sum(map(len, TEACHERS_MAY.values()))


def test_a_teacher_who_may_not_log_in_any_more_has_no_rights(dora: User) -> None:
    dora.is_active = False

    assert not dora.has_perm("accounts.view_user")


def test_an_address_is_kept_in_small_letters_whoever_writes_it(dora: User) -> None:
    root = User.objects.create_superuser("root@example.org")
    client = Client()
    client.force_login(root)

    client.post(
        "/admin/accounts/user/add/",
        {
            "email": "Eve@Example.ORG",
            "name": "Eve",
            "role": "student",
            "password1": "a long enough passphrase",
            "password2": "a long enough passphrase",
            "usable_password": "true",
        },
    )

    assert User.objects.get(name="Eve").email == "eve@example.org"


def test_what_a_teacher_cannot_see_he_does_not_take_away(dora: User, tutor: Tutor) -> None:
    """A tutor of two classes, one of them hers: saving it leaves it in the other."""
    hers, other = SchoolClass.objects.create(name="4b"), SchoolClass.objects.create(name="5a")
    hers.teachers.add(dora)
    tutor.classes.add(hers, other)
    client = Client()
    client.force_login(dora)
    page = client.get(f"/admin/sessions_app/tutor/{tutor.id}/change/")
    form = page.context["adminform"].form
    assert list(form.fields["classes"].queryset) == [hers]
    sent = {name: value for name, value in form.initial.items() if value is not None} | {
        "classes": [hers.id],
        "knowledge_bases": [base.id for base in tutor.knowledge_bases.all()],
    }
    for formset in page.context["inline_admin_formsets"]:
        for field in formset.formset.management_form:
            sent[field.html_name] = field.value()
        for each in formset.formset.initial_forms:
            sent |= {field.html_name: field.value() for field in each if field.value() is not None}

    answer = client.post(f"/admin/sessions_app/tutor/{tutor.id}/change/", sent | {"name": "Ada again"})

    tutor.refresh_from_db()
    assert (answer.status_code, tutor.name) == (302, "Ada again")
    assert set(tutor.classes.all()) == {hers, other}


# What is kept of it


def test_what_the_staff_opens_adds_changes_and_deletes_is_kept(alice: User) -> None:
    root = User.objects.create_superuser("root@example.org", name="Root")
    client = Client()
    client.force_login(root)
    client.post("/admin/accounts/schoolclass/add/", {"name": "4b", "students": [alice.id]})
    address = f"/admin/accounts/schoolclass/{SchoolClass.objects.get().id}"

    client.get(f"{address}/change/")
    client.post(f"{address}/change/", {"name": "5b", "students": [alice.id]})
    client.post(f"{address}/delete/", {"post": "yes"})
    client.get(f"/admin/accounts/user/{alice.id}/change/")

    entries = list(AuditEntry.objects.order_by("id"))
    assert [(entry.action, entry.kind, entry.label) for entry in entries] == [
        ("added", "class", "4b"),
        ("opened", "class", "4b"),
        ("changed", "class", "5b"),
        ("deleted", "class", "5b"),
        ("opened", "user", "Alice"),
    ]
    assert {entry.actor_name for entry in entries} == {"Root <root@example.org>"}
    assert [entry.about for entry in entries] == [None] * 4 + [alice]


def test_the_history_of_a_row_is_the_audit_log_about_it(alice: User) -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("root@example.org"))
    client.get(f"/admin/accounts/user/{alice.id}/change/")

    page = client.get(f"/admin/accounts/user/{alice.id}/history/", follow=True)

    assert page.status_code == 200
    assert [entry.label for entry in page.context["cl"].result_list] == ["Alice"]
