"""Makes and fills the database of the stack under test: `python -m tests.turn_path.school` prints the tutors' ids."""

import json

import django

PASSWORD = "a long enough passphrase"
LESSON = "Plants need light and water.\n\nRoots take in water from the soil."
STUDENTS = ("alice", "bob", "charlie")


def main() -> None:
    django.setup()
    from django.core.management import call_command

    from accounts.models import User
    from sessions_app.models import Avatar, KnowledgeBase, Tutor
    from sessions_app.models.tutors import TutorAvatar
    from tests.sessions_app.lessons import ingest

    call_command("migrate", verbosity=0)
    for name in STUDENTS:
        User.objects.create_user(f"{name}@example.org", PASSWORD, name=name.capitalize())
    base = KnowledgeBase.objects.create(slug="plants", name="How plants live")
    ingest(base, "Photosynthesis", LESSON)
    ada = Tutor.objects.create(name="Ada", subject="Science", persona="You are Ada.", voice="tone")
    ada.knowledge_bases.add(base)
    drawn = Avatar.objects.create(avatar_id="avatar_tutor_13", name="Ada", kind=Avatar.Kind.ILLUSTRATED)
    # Its portrait was never uploaded, so that no picture can be made of it.
    blank = Avatar.objects.create(avatar_id="avatar_blank", name="Blank", kind=Avatar.Kind.PHOTO)
    for position, avatar in enumerate((drawn, blank)):
        TutorAvatar.objects.create(tutor=ada, avatar=avatar, position=position)
    mute = Tutor.objects.create(name="Mute", subject="Silence", persona="You are mute.", voice="nobody's voice")
    TutorAvatar.objects.create(tutor=mute, avatar=drawn)
    print(json.dumps({"ada": ada.id, "mute": mute.id}))  # noqa: T201  (its answer)


if __name__ == "__main__":
    main()
