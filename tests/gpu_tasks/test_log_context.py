import asyncio
import io
import json
import logging
import logging.config
from collections.abc import Iterator

import pytest

from gpu_tasks.log_context import about, is_about
from tutor_site import logs


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the JSON log of a worker comes to."""
    written = io.StringIO()
    config = logs.logging("json", "INFO", "worker-tts")
    handler = config["handlers"]["console"] | {"stream": written}
    logging.config.dictConfig(
        {
            **config,
            "handlers": {"console": handler},
            "loggers": {"tests.of_logs": {"handlers": ["console"], "level": "INFO", "propagate": False}},
            "root": {},
            "incremental": False,
        }
    )
    yield written
    logging.getLogger("tests.of_logs").handlers.clear()


logger = logging.getLogger("tests.of_logs")


def read(lines: io.StringIO) -> list[dict[str, str]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def test_a_line_is_one_json_object_with_the_process_and_what_it_is_about(lines: io.StringIO) -> None:
    with about(turn="t1", session="s1", stage="speak:0"):
        logger.warning("光合作用 took %d ms", 7)
    logger.info("idle")

    spoken, idle = read(lines)
    assert spoken.pop("timestamp")
    assert spoken == {
        "level": "WARNING",
        "logger": "tests.of_logs",
        "message": "光合作用 took 7 ms",
        "process": "worker-tts",
        "turn": "t1",
        "session": "s1",
        "stage": "speak:0",
    }
    assert not {"turn", "session", "stage"} & idle.keys()


def test_an_error_has_its_traceback_in_its_line(lines: io.StringIO) -> None:
    try:
        raise KeyError("a bug")
    except KeyError:
        logger.exception("it broke")

    (line,) = read(lines)
    assert "KeyError: 'a bug'" in line["exception"]


async def test_what_one_socket_is_about_is_not_told_of_another(lines: io.StringIO) -> None:
    async def socket(session: str) -> None:
        is_about(session=session)
        await asyncio.sleep(0)
        await asyncio.to_thread(logger.info, "asked")

    await asyncio.gather(socket("s1"), socket("s2"))

    assert sorted(line["session"] for line in read(lines)) == ["s1", "s2"]
