"""REDIS_URL, also of a Redis that Sentinels watch: sentinel://:password@one:26379,two:26379,three:26379/0?master=tutor.

The password is Redis' own; Sentinels that have one, too, are told by `sentinel_password`."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

SENTINEL = "sentinel"
PORT = 26379


@dataclass(frozen=True, slots=True)
class Sentinels:
    addresses: tuple[tuple[str, int], ...]
    master: str
    password: str | None
    sentinel_password: str | None
    db: int

    @property
    def sentinel_options(self) -> dict[str, Any]:
        return {"password": self.sentinel_password} if self.sentinel_password else {}

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
            **({"sentinel_kwargs": self.sentinel_options} if self.sentinel_options else {}),
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
