"""A server that speaks S3, with one bucket."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import boto3
import httpx
from moto.server import ThreadedMotoServer

REGION = "eu-central-1"


@dataclass(frozen=True)
class Bucket:
    address: str
    stop: Callable[[], None]

    @property
    def environment(self) -> dict[str, str]:
        """Of a product that keeps its media in it."""
        return {
            "MEDIA_BUCKET": "media",
            "MEDIA_S3_URL": self.address,
            "MEDIA_S3_REGION": REGION,
            "MEDIA_S3_KEY": "key",
            "MEDIA_S3_SECRET": "secret",
        }

    def keys(self) -> set[str]:
        listed = _client(self.address).list_objects_v2(Bucket="media")
        return {each["Key"] for each in listed.get("Contents", [])}


def _client(address: str):  # type: ignore[no-untyped-def]
    login = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": REGION}
    return boto3.client("s3", endpoint_url=address, **login)


@contextmanager
def served() -> Iterator[Bucket]:
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    address = f"http://{host}:{port}"
    httpx.post(f"{address}/moto-api/reset", trust_env=False).raise_for_status()  # what a server before it has kept
    _client(address).create_bucket(Bucket="media", CreateBucketConfiguration={"LocationConstraint": REGION})
    yield Bucket(address, moto.stop)
    moto.stop()
