from django.core.management import call_command
from pytest_django import Settings

from accounts.models import User
from gpu_tasks import media
from gpu_tasks.engines.tts.bark import Bark
from sessions_app.models import Avatar, Chunk, KnowledgeBase, Tutor


def seed() -> None:
    call_command("seed", verbosity=0)


def test_there_are_three_tutors_each_with_a_face_and_a_lesson(db: None) -> None:
    seed()

    tutors = list(Tutor.objects.all())
    assert len(tutors) == 3
    for tutor in tutors:
        assert tutor.is_open
        assert tutor.persona
        assert tutor.greeting
        assert tutor.suggested_questions
        assert tutor.faces().exists()
        assert Chunk.objects.filter(document__knowledge_base__tutors=tutor).exists()


def test_the_gpu_profile_has_a_tutor_who_speaks_with_bark(db: None, settings: Settings) -> None:
    settings.PROFILE = "gpu"

    seed()

    barks = Tutor.objects.filter(voice__in=Bark.voices)
    assert [(tutor.name, tutor.language, tutor.is_open) for tutor in barks] == [("Henry", "en", True)]
    first_faces = [tutor.faces().first() for tutor in Tutor.objects.all()]
    assert len({face.avatar_id for face in first_faces if face}) == Tutor.objects.count() == 4


def test_sample_tutors_have_different_faces(db: None) -> None:
    seed()

    faces = [tutor.faces().first() for tutor in Tutor.objects.all()]
    assert len({face.avatar_id for face in faces if face}) == len(faces)


def test_the_portrait_of_a_photo_is_in_the_media_store(db: None) -> None:
    seed()

    for avatar in Avatar.objects.filter(kind=Avatar.Kind.PHOTO):
        assert media.read(avatar.portrait)


def rows() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in (Avatar, Chunk, KnowledgeBase, Tutor, User)}


def test_seeding_again_changes_nothing(db: None) -> None:
    seed()
    before, versions = rows(), list(Avatar.objects.values_list("avatar_id", "version"))

    seed()

    assert rows() == before
    assert list(Avatar.objects.values_list("avatar_id", "version")) == versions


def test_what_the_staff_changed_stays(db: None) -> None:
    seed()
    Tutor.objects.filter(name="Ada").update(greeting="Good morning!", is_open=False)

    seed()

    ada = Tutor.objects.get(name="Ada")
    assert (ada.greeting, ada.is_open) == ("Good morning!", False)


def test_a_face_that_is_drawn_anew_has_a_new_version(db: None) -> None:
    seed()
    Avatar.objects.filter(avatar_id="avatar_ada").update(features={"hair": "none"}, prepared_version=1)

    seed()

    ada = Avatar.objects.get(avatar_id="avatar_ada")
    assert (ada.version, ada.prepared) == (2, False)
    assert ada.features != {"hair": "none"}


def test_the_demo_accounts_are_who_they_are_said_to_be(db: None) -> None:
    seed()

    admin, student = (User.objects.get(email=f"{name}@example.com") for name in ("admin", "student"))
    assert (admin.is_staff, admin.is_superuser, admin.check_password("admin123")) == (True, True, True)
    assert (student.is_staff, student.role, student.check_password("student123")) == (False, "student", True)


def test_in_production_there_are_no_demo_accounts(db: None, settings: Settings) -> None:
    settings.MODE = "production"

    seed()

    assert not User.objects.exists()
