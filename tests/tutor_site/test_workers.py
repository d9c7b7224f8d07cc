"""What the files of docker/workers say is what runs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gpu_tasks.devices import Unfit
from tests.cards import pretend_cards
from tutor_site.management.commands.worker import contained
from tutor_site.supervisor import WorkerSpec, check_fit, read_workers, worker_command

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "docker" / "workers").glob("*.toml"))
PINNED = """
[[workers]]
name = "a"
queues = ["llm"]
gpu = 0
memory = "20 GB"

[[workers]]
name = "b"
queues = ["tts"]
gpu = 0
memory = "6 GB"
"""


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_files_that_come_along_serve_every_stage_and_the_database(file: Path) -> None:
    specs = read_workers(file)

    assert {queue for spec in specs for queue in spec.queues} == {"asr", "llm", "tts", "avatar", "default"}
    assert [spec.name for spec in specs if spec.database] == ["default"]


def test_the_files_for_gpus_give_every_stage_a_card_and_a_budget() -> None:
    for name in ("one-gpu.toml", "many-gpus.toml"):
        stages = [spec for spec in read_workers(ROOT / "docker" / "workers" / name) if not spec.database]
        assert all(spec.gpu is not None and spec.memory and spec.venv for spec in stages)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "pinned.toml"
    file.write_text(PINNED)
    return file


def test_workers_that_want_more_than_their_card_has_are_refused(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    specs = read_workers(file)
    monkeypatch.setenv("PATH", pretend_cards(tmp_path, 24000), prepend=os.pathsep)
    with pytest.raises(Unfit, match=r"GPU 0 has 25\.8 GB, its workers want 26\.0 GB \(a 20\.0, b 6\.0\)"):
        check_fit(specs)
    check_fit(specs[:1])


def test_on_a_machine_without_a_card_workers_say_so_and_start_nothing(file: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "workers", "--file", str(file)],
        cwd=ROOT,
        env={**os.environ, "PATH": str(tmp_path), "TUTOR_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1
    assert "no GPU: nvidia-smi is not on this machine" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "logs").exists()


def test_a_worker_that_the_file_does_not_know_is_refused_with_those_it_knows(file: Path) -> None:
    command = [sys.executable, "manage.py", "worker", "c", "--file", str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 1
    assert f"{file} has no worker c; there are: a, b" in done.stderr


def test_a_worker_runs_in_the_environment_that_it_names(tmp_path: Path) -> None:
    spec = WorkerSpec(name="asr", queues=("asr",), venv="whisperx-venv")
    with pytest.raises(ValueError, match=r"worker asr wants the environment .*whisperx-venv, which is not there"):
        worker_command(ROOT, {}, spec, tmp_path)

    python = tmp_path / "whisperx-venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    assert worker_command(ROOT, {}, spec, tmp_path).argv[0] == str(python)
    assert worker_command(ROOT, {}, spec).argv[0] == sys.executable


def test_in_a_container_a_worker_counts_its_own_cards_from_zero() -> None:
    spec = WorkerSpec(name="avatar", queues=("avatar",), gpu="2,3", memory=6, venv="gpu-venv")

    inside = contained(spec)

    assert (inside.gpu, inside.memory, inside.venv) == ("0,1", 6, None)
