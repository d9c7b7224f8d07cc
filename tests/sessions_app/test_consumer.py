"""What the socket does beside passing on; all else of it is tested over real processes (tests/turn_path)."""

import pytest
import redis as redis_library
from autobahn.exception import Disconnected
from channels.layers import get_channel_layer

from gpu_tasks.news import group_of, group_of_student
from sessions_app.consumers import SessionConsumer
from sessions_app.floods import Messages


@pytest.mark.parametrize("came", [0, 2])
async def test_nothing_is_left_of_a_channel_that_got_messages_at_the_end(
    redis: "redis_library.Redis", came: int
) -> None:
    consumer, layer = SessionConsumer(), get_channel_layer()
    consumer.channel_layer, consumer.channel_name = layer, await layer.new_channel()
    consumer.heard_groups = [group_of("s1"), group_of_student(1)]
    for group in consumer.heard_groups:
        await layer.group_add(group, consumer.channel_name)
    for _ in range(came):
        layer.channels[consumer.channel_name].put_nowait(layer.serialize({"type": "turn.news", "turn_id": "t1"}))

    await consumer._hear_no_more()

    assert (layer.channels, layer.groups) == ({}, {})
    assert redis.pubsub_channels() == []
    await layer.flush()


async def test_who_has_hung_up_in_the_middle_of_his_messages_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    consumer = SessionConsumer()
    consumer.session_id, consumer.messages, answered = "s1", Messages(), 0

    async def hung_up(message: object) -> None:
        nonlocal answered
        answered += 1
        raise Disconnected("Attempt to send on a closed protocol")

    consumer.base_send = hung_up
    for message in ('{"type": "ping"}', "not JSON"):
        await consumer.receive(text_data=message)

    assert (answered, caplog.text) == (2, "")
