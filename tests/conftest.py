"""The fixed cast: Alice and her classmate Bob, Charlie who must get nothing, Dora who teaches them, Root the admin."""

import os
import time
from collections.abc import Callable, Iterator

import hypothesis
import pytest
import redis as redis_library
from django.core.cache import cache
from django.test import override_settings
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import RefreshToken

from accounts.models import User
from gpu_tasks.connections import redis_client
from sessions_app.models import Avatar, KnowledgeBase, Session, Tutor
from sessions_app.models.tutors import TutorAvatar
from tests.environment import HOME, REDIS_PASSWORD, REDIS_PORT
from tests.everybody import school as school
from tests.queues import Queues
from tutor_site.supervisor import Supervisor, redis_answers, redis_command

# A busy machine is no mistake of the code.
hypothesis.settings.register_profile("tutor", deadline=None)
hypothesis.settings.load_profile("tutor")

PASSWORD = "a long enough passphrase"


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(scope="session", autouse=True)
def counted_in_process() -> Iterator[None]:
    """Rates and wrong passwords, so that not every test that logs in wants a Redis."""
    with override_settings(CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}):
        yield


@pytest.fixture(autouse=True)
def nothing_counted() -> None:
    cache.clear()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[None]:
    command = redis_command(HOME, port=REDIS_PORT, password=REDIS_PASSWORD)
    with Supervisor([command], logs=HOME / "logs") as processes:
        processes.wait_ready(lambda: redis_answers(os.environ["REDIS_URL"]), timeout=30)
        yield


@pytest.fixture
def redis(redis_server: None) -> "redis_library.Redis":
    """An empty one."""
    client = redis_client()
    client.flushdb()
    return client


@pytest.fixture
def queues(redis: "redis_library.Redis") -> Queues:
    return Queues()


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], None]:
    """Wait for what other processes, threads or a time to live bring about."""

    def wait(happened: Callable[[], bool], patience: float = 30.0) -> None:
        deadline = time.monotonic() + patience
        while not happened():
            assert time.monotonic() < deadline, "it did not happen"
            time.sleep(0.02)

    return wait


# The cast


@pytest.fixture
def alice(db: None) -> User:
    return User.objects.create_user("alice@example.org", PASSWORD, name="Alice")


@pytest.fixture
def bob(db: None) -> User:
    return User.objects.create_user("bob@example.org", PASSWORD, name="Bob")


@pytest.fixture
def charlie(db: None) -> User:
    return User.objects.create_user("charlie@example.org", PASSWORD, name="Charlie")


@pytest.fixture
def dora(db: None) -> User:
    return User.objects.create_user("dora@example.org", PASSWORD, name="Dora", role=User.Role.TEACHER)


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create_superuser("root@example.org", PASSWORD, name="Root")


@pytest.fixture
def browser_of() -> Callable[[User], APIClient]:
    """An HTTP client in which somebody has logged in."""

    def log_in(user: User) -> APIClient:
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {RefreshToken.for_user(user).access_token}")
        return client

    return log_in


@pytest.fixture
def nobody() -> APIClient:
    return APIClient()


# What they meet


@pytest.fixture
def face(db: None) -> Avatar:
    return Avatar.objects.create(avatar_id="avatar_tutor_13", name="Ada", kind=Avatar.Kind.ILLUSTRATED)


@pytest.fixture
def plants(db: None) -> KnowledgeBase:
    return KnowledgeBase.objects.create(slug="plants", name="How plants live")


@pytest.fixture
def tutor(face: Avatar, plants: KnowledgeBase) -> Tutor:
    tutor = Tutor.objects.create(name="Ada", subject="Science", persona="You are Ada.", voice="tone")
    tutor.knowledge_bases.add(plants)
    TutorAvatar.objects.create(tutor=tutor, avatar=face)
    return tutor


@pytest.fixture
def closed_tutor(db: None) -> Tutor:
    """Still being written by the staff."""
    return Tutor.objects.create(name="Leo", subject="Geography", persona="You are Leo.", voice="tone", is_open=False)


@pytest.fixture
def session(alice: User, tutor: Tutor) -> Session:
    return Session.objects.create(student=alice, tutor=tutor)
