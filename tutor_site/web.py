"""The web process: daphne on uvloop, with an end of its own (python -m tutor_site.web, with daphne's arguments)."""

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


if __name__ == "__main__":
    reactor.callWhenRunning(drain_on_sigterm, _draining)
    reactor.callWhenRunning(_watch)
    CommandLineInterface.entrypoint()
