"""The media store as a whole."""

from collections.abc import Iterator

from django.core.files.storage import default_storage
from django.db.models import Model, QuerySet

from gpu_tasks import media
from sessions_app.models import Segment, Turn


def every_key(folder: str = "") -> Iterator[str]:
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}{name}" for name in sorted(files))
    for name in sorted(folders):
        yield from every_key(f"{folder}{name}/")


def empty() -> None:
    for key in list(every_key()):
        media.delete(key)


def forget_missing() -> int:
    """Of turns whose files were erased while the backup was made, say that there are none. Returns how many."""
    there = set(every_key("sessions/"))
    fields: list[tuple[QuerySet[Model], str]] = [
        (Turn.objects.all(), "user_audio"),
        (Segment.objects.all(), "audio"),
        (Segment.objects.all(), "video"),
    ]
    forgotten = 0
    for rows, field in fields:
        named = rows.exclude(**{field: ""}).values_list("pk", field)
        gone = [pk for pk, key in named.iterator() if key not in there]
        for at in range(0, len(gone), 500):
            forgotten += rows.filter(pk__in=gone[at : at + 500]).update(**{field: ""})
    return forgotten
