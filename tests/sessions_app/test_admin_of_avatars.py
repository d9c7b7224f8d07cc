"""Faces are made by choosing features or of a picture that a worker looks at; a person's only with consent."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import redis as redis_library
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import AuditEntry, User
from gpu_tasks import media, worker
from gpu_tasks.samples import draw_still
from sessions_app.avatars import samples, uploads
from sessions_app.models import Avatar, Tutor
from sessions_app.models.tutors import TutorAvatar
from tests.queues import Queues

pytestmark = pytest.mark.django_db
PAGE = "/admin/sessions_app/avatar"
ASTRONAUT = Path(__file__).parents[1] / "data/portraits/astronaut.jpg"
AGREED = {"shows": "Eileen Collins", "consent_by": "Eileen Collins", "consent_on": "2026-01-31"}


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser(email="root@school.example", password="a long enough passphrase"))
    return client


@pytest.fixture(autouse=True)
def all_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "alive", lambda name: 1)


def file(content: bytes | None = None, name: str = "portrait.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, ASTRONAUT.read_bytes() if content is None else content)


def add(admin: Client, **fields: Any) -> str:
    """The page that answers."""
    return admin.post(f"{PAGE}/add/", {"name": "Mae", **fields}, follow=True).content.decode()


def person(admin: Client, upload: SimpleUploadedFile | None = None, **fields: Any) -> str:
    return add(admin, made_of="person", picture=upload or file(), **(AGREED | fields))


def prepared(queues: Queues) -> Avatar:
    uploads.prepare_one()
    queues.run_all("avatar", "default")
    return Avatar.objects.get()


# A drawing


def test_a_drawing_is_what_was_chosen(admin: Client) -> None:
    add(admin, made_of="drawn", look_hair="curls", look_clothes_colour="#112233", look_lashes="on")

    avatar = Avatar.objects.get()
    assert avatar.avatar_id == "avatar_mae"
    assert avatar.kind == Avatar.Kind.ILLUSTRATED
    assert (avatar.features["hair"], avatar.features["clothes_colour"]) == ("curls", "#112233")
    assert (avatar.features["lashes"], avatar.features["lines"]) == (True, False)


def test_other_looks_are_another_version_and_another_name_is_not(admin: Client) -> None:
    add(admin, made_of="drawn", look_hair="curls")
    first = Avatar.objects.get()
    form = {"made_of": "drawn", **{f"look_{name}": value for name, value in first.features.items() if value}}

    admin.post(f"{PAGE}/{first.pk}/change/", {**form, "name": "Maja"})
    renamed = Avatar.objects.get()
    admin.post(f"{PAGE}/{first.pk}/change/", {**form, "name": "Maja", "look_hair": "bun"})

    assert (renamed.name, renamed.version) == ("Maja", first.version)
    assert Avatar.objects.get().version > first.version


@pytest.mark.parametrize("looks", [{"look_hair": "mohawk"}, {"look_clothes_colour": "red"}, {"look_skin": "<script>"}])
def test_a_feature_that_there_is_not_is_refused(admin: Client, looks: dict[str, str]) -> None:
    add(admin, made_of="drawn", **looks)

    assert not Avatar.objects.exists()


def test_the_drawing_is_shown_while_it_is_chosen(
    admin: Client, redis: "redis_library.Redis", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draw_still, "apply_async", lambda args: draw_still(*args))  # as a worker would

    picture = admin.get(f"{PAGE}/still", {"look_hair": "bun", "look_lashes": "on"})
    unknown = admin.get(f"{PAGE}/still", {"look_hair": "mohawk"})

    assert cv2.imdecode(np.frombuffer(picture.content, np.uint8), cv2.IMREAD_COLOR).shape == (512, 512, 3)
    assert unknown.status_code == 503
    assert "mohawk" in unknown.content.decode()


def test_without_a_worker_the_page_says_so(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "alive", lambda name: 0)

    assert "No worker" in admin.get(f"{PAGE}/still").content.decode()


# A person


def test_a_portrait_becomes_a_face_when_a_worker_has_looked_at_it(admin: Client, queues: Queues) -> None:
    person(admin)
    waiting = Avatar.objects.get()

    avatar = prepared(queues)

    assert not waiting.prepared
    assert avatar.prepared
    assert (avatar.kind, avatar.progress, avatar.upload, avatar.refusal) == (Avatar.Kind.PHOTO, 100, "", "")
    assert media.read(f"{avatar.folder}idle.mp4")[4:8] == b"ftyp"
    assert media.read(avatar.portrait).startswith(b"\xff\xd8")


def test_nothing_of_the_file_itself_is_kept(admin: Client, queues: Queues) -> None:
    secret = b"Exif\0\0taken at home"
    jpeg = ASTRONAUT.read_bytes()
    person(admin, file(jpeg[:2] + b"\xff\xe1" + (len(secret) + 2).to_bytes(2, "big") + secret + jpeg[2:]))
    put_in = Avatar.objects.get().upload

    avatar = prepared(queues)

    assert secret not in media.read(avatar.portrait)
    assert not media.default_storage.exists(put_in)


def test_the_page_tells_how_far_it_is(admin: Client, redis: "redis_library.Redis", queues: Queues) -> None:
    person(admin)
    avatar = Avatar.objects.get()
    uploads.upload_progress(avatar.upload, 40)

    during = admin.get(f"{PAGE}/{avatar.pk}/state").json()
    after_that = prepared(queues)
    afterwards = admin.get(f"{PAGE}/{after_that.pk}/state").json()

    assert (during["busy"], during["progress"], during["words"]) == (True, 40, "Is being prepared: 40 %")
    assert (afterwards["busy"], afterwards["words"]) == (False, "Ready")
    assert admin.get(afterwards["poster"]).content.startswith(b"\xff\xd8")


def two_faces() -> bytes:
    head = cv2.imread(str(ASTRONAUT))[20:276, 96:352]
    return bytes(cv2.imencode(".jpg", np.hstack([head, head]))[1])


def scaled(light: float = 1.0, size: float = 1.0) -> bytes:
    picture = np.clip(cv2.imread(str(ASTRONAUT)) * light, 0, 255).astype(np.uint8)
    return bytes(cv2.imencode(".jpg", cv2.resize(picture, None, fx=size, fy=size, interpolation=cv2.INTER_AREA))[1])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (bytes(cv2.imencode(".png", np.full((300, 300, 3), 120, np.uint8))[1]), "No face"),
        (two_faces(), "more than one face"),
        (scaled(light=0.2), "too dark"),
        (scaled(size=0.5), "too small"),
        (ASTRONAUT.read_bytes()[:30_000], "damaged"),
    ],
)
def test_a_picture_that_will_not_do_is_refused_with_the_reason(
    admin: Client, queues: Queues, content: bytes, words: str
) -> None:
    person(admin, file(content))

    avatar = prepared(queues)

    assert words in avatar.refusal
    assert not avatar.prepared
    assert avatar.upload == ""
    assert words in admin.get(f"{PAGE}/{avatar.pk}/state").json()["refusal"]


def test_a_refused_file_leaves_the_face_as_it_was(admin: Client, queues: Queues) -> None:
    person(admin)
    before = prepared(queues)
    admin.post(
        f"{PAGE}/{before.pk}/change/", {"name": "Mae", "made_of": "person", "picture": file(two_faces()), **AGREED}
    )

    after = prepared(queues)

    assert "more than one face" in after.refusal
    assert (after.version, after.portrait, after.prepared) == (before.version, before.portrait, True)
    assert media.read(after.portrait)


def test_a_newer_file_takes_the_place_of_the_older_one(admin: Client, queues: Queues) -> None:
    person(admin)
    before = prepared(queues)
    admin.post(f"{PAGE}/{before.pk}/change/", {"name": "Mae", "made_of": "person", "picture": file(), **AGREED})

    after = prepared(queues)

    assert after.version > before.version
    assert not media.default_storage.exists(before.portrait)
    assert not media.default_storage.exists(f"{before.folder}poster.jpg")


def test_a_file_on_which_workers_die_is_given_up(admin: Client, redis: "redis_library.Redis", queues: Queues) -> None:
    person(admin)
    for _ in range(uploads.ATTEMPTS):
        uploads.prepare_one()
        queues.take("avatar")
        redis.delete(uploads.PREPARING)

    uploads.prepare_one()

    assert Avatar.objects.get().refusal == uploads.GIVEN_UP
    assert queues.take("avatar") is None


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "face.svg", "SVG drawings"),
        (b"<svg onload='alert(1)'/>", "face.jpg", "SVG drawings"),
        (b"GIF89a" + bytes(80), "face.gif", "GIF pictures"),
        (b"hello", "face.jpg", "not a picture or clip"),
    ],
)
def test_what_is_no_picture_is_refused_beside_its_field(admin: Client, content: bytes, name: str, words: str) -> None:
    assert words in person(admin, file(content, name))
    assert not Avatar.objects.exists()


def test_a_file_that_is_too_large_is_refused_before_it_is_read(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sessions_app.admin.avatar_form.MAX_CLIP_BYTES", 1000)

    assert "The file is larger" in person(admin)


@pytest.mark.parametrize("missing", AGREED)
def test_a_person_is_not_shown_without_consent(admin: Client, missing: str) -> None:
    person(admin, **{missing: ""})

    assert not Avatar.objects.exists()


def test_who_agreed_is_kept_in_the_audit_log(admin: Client) -> None:
    person(admin)

    (entry,) = [each for each in AuditEntry.objects.all() if "consent" in each.details]
    assert entry.details["consent"] == AGREED
    assert entry.actor_name == "root@school.example"


# Seen speaking


def test_a_face_is_seen_speaking_in_a_voice(
    admin: Client, redis: "redis_library.Redis", face: Avatar, queues: Queues
) -> None:
    Avatar.objects.update(prepared_version=face.version)

    states = [admin.get(f"{PAGE}/{face.pk}/speaks", {"voice": "tone"}).json()["state"] for _ in range(2)]
    ran = queues.run_all("tts", "avatar")
    ready = admin.get(f"{PAGE}/{face.pk}/speaks", {"voice": "tone"}).json()

    assert states == ["making", "making"]
    assert ran == ["speak_sample", "animate_sample"]
    assert admin.get(ready["url"]).content[4:8] == b"ftyp"


def test_a_voice_that_there_is_not_is_said(admin: Client, redis: "redis_library.Redis", face: Avatar) -> None:
    Avatar.objects.update(prepared_version=face.version)

    answer = admin.get(f"{PAGE}/{face.pk}/speaks", {"voice": "nobody"}).json()

    assert answer == {"state": "failed", "problem": samples.UNKNOWN}


# Deleting


def test_a_face_that_a_tutor_shows_is_not_deleted(admin: Client, tutor: Tutor, face: Avatar) -> None:
    page = admin.post(f"{PAGE}/{face.pk}/delete/", {"post": "yes"}).content.decode()

    assert "The tutor Ada (Science) shows this face." in page
    assert Avatar.objects.filter(pk=face.pk).exists()


def test_a_deleted_face_leaves_no_file(
    admin: Client, queues: Queues, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    person(admin)
    avatar = prepared(queues)
    with django_capture_on_commit_callbacks(execute=True):
        admin.post(f"{PAGE}/{avatar.pk}/delete/", {"post": "yes"})

    assert not Avatar.objects.exists()
    assert not media.default_storage.exists(avatar.portrait)
    assert not media.default_storage.exists(f"{avatar.folder}idle.mp4")


def test_a_face_that_is_deleted_while_it_is_prepared_leaves_no_file(admin: Client, queues: Queues) -> None:
    person(admin)
    uploads.prepare_one()
    avatar = Avatar.objects.get()
    taken = queues.take("avatar")
    Avatar.objects.all().delete()  # its files go with the commit, which is later than the worker here
    assert taken is not None
    queues.run(taken)

    queues.run_all("default")

    assert not media.default_storage.exists(avatar.upload)
    assert not media.default_storage.exists(avatar.root)


# Who may


def test_a_teacher_sees_the_faces_of_tutors_open_to_his_classes_and_changes_his_own(
    dora: User, face: Avatar, tutor: Tutor
) -> None:
    secret = Avatar.objects.create(avatar_id="avatar_secret", name="Secret", kind=Avatar.Kind.ILLUSTRATED)
    own = Avatar.objects.create(avatar_id="avatar_own", name="Own", kind=Avatar.Kind.ILLUSTRATED, added_by=dora)
    TutorAvatar.objects.get_or_create(tutor=tutor, avatar=face)
    client = Client()
    client.force_login(dora)

    def code(avatar: Avatar, what: str) -> int:
        return client.get(f"{PAGE}/{avatar.pk}/{what}").status_code

    assert [code(each, "state") for each in (own, face, secret)] == [200, 200, 404]
    form = {"name": "Renamed", "made_of": "drawn"}
    assert client.post(f"{PAGE}/{face.pk}/change/", form).status_code == 403
    assert client.post(f"{PAGE}/{own.pk}/change/", form).status_code == 302


@pytest.mark.parametrize("what", ["still", "1/state", "1/speaks?voice=tone", "add/"])
def test_students_have_no_business_here(alice: User, what: str) -> None:
    client = Client()
    assert client.get(f"{PAGE}/{what}").status_code == 302
    client.force_login(alice)
    assert client.get(f"{PAGE}/{what}").status_code == 302
