import pytest
import redis as redis_library

from gpu_tasks import turn_log
from gpu_tasks.events import Status, TurnRef


@pytest.fixture
def turn() -> TurnRef:
    return {
        "turn_id": "t1",
        "session_id": "s1",
        "folder": "sessions/s1/t1/",
        "session_folder": "sessions/s1/",
        "mode": "video",
        "language": "en",
        "voice": "tone",
        "avatar": None,
        "audio": "",
        "terms": [],
        "received_at": 0,
        "on_end": "tests.on_end",
    }


@pytest.fixture
def begun(redis: "redis_library.Redis", turn: TurnRef) -> None:
    """The log is there."""
    turn_log.begin(turn, Status(stage="queued"), once="begun")
