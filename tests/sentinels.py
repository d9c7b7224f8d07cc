"""A Redis with a copy, and three Sentinels that watch them."""

import dataclasses
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import redis
from redis.exceptions import RedisError

from tutor_site.supervisor import Command, Supervisor, free_port, redis_answers, redis_command, redis_url

PASSWORD = "sentinel/test"


@contextmanager
def watched(home: Path) -> Iterator[tuple[str, Supervisor]]:
    """The address, and the processes: `first` is the server that is written to."""
    first, second, *watchers = [free_port() for _ in range(5)]
    commands = [
        _server(home, "first", first),
        _server(home, "second", second, f"replicaof 127.0.0.1 {first}"),
        *(_sentinel(home, f"sentinel-{port}", port, first) for port in watchers),
    ]
    with ExitStack() as stack:
        processes = stack.enter_context(Supervisor(commands, logs=home / "logs", restart=False))
        processes.wait_ready(lambda: redis_answers(redis_url(first, PASSWORD)), timeout=30)
        asked = [redis.Redis(port=port) for port in watchers]
        for each in asked:
            stack.callback(each.close)

        def strangers() -> str | None:
            try:
                states = [each.sentinel_master("tutor") for each in asked]
            except RedisError as error:
                return str(error)
            known = all(state["num-slaves"] == 1 and state["num-other-sentinels"] == 2 for state in states)
            return None if known else "the Sentinels do not know each other yet"

        processes.wait_ready(strangers, timeout=30)
        hosts = ",".join(f"127.0.0.1:{port}" for port in watchers)
        yield f"sentinel://:{PASSWORD.replace('/', '%2F')}@{hosts}/0?master=tutor", processes


def _server(home: Path, name: str, port: int, *more: str) -> Command:
    command = redis_command(home / name, port=port, password=PASSWORD)
    conf = Path(command.argv[1])
    conf.write_text(conf.read_text() + "\n".join((f'masterauth "{PASSWORD}"', *more, "")))
    return dataclasses.replace(command, name=name)


def _sentinel(home: Path, name: str, port: int, first: int) -> Command:
    command = redis_command(home / name, port=port, password=PASSWORD)
    conf = Path(command.argv[1])
    lines = [
        "bind 127.0.0.1",
        f"port {port}",
        f"dir {conf.parent}",
        f"sentinel monitor tutor 127.0.0.1 {first} 2",
        f"sentinel auth-pass tutor {PASSWORD}",
        "sentinel down-after-milliseconds tutor 500",
        "sentinel failover-timeout tutor 2000",
    ]
    conf.write_text("\n".join(lines) + "\n")
    return dataclasses.replace(command, name=name, argv=(*command.argv, "--sentinel"))
