"""The web process: daphne with an end of its own (python -m tutor_site.web, with daphne's arguments)."""

from daphne.cli import CommandLineInterface  # first: it chooses the reactor
from twisted.internet import reactor

from tutor_site.draining import Draining, drain_on_sigterm


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
