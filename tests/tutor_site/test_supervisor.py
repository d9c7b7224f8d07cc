"""Real processes, small ones: what happens to the product's processes when things go wrong."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tutor_site.supervisor import (
    Command,
    NotReady,
    Stack,
    Supervisor,
    WorkerSpec,
    free_port,
    port_is_taken,
    read_workers,
    redis_answers,
    redis_command,
    redis_url,
    site_answers,
    worker_commands,
)

ROOT = Path(__file__).resolve().parents[2]
SLEEPER = "import time; print('here', flush=True); time.sleep(600)"
STUBBORN = "import signal, time; signal.signal(15, signal.SIG_IGN); print('here', flush=True); time.sleep(600)"

Start = Callable[..., Supervisor]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started = []

    def start(*commands: Command, **options: object) -> Supervisor:
        processes = Supervisor(commands, logs=tmp_path / "logs", **options)
        started.append(processes)
        processes.start()
        return processes

    yield start
    for processes in started:
        processes.stop(grace=0)


@pytest.fixture
def python(tmp_path: Path) -> Callable[..., Command]:
    def python(code: str, name: str = "child", **env: str) -> Command:
        return Command(name, (sys.executable, "-c", code), {**os.environ, **env}, tmp_path)

    return python


def has_written(processes: Supervisor, name: str, words: str, times: int = 1) -> Callable[[], str | None]:
    def missing() -> str | None:
        log = processes.log(name)
        found = log.read_text().count(words) if log.exists() else 0
        return None if found >= times else f"{name} has written {words!r} {found} times"

    return missing


def is_alive(pid: int) -> bool:
    """Zombies are not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_what_dies_is_started_again_and_says_so(start: Start, python: Callable[..., Command]) -> None:
    lines: list[str] = []
    processes = start(python(SLEEPER), announce=lines.append)
    processes.wait_ready(has_written(processes, "child", "here"), timeout=30)

    killed = processes.kill("child")
    again = processes.wait_restarted("child", after=killed, timeout=30)

    assert again != killed
    assert is_alive(again)
    assert lines == ["child was killed by SIGKILL; starting it again"]
    assert "child was killed by SIGKILL" in processes.log("child").read_text()


def test_what_ends_with_an_error_is_announced_with_its_last_words(start: Start, python: Callable[..., Command]) -> None:
    lines: list[str] = []
    processes = start(python("raise SystemExit('no model in /models')"), announce=lines.append)
    processes.wait_ready(lambda: None if lines else "a death", timeout=30)

    assert lines[0] == "child exited with status 1: no model in /models; starting it again"


def test_what_keeps_dying_is_started_ever_more_slowly(start: Start, python: Callable[..., Command]) -> None:
    lines: list[str] = []
    processes = start(python("raise SystemExit(3)"), announce=lines.append)
    processes.wait_ready(lambda: None if len(lines) == 3 else "three deaths", timeout=30)

    assert [re.sub("child exited with status 3; ", "", line) for line in lines] == [
        "starting it again",
        "starting it again in 1 s",
        "starting it again in 2 s",
    ]


def test_with_restart_off_the_dead_stay_dead_until_it_is_on_again(start: Start, python: Callable[..., Command]) -> None:
    processes = start(python(SLEEPER), restart=False)
    processes.wait_ready(has_written(processes, "child", "here"), timeout=30)

    killed = processes.kill("child")
    processes.wait_ready(lambda: None if processes.deaths("child") else "a death", timeout=30)
    assert processes.pid("child") is None

    processes.restart = True
    assert processes.wait_restarted("child", after=killed, timeout=30) != killed


def test_what_ignores_sigterm_is_killed_after_the_grace(start: Start, python: Callable[..., Command]) -> None:
    processes = start(python(STUBBORN))
    processes.wait_ready(has_written(processes, "child", "here"), timeout=30)
    pid = processes.pid("child")
    assert pid is not None

    processes.stop(grace=0.1)

    assert not is_alive(pid)


def test_what_others_need_ends_last(start: Start, tmp_path: Path) -> None:
    ends = tmp_path / "ends"
    code = (
        "import signal, sys, time\n"
        f"signal.signal(15, lambda *_: (open({str(ends)!r}, 'a').write(sys.argv[1]), sys.exit()))\n"
        "print('here', flush=True)\ntime.sleep(600)"
    )

    def child(name: str, ends_last: bool) -> Command:
        return Command(name, (sys.executable, "-c", code, name), os.environ, tmp_path, ends_last)

    processes = start(child("r", True), child("w", False))
    for name in ("r", "w"):
        processes.wait_ready(has_written(processes, name, "here"), timeout=30)

    processes.stop(grace=30)

    assert ends.read_text() == "wr"


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's help is Linux'")
def test_no_child_outlives_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    code = f"""
import os, sys, time
from pathlib import Path
from tutor_site.supervisor import Command, Supervisor
home = Path({str(tmp_path)!r})
child = Command("child", (sys.executable, "-c", {SLEEPER!r}), os.environ, home)
processes = Supervisor([child], logs=home)
processes.start()
processes.wait_ready(lambda: None if processes.pid("child") else "child", timeout=30)
print(processes.pid("child"), flush=True)
time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=ROOT) as supervisor:
        assert supervisor.stdout is not None
        child = int(supervisor.stdout.readline())
        assert is_alive(child)
        supervisor.kill()
    watcher = Supervisor(logs=tmp_path)
    watcher.wait_ready(lambda: f"the end of {child}" if is_alive(child) else None, timeout=30)


def test_not_ready_names_what_died_with_the_end_of_its_log(start: Start, python: Callable[..., Command]) -> None:
    processes = start(python("raise SystemExit('no model in /models')", "worker-asr"), python(SLEEPER, "web"))

    with pytest.raises(NotReady) as failure:
        processes.wait_ready(
            lambda: "a second life" if processes.deaths("worker-asr") < 2 else "no live worker: asr", timeout=2
        )

    assert "worker-asr exited with status 1" in str(failure.value)
    assert "no model in /models" in str(failure.value)
    assert "web is running" not in str(failure.value)


def test_a_process_may_join_later(start: Start, python: Callable[..., Command]) -> None:
    processes = start(python(SLEEPER, "first"))
    processes.add(python(SLEEPER, "second"))
    processes.wait_ready(has_written(processes, "second", "here"), timeout=30)


def test_two_processes_of_one_name_are_refused(start: Start, python: Callable[..., Command]) -> None:
    processes = start(python(SLEEPER))
    with pytest.raises(ValueError, match="two processes called child"):
        processes.add(python(SLEEPER))


def test_redis_answers_to_its_password_only_and_comes_back(start: Start, tmp_path: Path) -> None:
    home = tmp_path / 'a "quoted" home'
    port = free_port()
    processes = start(redis_command(home, port=port, password="right"))

    processes.wait_ready(lambda: redis_answers(redis_url(port, "right")), timeout=30)

    assert "refuses the password" in (redis_answers(redis_url(port, "wrong")) or "")
    assert (home / "redis" / "redis.conf").stat().st_mode & 0o077 == 0
    processes.wait_restarted("redis", after=processes.kill("redis"), timeout=30)
    processes.wait_ready(lambda: redis_answers(redis_url(port, "right")), timeout=30)


def test_nobody_there_is_said_in_words() -> None:
    port = free_port()
    assert f"127.0.0.1:{port}" in (redis_answers(redis_url(port, "x")) or "")
    assert (site_answers(f"http://127.0.0.1:{port}") or "").startswith("web: ")


def test_a_port_in_use_is_seen(start: Start, tmp_path: Path) -> None:
    port = free_port()
    assert not port_is_taken("127.0.0.1", port)
    processes = start(redis_command(tmp_path, port=port, password="x"))
    processes.wait_ready(lambda: redis_answers(redis_url(port, "x")), timeout=30)
    assert port_is_taken("127.0.0.1", port)


# The product's own processes


def stack(home: Path, **environ: str) -> Stack:
    return Stack(home=home, root=ROOT, port=8000, environ={"PATH": os.environ["PATH"], **environ})


def test_the_product_is_one_web_process_one_worker_per_stage_redis_and_a_language_model(tmp_path: Path) -> None:
    names = [command.name for command in stack(tmp_path).commands()]
    assert sorted(names) == sorted(
        ["redis", "llm-server", "web", *(f"worker-{stage}" for stage in ("asr", "llm", "tts", "avatar", "default"))]
    )


def test_servers_that_are_given_are_not_started(tmp_path: Path) -> None:
    given = stack(tmp_path, REDIS_URL="redis://elsewhere:6379/3", LLM_URL="http://elsewhere:11434/v1", LLM_MODEL="qwen")
    commands = {command.name: command for command in given.commands()}
    assert not {"redis", "llm-server"} & set(commands)
    assert commands["worker-llm"].env["REDIS_URL"] == "redis://elsewhere:6379/3"
    assert commands["worker-llm"].env["LLM_URL"] == "http://elsewhere:11434/v1"
    assert commands["worker-llm"].env["LLM_MODEL"] == "qwen"


def test_workers_of_the_gpu_stages_do_not_learn_where_the_database_is(tmp_path: Path) -> None:
    commands = {c.name: c for c in stack(tmp_path, DATABASE_URL="postgres://secret@db/tutor").commands()}
    for stage in ("asr", "llm", "tts", "avatar"):
        env = commands[f"worker-{stage}"].env
        assert env["TUTOR_DATABASE"] == "none"
        assert "DATABASE_URL" not in env
    assert commands["worker-default"].env["DATABASE_URL"] == "postgres://secret@db/tutor"


def test_no_library_may_take_all_cores_unless_told_to(tmp_path: Path) -> None:
    assert stack(tmp_path).environment["OMP_NUM_THREADS"] == "1"
    assert stack(tmp_path, OMP_NUM_THREADS="8").environment["OMP_NUM_THREADS"] == "8"


def test_keys_do_not_stand_in_a_command_line(tmp_path: Path) -> None:
    made = stack(tmp_path)
    words = [word for command in made.commands() for word in command.argv]
    secrets = [made.environment["LLM_API_KEY"], made.redis_url.partition(":")[2].partition("@")[0].strip("/:")]
    assert all(secret not in word for word in words for secret in secrets)


def test_a_worker_is_pinned_to_its_gpu() -> None:
    spec = WorkerSpec.model_validate(
        {"name": "avatar-1", "queues": ["avatar"], "gpu": 1, "memory": "6 GB", "concurrency": 8, "env": {"BATCH": "16"}}
    )
    (command,) = worker_commands(ROOT, {}, [spec])
    assert command.env["CUDA_VISIBLE_DEVICES"] == command.env["WORKER_GPU"] == "1"
    assert command.env["CUDA_DEVICE_ORDER"] == "PCI_BUS_ID"
    assert command.env["WORKER_GPU_MEMORY"] == "6000000000"
    assert command.env["BATCH"] == "16"
    assert command.argv[command.argv.index("-c") + 1] == "8"
    assert command.argv[command.argv.index("-Q") + 1] == "avatar"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "workers"),
        ("[[workers]]\nname = 'a'", "queues"),
        ("[[workers]]\nname = 'a'\nqueues = ['a']\nconcurrency = 0", "concurrency"),
        ("[[workers]]\nname = 'a'\nqueues = ['a']\npools = 'solo'", "pools"),
        ("[[workers]]\nname = 'a'\nqueues = ['a']\n" * 2, "share a name: a, a"),
        ("[[workers", "workers.toml"),
        ("[[workers]]\nname = 'a'\nqueues = ['a']\ngpu = 0\nmemory = '6'", "6 MB, 6 MiB, 6 GB, 6 GiB"),
        ("[[workers]]\nname = 'a'\nqueues = ['a']\nmemory = '6 GB'", "a has a memory budget, but no gpu"),
    ],
)
def test_a_wrong_workers_file_is_named_with_what_is_wrong(tmp_path: Path, text: str, complaint: str) -> None:
    file = tmp_path / "workers.toml"
    file.write_text(text)
    with pytest.raises(ValueError, match=complaint) as error:
        read_workers(file)
    assert str(file) in str(error.value)


def test_a_signal_reaches_what_a_process_started_itself(start: Start, python: Callable[..., Command]) -> None:
    code = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {SLEEPER!r}])
print(f"child {{child.pid}}.", flush=True)
child.wait()
"""
    processes = start(python(code))
    processes.wait_ready(has_written(processes, "child", "here"), timeout=30)
    grandchild = int(re.findall(r"child (\d+)\.", processes.log("child").read_text())[0])

    processes.kill("child", signal.SIGTERM)

    processes.wait_ready(lambda: f"the end of {grandchild}" if is_alive(grandchild) else None, timeout=30)
