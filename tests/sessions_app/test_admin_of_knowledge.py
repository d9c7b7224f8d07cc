import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import SchoolClass, User
from sessions_app.ingestion import documents
from sessions_app.models import Document, KnowledgeBase, Tutor
from sessions_app.tasks import try_search
from tests.sessions_app.lessons import ingest, pdf

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser(email="root@school.example", password="a long enough passphrase"))
    return client


def upload(admin: Client, base: KnowledgeBase, *files: tuple[str, bytes]) -> str:
    """The page that answers."""
    form = {
        "name": base.name,
        "slug": base.slug,
        "uploads": [SimpleUploadedFile(name, content) for name, content in files],
        "documents-TOTAL_FORMS": 0,
        "documents-INITIAL_FORMS": 0,
    }
    response = admin.post(f"/admin/sessions_app/knowledgebase/{base.id}/change/", form, follow=True)
    return response.content.decode()


def test_several_documents_are_put_in_at_once_and_wait_to_be_read(admin: Client, plants: KnowledgeBase) -> None:
    upload(admin, plants, ("Light.pdf", pdf(["Plants need light."])), ("Water.md", b"Roots drink."))

    assert sorted(plants.documents.values_list("title", "status")) == [("Light", "waiting"), ("Water", "waiting")]
    assert documents.next_to_read() is not None


def test_a_file_that_is_refused_is_named_and_nothing_is_put_in(admin: Client, plants: KnowledgeBase) -> None:
    page = upload(admin, plants, ("Light.md", b"Plants need light."), ("virus.exe", b"MZ"))

    assert "virus.exe: Only PDF" in page
    assert not Document.objects.exists()


def test_the_page_shows_how_far_documents_are_and_what_could_not_be_read(admin: Client, plants: KnowledgeBase) -> None:
    ingest(plants, "Light", "Plants need light.")
    Document.objects.update(problems=[{"page": 2, "problem": "The page is damaged."}])

    page = admin.get(f"/admin/sessions_app/knowledgebase/{plants.id}/change/").content.decode()
    progress = admin.get(f"/admin/sessions_app/knowledgebase/{plants.id}/progress").json()

    assert "Page 2: The page is damaged." in page
    assert progress["busy"] is False
    assert list(progress["documents"].values()) == [
        {"progress": "ready", "unread": "Page 2: The page is damaged."},
    ]


@pytest.mark.usefixtures("redis")
def test_a_search_shows_the_passages_and_whether_they_would_be_relied_on(
    admin: Client, plants: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(plants, "Light", "Plants need light.")
    # As a worker would, which shares no database with this test.
    monkeypatch.setattr(try_search, "apply_async", lambda args: try_search(*args))

    page = admin.get(f"/admin/sessions_app/knowledgebase/{plants.id}/search", {"q": "plants light"}).content.decode()

    assert "Plants need light." in page


@pytest.mark.usefixtures("redis")
def test_a_search_without_a_worker_says_so(
    admin: Client, plants: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sessions_app.admin.knowledge.SEARCH_SECONDS", 1)

    assert (
        "No worker answered"
        in admin.get(f"/admin/sessions_app/knowledgebase/{plants.id}/search", {"q": "light"}).content.decode()
    )


@pytest.mark.parametrize("what", ["search?q=light", "progress", "change/"])
def test_only_staff_with_the_right_see_a_knowledge_base(alice: User, plants: KnowledgeBase, what: str) -> None:
    client = Client()
    assert client.get(f"/admin/sessions_app/knowledgebase/{plants.id}/{what}").status_code == 302
    client.force_login(alice)
    assert client.get(f"/admin/sessions_app/knowledgebase/{plants.id}/{what}").status_code == 302
    alice.role = User.Role.TEACHER
    alice.save()
    assert client.get(f"/admin/sessions_app/knowledgebase/{plants.id}/{what}").status_code in (403, 404)


def test_a_deleted_document_takes_its_file_and_passages_with_it(
    plants: KnowledgeBase, django_capture_on_commit_callbacks: object
) -> None:
    from gpu_tasks import media

    document = ingest(plants, "Light", "Plants need light.")
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        document.delete()

    with pytest.raises(FileNotFoundError):
        media.read(document.file)


def test_a_teacher_finds_the_knowledge_base_he_has_added(dora: User) -> None:
    client = Client()
    client.force_login(dora)
    form = {"name": "Rocks", "slug": "rocks", "documents-TOTAL_FORMS": 0, "documents-INITIAL_FORMS": 0}

    client.post("/admin/sessions_app/knowledgebase/add/", form)

    rocks = KnowledgeBase.objects.get(slug="rocks")
    assert rocks.added_by == dora
    assert client.get(f"/admin/sessions_app/knowledgebase/{rocks.id}/change/").status_code == 200


def test_a_teacher_leaves_alone_what_tutors_of_others_rely_on(dora: User, tutor: Tutor, plants: KnowledgeBase) -> None:
    hers = SchoolClass.objects.create(name="4b")
    hers.teachers.add(dora)
    tutor.classes.add(hers)
    client = Client()
    client.force_login(dora)
    form = {"slug": "plants", "documents-TOTAL_FORMS": 0, "documents-INITIAL_FORMS": 0}
    address = f"/admin/sessions_app/knowledgebase/{plants.id}/change/"

    assert client.post(address, form | {"name": "Green plants"}).status_code == 302
    Tutor.objects.create(name="Leo", subject="", persona="", voice="tone").knowledge_bases.add(plants)
    assert client.post(address, form | {"name": "Dead plants"}).status_code == 403

    plants.refresh_from_db()
    assert plants.name == "Green plants"
