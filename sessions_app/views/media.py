import mimetypes
import re
from collections.abc import Iterator
from typing import IO

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_safe

from sessions_app.media_urls import may_fetch

BLOCK = 256 * 1024


@require_safe
def media(request: HttpRequest, key: str) -> HttpResponseBase:
    """A media file, by the token in its address; single byte ranges are honoured."""
    if not may_fetch(key, request.GET.get("token", "")):
        return HttpResponse("This address is not valid, or no longer.", status=403, content_type="text/plain")
    try:
        file: IO[bytes] = default_storage.open(key)
        size = default_storage.size(key)
    except FileNotFoundError as error:
        raise Http404 from error
    first, last, status = 0, size - 1, 200
    if wanted := re.fullmatch(r"bytes=(\d*)-(\d*)", request.headers.get("Range", "")):
        begin, end = wanted.groups()
        if begin:
            first, last = int(begin), min(int(end or size), size - 1)
        elif end:
            first = max(0, size - int(end))
        if first > last:
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
        if begin or end:
            status = 206
    file.seek(first)
    response = StreamingHttpResponse(_blocks(file, last - first + 1), status=status)
    response["Content-Type"] = mimetypes.guess_type(key)[0] or "application/octet-stream"
    response["Content-Length"] = str(last - first + 1)
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "private, max-age=3600"
    response["X-Content-Type-Options"] = "nosniff"
    if status == 206:
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
    return response


def _blocks(file: IO[bytes], left: int) -> Iterator[bytes]:
    with file:
        while left > 0 and (block := file.read(min(BLOCK, left))):
            left -= len(block)
            yield block
