"""`manage.py serve`, as `make run` calls it, with the fakes as engines."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.environment import FAKES
from tutor_site.supervisor import free_port, port_is_taken

ROOT = Path(__file__).resolve().parents[2]


def environment(home: Path, port: int) -> dict[str, str]:
    inherited = {key: value for key, value in os.environ.items() if key not in ("REDIS_URL", "MEDIA_ROOT")}
    ours = {"TUTOR_HOME": str(home), "PORT": str(port), "TUTOR_MODE": "demo", "STAGES": FAKES}
    # The language model is a fake in its worker; no server is wanted beside it.
    return {**inherited, **ours, "LLM_URL": "http://127.0.0.1:9/v1", "PYTHONUNBUFFERED": "1"}


def serve(home: Path, port: int, *arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "manage.py", "serve", *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment(home, port), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def refusal(home: Path, port: int, *arguments: str) -> str:
    with serve(home, port, *arguments) as process:
        words, _ = process.communicate()
    assert process.returncode == 1
    return words


def descendants(process: "subprocess.Popen[str]") -> list[int]:
    """Also those that another thread of the process started."""
    tasks = Path(f"/proc/{process.pid}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def product(tmp_path: Path, port: int) -> Iterator["subprocess.Popen[str]"]:
    with serve(tmp_path, port) as process:
        yield process
        process.kill()


def test_the_product_says_once_that_it_is_ready_refuses_a_second_one_and_ends_clean(
    product: "subprocess.Popen[str]", tmp_path: Path, port: int
) -> None:
    assert product.stdout is not None
    lines = []
    for line in product.stdout:
        lines.append(line.strip())
        if "ready" in line:
            break
    assert lines == [f"Tutor is ready at http://127.0.0.1:{port}"]

    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/student/gpu/health") as answer:
        assert json.load(answer)["gpu_server"]["status"] == "healthy"
    assert "already running" in refusal(tmp_path, free_port())
    assert f"Port {port} of 127.0.0.1 is in use" in refusal(tmp_path / "second", port)

    started = descendants(product)
    assert len(started) == 7  # Redis, web, five workers
    product.send_signal(signal.SIGTERM)
    assert product.wait() == 0
    assert product.stdout.read() == "Ending …\n"
    assert not port_is_taken("127.0.0.1", port)
    assert not [pid for pid in started if Path(f"/proc/{pid}").exists()]


def test_a_workers_file_with_a_mistake_stops_the_start_in_words(tmp_path: Path, port: int) -> None:
    workers = tmp_path / "workers.toml"
    workers.write_text('[[workers]]\nname = "asr"\nques = ["asr"]\n')
    words = refusal(tmp_path, port, "--workers", str(workers))
    assert str(workers) in words
    assert "ques" in words
    assert "Traceback" not in words
