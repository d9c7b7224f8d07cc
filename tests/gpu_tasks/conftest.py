import pytest

from gpu_tasks.events import TurnRef


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
