"""A backup that is taken while students talk, and what a copy restored from it keeps."""

import asyncio
import subprocess
import sys
import time
from pathlib import Path

from tests.chaos.history import History
from tests.chaos.product import ROOT, Product

RESTORED = "restored"


async def take(product: Product) -> float:
    """Returns when it was begun."""
    began_at = time.time()
    await asyncio.to_thread(_manage, product, product.home, "backup", str(product.home / "backup.tar"))
    return began_at


async def restored(product: Product, taken_at: float, history: History) -> History:
    """What the copy keeps, with what students had sent and received until then. What ran then had not ended."""
    home = product.home / RESTORED
    if product.postgres is not None:
        product.postgres.psql(f"CREATE DATABASE {RESTORED}")
    await asyncio.to_thread(_manage, product, home, "restore", str(product.home / "backup.tar"))
    rows = await asyncio.to_thread(_run, product, home, "-m", "tests.chaos.keeping")
    kept = History.model_validate_json(rows)
    kept.turns = [turn for turn in kept.turns if turn.ended_at is not None]
    before = [frame for each in history.connections for frame in each.frames if frame.at < taken_at]
    ended = {turn.id for turn in kept.turns} | {
        frame.message["turn_id"] for frame in before if frame.message["type"] == "done"
    }
    for connection in history.connections:
        frames = [
            frame
            for frame in connection.frames
            if frame.sent or (frame.at < taken_at and frame.message.get("turn_id") in {None, *ended})
        ]
        kept.connections.append(connection.model_copy(update={"frames": frames, "stayed": False}))
    return kept


def _manage(product: Product, home: Path, *command: str) -> str:
    return _run(product, home, "manage.py", *command)


def _run(product: Product, home: Path, *arguments: str) -> str:
    environ = {**product.stack.environment, "TUTOR_HOME": str(home), "LOG_LEVEL": "WARNING"}
    if product.postgres is not None:
        environ["PATH"] = f"{product.postgres.bin_path}:{environ['PATH']}"
        if home != product.home:
            environ["DATABASE_URL"] = environ["DATABASE_URL"].replace("/postgres?", f"/{RESTORED}?")
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout
