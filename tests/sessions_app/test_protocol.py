import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sessions_app import protocol
from sessions_app.protocol import AudioMessage, Interrupt, Ping, Received, TextMessage, client_messages, server_messages

# The messages of the published contract, as its examples have them.
PUBLISHED: list[tuple[str, type]] = [
    ('{"type":"text","content":"你好","avatar_id":"avatar_tutor_13"}', TextMessage),
    ('{"type":"text","content":"你好"}', TextMessage),
    ('{"type":"audio","data":"UklGRg==","avatar_id":"avatar_tutor_13"}', AudioMessage),
    ('{"type":"audio","data":"UklGRg=="}', AudioMessage),
    ('{"type":"interrupt"}', Interrupt),
    ('{"type":"ping"}', Ping),
    ('{"type":"received","bytes":70015}', Received),
]


@pytest.mark.parametrize(("line", "kind"), PUBLISHED)
def test_every_published_message_is_understood(line: str, kind: type) -> None:
    assert isinstance(client_messages.validate_json(line), kind)


def test_a_text_keeps_what_was_typed() -> None:
    message = client_messages.validate_json('{"type":"text","content":"你好","avatar_id":"avatar_tutor_13"}')

    assert isinstance(message, TextMessage)
    assert (message.content, message.avatar_id) == ("你好", "avatar_tutor_13")


def test_what_a_later_client_adds_is_ignored() -> None:
    assert isinstance(client_messages.validate_json('{"type":"ping","sent_at":123}'), Ping)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "hello",
        "null",
        "5",
        "[]",
        '"text"',
        "{}",
        '{"content":"who am I?"}',
        '{"type":"dance"}',
        '{"type":null}',
        '{"type":["text"],"content":"x"}',
        '{"type":"text"}',
        '{"type":"text","content":5}',
        '{"type":"text","content":null}',
        '{"type":"text","content":"x","avatar_id":""}',
        '{"type":"text","content":"x","avatar_id":"../../etc/passwd"}',
        '{"type":"text","content":"x","avatar_id":5}',
        '{"type":"text","content":"\\ud800"}',
        '{"type":"audio"}',
        '{"type":"audio","data":[1,2,3]}',
        '{"type":"interrupt","heard_ms":-1}',
        '{"type":"interrupt","heard_ms":"soon"}',
        '{"type":"ping"',
        '{"type":"ping"}{"type":"ping"}',
    ],
)
def test_anything_else_is_refused(line: str) -> None:
    with pytest.raises(ValidationError):
        client_messages.validate_json(line)


ANYTHING = st.recursive(st.none() | st.integers() | st.text(), lambda value: st.lists(value, max_size=3), max_leaves=5)
NEARLY_MESSAGES = st.fixed_dictionaries(
    {"type": st.sampled_from(["text", "audio", "interrupt", "ping", "dance", 5])},
    optional=dict.fromkeys(("content", "data", "avatar_id", "heard_ms", "x"), ANYTHING),
)


@given(ANYTHING | NEARLY_MESSAGES)
def test_whatever_is_sent_is_a_message_or_a_validation_error(value: Any) -> None:
    try:
        client_messages.validate_json(json.dumps(value))
    except ValidationError:
        return
    assert value["type"] in {"text", "audio", "interrupt", "ping"}


TURN = {"turn_id": "t1"}
SERVER: list[protocol.AnyServerMessage] = [
    protocol.StatusMessage(**TURN, stage="queued", position=2),
    protocol.TranscriptionMessage(**TURN, content="你好"),
    protocol.DeltaMessage(**TURN, content="Hel"),
    protocol.FragmentMessage(**TURN, segment=0, index=0, content="Hello.", last=False),
    protocol.VideoMessage(**TURN, segment=0, content="Hello.", duration_ms=900, video="AAAA", audio="UklG"),
    protocol.ReplyMessage(**TURN, content="Hello.", citations=[]),
    protocol.ErrorMessage(code="nothing_heard", message="I could not hear anything.", retryable=False),
    protocol.DoneMessage(**TURN, interrupted=False, degraded=[], timings=protocol.Timings(total=1200)),
    protocol.Pong(),
]


@pytest.mark.parametrize("message", SERVER, ids=lambda message: message.type)
def test_every_answer_has_a_type_and_a_time_and_reads_back_the_same(message: protocol.AnyServerMessage) -> None:
    line = message.model_dump_json()

    assert json.loads(line)["timestamp"].endswith("Z")
    assert server_messages.validate_json(line) == message


@pytest.mark.parametrize(
    ("message", "promised"),
    [
        (SERVER[0], {"type", "timestamp", "turn_id", "stage", "position"}),
        (SERVER[1], {"type", "timestamp", "turn_id", "content", "role"}),
        (SERVER[2], {"type", "timestamp", "turn_id", "content", "role"}),
        (SERVER[3], {"type", "timestamp", "turn_id", "segment", "index", "content", "last"}),
        (SERVER[4], {"type", "timestamp", "turn_id", "video", "audio", "content", "role", "segment"}),
        (SERVER[5], {"type", "timestamp", "turn_id", "content", "role", "citations", "beyond_material"}),
        (SERVER[6], {"type", "timestamp", "code", "message", "retryable"}),
        (SERVER[7], {"type", "timestamp", "turn_id", "interrupted", "degraded", "timings"}),
        (SERVER[8], {"type", "timestamp"}),
    ],
    ids=lambda value: getattr(value, "type", ""),
)
def test_every_answer_has_the_fields_that_were_promised(message: protocol.AnyServerMessage, promised: set[str]) -> None:
    assert promised <= set(json.loads(message.model_dump_json()))


def test_what_the_student_said_and_what_the_tutor_said_are_told_apart() -> None:
    roles = {message.type: message.role for message in SERVER if hasattr(message, "role")}

    assert roles == {"transcription": "user", "delta": "assistant", "video": "assistant", "text": "assistant"}


def test_timings_not_reached_are_null() -> None:
    done = json.loads(SERVER[7].model_dump_json())

    assert done["timings"].pop("total") == 1200
    assert set(done["timings"]) == {"started", "heard", "first_token", "first_audio", "first_frame"}
    assert set(done["timings"].values()) == {None}
