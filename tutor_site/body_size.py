"""How much a call may bring, before anything reads it. Files come to the staff side alone."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

MAX_BYTES = 1024 * 1024
MAX_BYTES_OF_FILES = 512 * 1024 * 1024


class Bounded:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        said = request.META.get("CONTENT_LENGTH") or ""
        if not said and "Transfer-Encoding" in request.headers:
            return _refused(411, "The length of what is sent has to be said.")
        most = MAX_BYTES_OF_FILES if request.path.startswith("/admin/") else MAX_BYTES
        if said.isdecimal() and int(said) > most:
            return _refused(413, f"That is too much: at most {most // 1024**2} MB at once.")
        return self._get_response(request)


def _refused(status: int, words: str) -> HttpResponse:
    return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
