"""Redis under three Sentinels. The server that is written to dies; all our ways to Redis go on with the other one."""

import asyncio
import gc
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from celery import Celery
from channels.layers import get_channel_layer
from django.core.cache.backends.redis import RedisCache
from django.test import override_settings
from kombu.exceptions import OperationalError
from redis.asyncio.sentinel import Sentinel as AsyncSentinel
from redis.exceptions import RedisError

from gpu_tasks.connections import async_redis, redis_client
from gpu_tasks.redis_url import Sentinels, sentinels
from tests.sentinels import watched
from tutor_site.supervisor import Supervisor

Eventually = Callable[[Callable[[], bool]], None]


def test_an_address_says_where_the_sentinels_are() -> None:
    found = sentinels("sentinel://:a%2Fb@one:1,two/3?master=tutor&sentinel_password=s")

    assert found == Sentinels((("one", 1), ("two", 26379)), "tutor", "a/b", "s", 3)
    assert found.broker_url == "sentinel://:a%2Fb@one:1/3;sentinel://:a%2Fb@two:26379/3"


def test_another_redis_has_none() -> None:
    assert sentinels("redis://:a@one:1/0") is None


@pytest.mark.parametrize("url", ["sentinel://one:1/0", "sentinel:///0?master=tutor"])
def test_half_an_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="wanted sentinel://"):
        sentinels(url)


@pytest.fixture
def redis_and_copy(tmp_path: Path) -> Iterator[tuple[str, Supervisor]]:
    with watched(tmp_path) as found:
        yield found


async def test_all_ways_to_redis_go_on_with_the_other_server(
    redis_and_copy: tuple[str, Supervisor], eventually: Eventually
) -> None:
    url, processes = redis_and_copy
    found = sentinels(url)
    assert found is not None
    backend = "channels_redis.pubsub.RedisPubSubChannelLayer"
    layers = {"default": {"BACKEND": backend, "CONFIG": {"hosts": [found.layer_host]}}}
    app = Celery(
        "of-the-test", broker=found.broker_url, broker_transport_options=found.broker_options, set_as_current=False
    )
    redis_client.cache_clear()
    with override_settings(REDIS_URL=url, CHANNEL_LAYERS=layers):
        client, waiting = redis_client(), async_redis()
        cache = RedisCache(url, {"OPTIONS": {"pool_class": "gpu_tasks.connections.ClientsPool"}})
        layer = get_channel_layer()
        somebody = await layer.new_channel()
        await layer.group_add("all", somebody)
        heard: asyncio.Queue[str] = asyncio.Queue()

        async def listen() -> None:
            while True:
                heard.put_nowait((await layer.receive(somebody))["word"])

        # All the time: the layer forgets a channel whose reader gives up.
        listening = asyncio.create_task(listen())

        async def all_work(word: str) -> None:
            client.set("word", word)
            cache.set("word", word)
            assert cache.get("word") == word
            assert (client.get("word") or b"").decode() == word
            assert await waiting.get("word") == word.encode()
            await layer.group_send("all", {"type": "news", "word": word})
            async with asyncio.timeout(10):
                while await heard.get() != word:
                    pass
            client.delete("tests")
            app.send_task("tests.nothing", args=[word], queue="tests")
            assert client.llen("tests")

        await all_work("before")
        client.wait(1, 5_000)
        processes.kill("first")

        def writes() -> bool:
            try:
                return bool(client.set("word", "written"))
            except RedisError:
                return False

        eventually(writes)
        # What was open to the one that died may fail once more, and is tried again, as the product does.
        async with asyncio.timeout(60):
            while True:
                with suppress(RedisError, OperationalError, TimeoutError):
                    await all_work("after")
                    break
                await asyncio.sleep(0)
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening
        await waiting.aclose()
        await layer.flush()
        # Of ours there is one for each event loop; the layer leaves its own open.
        for manager in [each for each in gc.get_objects() if issubclass(type(each), AsyncSentinel)]:
            for sentinel in manager.sentinels:
                await sentinel.aclose()
        app.close()
        client.close()
    redis_client.cache_clear()
