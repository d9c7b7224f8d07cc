"""REDIS_URL, also of a Redis that Sentinels watch: sentinel://:password@one:26379,two:26379,three:26379/0?master=tutor.

The password is Redis' own; Sentinels that have one, too, are told by `sentinel_password`."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.retry import Retry

SENTINEL = "sentinel"
PORT = 26379
# One that does not answer may have died with the Redis that it watched: the next one is asked, at once. By themselves
# the clients try each for seconds, each time they look for the server.
ASKED_ONCE: dict[str, Any] = {"socket_connect_timeout": 1, "socket_timeout": 2}


@dataclass(frozen=True, slots=True)
class Sentinels:
    addresses: tuple[tuple[str, int], ...]
    master: str
    password: str | None
    sentinel_password: str | None
    db: int

    @property
    def sentinel_options(self) -> dict[str, Any]:
        return self._options(Retry(NoBackoff(), 0))

    @property
    def async_sentinel_options(self) -> dict[str, Any]:
        return self._options(AsyncRetry(NoBackoff(), 0))

    def _options(self, retry: Retry | AsyncRetry) -> dict[str, Any]:
        return {
            **ASKED_ONCE,
            "retry": retry,
            **({"password": self.sentinel_password} if self.sentinel_password else {}),
        }

    @property
    def broker_url(self) -> str:
        """As kombu wants it."""
        secret = f":{quote(self.password, safe='')}@" if self.password else ""
        return ";".join(f"{SENTINEL}://{secret}{host}:{port}/{self.db}" for host, port in self.addresses)

    @property
    def broker_options(self) -> dict[str, Any]:
        return {"master_name": self.master, "sentinel_kwargs": self.sentinel_options}

    @property
    def layer_host(self) -> dict[str, Any]:
        """As channels_redis wants it."""
        return {
            "sentinels": list(self.addresses),
            "master_name": self.master,
            "password": self.password,
            "db": self.db,
            "sentinel_kwargs": self.async_sentinel_options,
        }


def sentinels(url: str) -> Sentinels | None:
    """None for a Redis of its own address. Raises ValueError."""
    parts = urlsplit(url)
    if parts.scheme != SENTINEL:
        return None
    login, _, hosts = parts.netloc.rpartition("@")
    query = parse_qs(parts.query)
    if not hosts or "master" not in query:
        raise ValueError("wanted sentinel://[:password@]host:port,host:port/0?master=name")
    return Sentinels(
        addresses=tuple(_address(host) for host in hosts.split(",")),
        master=query["master"][0],
        password=unquote(login.partition(":")[2]) or None,
        sentinel_password=query.get("sentinel_password", [None])[0],
        db=int(parts.path.strip("/") or 0),
    )


def _address(host: str) -> tuple[str, int]:
    name, _, port = host.partition(":")
    return name, int(port or PORT)
