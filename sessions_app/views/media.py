import logging
import mimetypes
import re

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from gpu_tasks import metrics
from gpu_tasks.media import troubles
from sessions_app.errors import words
from sessions_app.media_urls import may_fetch

logger = logging.getLogger(__name__)


@require_safe
def media(request: HttpRequest, key: str) -> HttpResponse:
    """A media file, by the token in its address; single byte ranges are honoured.

    Read at once: the largest is a recording of 10 MB, and ASGI gathers what a plain iterator streams anyway.
    """
    if not may_fetch(key, request.GET.get("token", "")):
        return HttpResponse("This address is not valid, or no longer.", status=403, content_type="text/plain")
    try:
        with default_storage.open(key) as file:
            size = file.size
            part = _part(request.headers.get("Range", ""), size)
            first, last = part or (0, size - 1)
            if part and first > last:
                return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
            file.seek(first)
            response = HttpResponse(file.read(last - first + 1), status=206 if part else 200)
    except (OSError, ValueError) as error:  # not there, a folder, or no name a store can have
        raise Http404 from error
    except troubles():  # a bucket's
        logger.exception("%s cannot be had", key)
        return HttpResponse(words("unavailable"), status=503, content_type="text/plain", headers={"Retry-After": "5"})
    metrics.MEDIA_BYTES.labels("http").inc(last - first + 1)
    response["Content-Type"] = mimetypes.guess_type(key)[0] or "application/octet-stream"
    response["Content-Length"] = str(last - first + 1)
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "private, max-age=3600"
    response["X-Content-Type-Options"] = "nosniff"
    if part:
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
    return response


def _part(wanted: str, size: int) -> tuple[int, int] | None:
    """First and last byte, the first behind the last when there are none; None for what is no range."""
    match = re.fullmatch(r"bytes=(\d{,18})-(\d{,18})", wanted, re.ASCII)
    if match is None:
        return None
    begin, end = match.groups()
    if begin:
        return None if end and int(end) < int(begin) else (int(begin), min(int(end or size), size - 1))
    return (max(0, size - int(end)), size - 1) if end else None
