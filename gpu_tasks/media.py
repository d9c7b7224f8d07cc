"""The media store, by key. The filesystem or whatever STORAGES["default"] names."""

from contextlib import suppress

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage


def troubles() -> tuple[type[Exception], ...]:
    """What is raised when the store is away, or refuses: a folder's OSError, and a bucket's own errors."""
    if settings.STORAGES["default"]["BACKEND"].startswith("storages."):
        from botocore.exceptions import BotoCoreError, ClientError

        return (OSError, BotoCoreError, ClientError)
    return (OSError,)


def save(key: str, data: bytes) -> str:
    """A key written again (a task that ran twice) holds the newer bytes."""
    return default_storage.save(key, ContentFile(data))


def delete(key: str) -> None:
    default_storage.delete(key)


def delete_folder(folder: str) -> None:
    """With all that is in it. `folder` ends in a slash; one that is not there is no mistake."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in files:
        default_storage.delete(folder + name)
    for name in folders:
        delete_folder(f"{folder}{name}/")
    with suppress(OSError):  # not empty: somebody has just put a file there, and sees to it himself
        default_storage.delete(folder)


def read(key: str) -> bytes:
    with default_storage.open(key) as file:
        data: bytes = file.read()
    return data
