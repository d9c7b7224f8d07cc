"""From the bytes that somebody uploaded to pixels, without trusting them."""

import cv2
import numpy as np
from numpy.typing import NDArray

from gpu_tasks.engines.avatar.portrait.formats import check_picture, is_whole
from gpu_tasks.engines.errors import BadPortrait

_WORK_SIDE = 2048


def read_portrait(data: bytes) -> NDArray[np.uint8]:
    """RGB, upright (as its EXIF says), not larger than is of use. Raises BadPortrait."""
    check_picture(data)
    damaged = BadPortrait("The picture is damaged and cannot be read.")
    if not is_whole(data):
        raise damaged
    try:
        bgr = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise damaged from error
    if bgr is None:
        raise damaged
    zoom = _WORK_SIDE / max(bgr.shape[:2])
    if zoom < 1:
        bgr = cv2.resize(bgr, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False)
