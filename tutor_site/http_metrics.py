"""Counts HTTP requests for Prometheus, by route: addresses have ids and tokens in them."""

import time
from collections.abc import Awaitable, Callable
from inspect import iscoroutinefunction

from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from gpu_tasks import metrics

Answer = Callable[[HttpRequest], HttpResponseBase]
AsyncAnswer = Callable[[HttpRequest], Awaitable[HttpResponseBase]]
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


@sync_and_async_middleware
def timed(get_response: Answer | AsyncAnswer) -> Answer | AsyncAnswer:
    if iscoroutinefunction(get_response):
        answer_async: AsyncAnswer = get_response

        async def in_the_loop(request: HttpRequest) -> HttpResponseBase:
            began = time.perf_counter()
            response = await answer_async(request)
            _note(request, response, began)
            return response

        return in_the_loop
    answer: Answer = get_response  # type: ignore[assignment]

    def in_a_thread(request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = answer(request)
        _note(request, response, began)
        return response

    return in_a_thread


def _note(request: HttpRequest, response: HttpResponseBase, began: float) -> None:
    # Neither a method nor a path that somebody made up may become a label.
    method = request.method if request.method in METHODS else "other"
    route = request.resolver_match.route if request.resolver_match else "none"
    metrics.REQUEST_SECONDS.labels(method, route, response.status_code).observe(time.perf_counter() - began)
