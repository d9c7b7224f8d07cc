"""The media store, by key. The filesystem or whatever STORAGES["default"] names."""

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage


def save(key: str, data: bytes) -> str:
    """A key written again (a task that ran twice) holds the newer bytes."""
    return default_storage.save(key, ContentFile(data))


def read(key: str) -> bytes:
    with default_storage.open(key) as file:
        data: bytes = file.read()
    return data
