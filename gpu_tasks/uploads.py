"""Portraits and clips that the staff put in: looked at, refused with words, or made into a face."""

import logging
from collections.abc import Callable
from typing import Any, TypedDict

from celery import shared_task

from gpu_tasks.engines.avatar.portrait.formats import MAX_CLIP_BYTES, Kind, kind_of
from gpu_tasks.engines.errors import BadPortrait
from gpu_tasks.events import AvatarRef

__all__ = ["MAX_CLIP_BYTES", "BadPortrait", "Kind", "Upload", "kind_of", "prepare_upload"]

logger = logging.getLogger(__name__)

STEP = 10
"""Percent between two tidings of progress."""


class Upload(TypedDict):
    upload: str
    """Media key of what was put in."""
    avatar: AvatarRef
    """What it becomes: of its `portrait` and `clip` nothing is there yet."""
    folder: str
    on_progress: str
    on_end: str
    on_refused: str


@shared_task(queue="avatar")
def prepare_upload(upload: Upload) -> None:
    """The tasks named in `on_…` are told (upload's key, percent), (key, version, whether a clip is kept) and (key,
    why)."""
    from gpu_tasks import faces

    ref, key = upload["avatar"], upload["upload"]
    try:
        _tell(upload["on_progress"], key, 1)
        filmed = faces.take_in(key, ref["portrait"], ref["clip"])
        if not filmed:
            ref["clip"] = ""
        faces.prepare(ref, upload["folder"], _steps(upload))
    except FileNotFoundError:
        logger.info("%s was replaced or removed before it was looked at", key)
    except BadPortrait as error:
        logger.info("%s is refused: %s", key, error)
        _tell(upload["on_refused"], key, str(error))
    else:
        _tell(upload["on_end"], key, ref["version"], filmed)


def _steps(upload: Upload) -> Callable[[int], None]:
    told = 0

    def tell(percent: int) -> None:
        nonlocal told
        if percent >= told + STEP:
            told = percent
            _tell(upload["on_progress"], upload["upload"], percent)

    return tell


def _tell(task: str, *args: Any) -> None:
    prepare_upload.app.send_task(task, args=list(args), queue="default")
