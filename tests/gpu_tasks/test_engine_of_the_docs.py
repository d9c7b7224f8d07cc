"""docs/engines.md says that an engine is one file and one line of configuration. Here are both, taken from there."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

import gpu_tasks.engines.llm
from gpu_tasks import stages
from gpu_tasks.engines.errors import EngineError
from tests.environment import REPOSITORY

PAGE = (REPOSITORY / "docs" / "engines.md").read_text().partition("## Writing an engine")[2]
CODE = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[0]
LINE = re.findall(r"```sh\nSTAGES='(.*?)'\n```", PAGE)[0]
WHERE = re.findall(r"as `gpu_tasks/engines/llm/(\w+\.py)`", PAGE)[0]


@pytest.fixture
def parrot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Iterator[None]:
    (tmp_path / WHERE).write_text(CODE)
    monkeypatch.setattr(gpu_tasks.engines.llm, "__path__", [*gpu_tasks.engines.llm.__path__, str(tmp_path)])
    settings.STAGES = settings.STAGES | json.loads(LINE)
    stages.engine.cache_clear()
    yield
    stages.engine.cache_clear()
    sys.modules.pop("gpu_tasks.engines.llm.parrot", None)


@pytest.mark.usefixtures("parrot")
def test_the_engine_of_the_docs_serves_its_stage() -> None:
    engine = stages.llm()
    engine.warm_up()
    engine.read([])

    said = "".join(engine.reply([{"role": "user", "content": "Polly wants a cracker"}], max_tokens=5))

    assert said == "You said: Polly wants a "
    with pytest.raises(EngineError):
        next(engine.reply([{"role": "user", "content": " "}], max_tokens=5))


@pytest.mark.usefixtures("parrot")
def test_the_engine_of_the_docs_can_be_stopped() -> None:
    pieces = stages.llm().reply([{"role": "user", "content": "Polly"}], max_tokens=9, cancelled=lambda: True)
    assert list(pieces) == []


def test_the_engine_of_the_docs_follows_the_protocol(tmp_path: Path) -> None:
    file = tmp_path / WHERE
    file.write_text(
        f"{CODE}\n\nfrom gpu_tasks.engines.llm.base import LLMEngine\n\nengine: LLMEngine = Parrot(phrase='')\n"
    )
    # Without the project's plugins, which load Django.
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", "", "--follow-imports", "silent", str(file)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
