"""The web process: daphne on uvloop, with an end of its own (python -m tutor_site.web, with daphne's arguments)."""

import gc

import uvloop
from twisted.internet import asyncioreactor

asyncioreactor.install(uvloop.new_event_loop())  # type: ignore[no-untyped-call]

from daphne.cli import CommandLineInterface  # noqa: E402  (it takes the reactor that is installed)
from twisted.internet import reactor  # noqa: E402

from tutor_site.draining import Draining, drain_on_sigterm  # noqa: E402


def _draining() -> Draining:
    from tutor_site.asgi import application

    return application


def _watch() -> None:
    _draining()  # Django is set up
    from sessions_app import watch

    watch.start()


def _keep_what_is_loaded() -> None:
    """Modules and addresses stay as long as the process. A collector that looks at them too stops all sockets for some
    150 ms, and does so the seldomer the more there is to look at, while what turns leave behind piles up."""
    _draining()
    from django.urls import get_resolver

    _ = get_resolver().url_patterns  # else loaded by the first request
    gc.collect()
    gc.freeze()
    gc.collect()  # from here on it counts what is not frozen


if __name__ == "__main__":
    reactor.callWhenRunning(drain_on_sigterm, _draining)
    reactor.callWhenRunning(_watch)
    reactor.callWhenRunning(_keep_what_is_loaded)
    CommandLineInterface.entrypoint()
