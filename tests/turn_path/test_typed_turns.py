"""A typed turn in each media mode, over real processes."""

import base64
import io
from itertools import groupby

import av
import pytest

from tests.turn_path.client import Message, Socket, Student
from tests.turn_path.conftest import Product
from tests.turn_path.engines import REPLY, SAY

SEGMENTS = ["Plants need some light every day.", "They need water from the soil too.", "And some warmth helps them."]


def of(kind: str, messages: list[Message]) -> list[Message]:
    return [message for message in messages if message["type"] == kind]


def codecs(mp4: bytes) -> set[str]:
    """Of a file whose every picture and sound can be decoded."""
    with av.open(io.BytesIO(mp4)) as container:
        frames = list(container.decode())  # type: ignore[union-attr]
        assert frames
        return {stream.codec_context.name for stream in container.streams}


async def test_inline_each_segment_is_a_video_with_its_sound_and_text(socket: Socket) -> None:
    messages = await socket.turn("What do plants need?")

    videos = of("video", messages)
    assert [(video["segment"], video["content"], video["role"]) for video in videos] == [
        (number, text, "assistant") for number, text in enumerate(SEGMENTS)
    ]
    for video in videos:
        assert codecs(base64.b64decode(video["video"], validate=True)) == {"h264", "aac"}
        assert base64.b64decode(video["audio"], validate=True).startswith(b"RIFF")
        assert (video["video_url"], video["audio_url"]) == (None, None)
        assert video["duration_ms"] > 0


async def test_by_url_each_segment_can_be_fetched_whole_and_in_part(alice: Student, session: Message) -> None:
    async with alice.socket(session, "url") as socket:
        videos = of("video", await socket.turn("What do plants need?"))

    assert [video["segment"] for video in videos] == [0, 1, 2]
    for video in videos:
        assert (video["video"], video["audio"]) == (None, None)
        whole = await alice.get(video["video_url"])
        part = await alice.get(video["video_url"], headers={"Range": "bytes=100-199"})
        assert codecs(whole.content) == {"h264", "aac"}
        assert (part.status_code, part.content) == (206, whole.content[100:200])
        assert (await alice.get(video["audio_url"])).content.startswith(b"RIFF")


async def test_streamed_each_segments_fragments_join_to_the_file_that_is_kept(
    alice: Student, session: Message, stream: Socket
) -> None:
    messages = await stream.turn("What do plants need?")

    (turn,) = await alice.transcript(session["session_id"])
    fragments = of("fragment", messages)
    assert of("video", messages) == []
    assert [fragment["segment"] for fragment in fragments] == sorted(fragment["segment"] for fragment in fragments)
    for number, grouped in groupby(fragments, key=lambda fragment: fragment["segment"]):
        pieces = list(grouped)
        assert [piece["index"] for piece in pieces] == list(range(len(pieces)))
        assert [piece["content"] for piece in pieces] == [SEGMENTS[number], *[None] * (len(pieces) - 1)]
        assert [piece["last"] for piece in pieces] == [False] * (len(pieces) - 1) + [True]
        assert b"moov" in pieces[0]["bytes"]
        kept = (await alice.get(turn["segments"][number]["video_url"])).content
        assert b"".join(piece["bytes"] for piece in pieces) == kept
        assert codecs(kept) == {"h264", "aac"}
    assert {fragment["segment"] for fragment in fragments} == {0, 1, 2}


@pytest.mark.parametrize("media", ["inline", "url", "stream"])
async def test_the_words_come_in_order_in_every_mode(alice: Student, session: Message, media: str) -> None:
    async with alice.socket(session, media) as socket:
        messages = await socket.turn("What do plants need?")

    kinds = [message["type"] for message in messages]
    stages = [message["stage"] for message in of("status", messages)]
    assert stages == ["queued", "thinking", "speaking"]
    assert kinds[:2] == ["turn", "status"]
    assert messages[0]["turn"]["user_text"] == "What do plants need?"
    assert kinds.index("delta") > kinds.index("status", 1)
    assert "".join(delta["content"] for delta in of("delta", messages)) == REPLY
    assert [reply["content"] for reply in of("text", messages)] == [REPLY]
    assert kinds.index("text") > max(index for index, kind in enumerate(kinds) if kind == "delta")
    assert kinds[-1] == "done"
    assert {message["turn_id"] for message in messages} == {messages[0]["turn_id"]}
    assert all(message["timestamp"].endswith("Z") for message in messages)


@pytest.mark.parametrize("media", ["url", "stream"])
async def test_each_segment_says_when_its_words_are_spoken(alice: Student, session: Message, media: str) -> None:
    async with alice.socket(session, media) as socket:
        messages = await socket.turn(f"{SAY}**Light** is $x$. And so are the other things.")

    segments = [m for m in messages if m["type"] in ("video", "fragment") and m["content"] is not None]
    (turn,) = await alice.transcript(session["session_id"])
    assert [segment["words"] for segment in segments] == [segment["words"] for segment in turn["segments"]]
    for segment in turn["segments"]:
        assert "".join(word["text"] for word in segment["words"]) == segment["content"]
        assert 0 < segment["words"][-1]["end_ms"] <= segment["duration_ms"]


async def test_the_end_says_how_long_everything_took(socket: Socket) -> None:
    done = (await socket.turn("What do plants need?"))[-1]

    assert (done["interrupted"], done["degraded"]) == (False, [])
    timings = done["timings"]
    assert 0 < timings["first_token"] <= timings["first_audio"] <= timings["first_frame"] <= timings["total"]
    assert {"retrieve", "reply", "speak:0", "animate:0", "animate:2"} <= set(done["stages"])


async def test_the_transcript_has_it_all(alice: Student, session: Message, socket: Socket) -> None:
    messages = await socket.turn("What do plants need?")

    (turn,) = await alice.transcript(session["session_id"])
    assert (turn["turn_id"], turn["status"], turn["modality"]) == (messages[-1]["turn_id"], "completed", "text")
    assert (turn["user_text"], turn["reply_text"]) == ("What do plants need?", REPLY)
    assert [segment["content"] for segment in turn["segments"]] == SEGMENTS
    assert {key: value for key, value in messages[-1]["timings"].items() if value is not None} == turn["timings"]


async def test_the_reply_is_grounded_in_the_lesson(socket: Socket) -> None:
    (reply,) = of("text", await socket.turn("Plants need light and water."))

    assert reply["citations"][0] == {
        "number": 1,
        "document": "Photosynthesis",
        "page": None,
        "quote": "Plants need light and water. Roots take in water from the soil.",
    }


async def test_chinese_is_spoken_too(socket: Socket) -> None:
    messages = await socket.turn(f"{SAY}你好，我们今天来学习光合作用。植物需要光照和水。")

    assert (
        "".join(video["content"] for video in of("video", messages))
        == "你好，我们今天来学习光合作用。植物需要光照和水。"
    )


async def test_one_turn_follows_the_other(alice: Student, session: Message, socket: Socket) -> None:
    first = await socket.turn(f"{SAY}One.")
    second = await socket.turn(f"{SAY}Two.")

    assert [of("text", turn)[0]["content"] for turn in (first, second)] == ["One.", "Two."]
    assert [turn["reply_text"] for turn in await alice.transcript(session["session_id"])] == ["One.", "Two."]


# What cannot be made is left out, and said


async def test_a_face_of_which_no_picture_can_be_made_is_still_heard(socket: Socket) -> None:
    messages = await socket.turn("What do plants need?", avatar_id="avatar_blank")

    videos = of("video", messages)
    assert [video["content"] for video in videos] == SEGMENTS
    assert all(video["video"] is None and video["audio"] for video in videos)
    assert messages[-1]["degraded"] == ["video"]
    assert of("error", messages) == []


@pytest.mark.parametrize("media", ["inline", "stream"])
async def test_a_tutor_whose_voice_is_missing_is_still_read(product: Product, alice: Student, media: str) -> None:
    session = await alice.open_session(product.tutors["mute"])
    async with alice.socket(session, media) as socket:
        messages = await socket.turn("What do plants need?")

    assert [video["content"] for video in of("video", messages)] == SEGMENTS
    assert {video["audio"] or video["audio_url"] for video in of("video", messages)} == {None}
    assert messages[-1]["degraded"] == ["speech"]
    assert of("text", messages)[0]["content"] == REPLY


async def test_emoji_alone_are_no_fault(socket: Socket) -> None:
    messages = await socket.turn(f"{SAY}🙂 🙂 🙂")

    assert messages[-1]["degraded"] == []
    assert of("error", messages) == []


# Streaming


async def test_the_first_pictures_come_while_the_reply_is_still_being_thought(product: Product, stream: Socket) -> None:
    product.close("llm-rest")
    await stream.send("text", content="What do plants need?")

    early = await stream.until("fragment")
    product.open("llm-rest")
    late = await stream.until("done")

    assert of("text", early) == []
    assert of("delta", late)
    assert "".join(delta["content"] for delta in of("delta", early + late)) == REPLY
    assert late[-1]["degraded"] == []


async def test_the_first_pictures_come_while_their_segment_is_still_being_drawn(
    product: Product, stream: Socket
) -> None:
    product.close("avatar-rest")
    await stream.send("text", content=f"{SAY}One two three four five six seven eight.")

    early = await stream.until("fragment")
    product.open("avatar-rest")
    late = await stream.until("done")

    assert of("fragment", early)[0]["last"] is False
    assert of("fragment", late)[-1]["last"] is True
