"""`python -m tests.chaos --seed 1 --faults 200`: students talk with the whole product while its parts are killed,
stopped, cut off and filled up; afterwards the checker reads what happened. Ends with status 1 on a violation."""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path
from statistics import median, quantiles

from tests.chaos import backup
from tests.chaos.checker import ENDS_WITHIN, check, recoveries
from tests.chaos.faults import Planned, kinds, schedule
from tests.chaos.history import Fault, History
from tests.chaos.product import Product, running, set_up_django
from tests.chaos.student import Student

SETTLES_WITHIN = 2 * ENDS_WITHIN
"""After a fault the next one waits so long for the turns that it met."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", type=int, default=40)
    parser.add_argument("--only", default="", help="faults with this in their names")
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--ends-within", type=float, default=ENDS_WITHIN, help="seconds after a fault was lifted")
    parser.add_argument("--keep", type=Path, help="folder for the history and the logs")
    options = parser.parse_args()
    chosen = [kind for kind in kinds(options.database) if options.only in kind.name]
    plan = schedule(options.seed, options.faults, chosen)
    say(f"seed {options.seed}, {options.faults} faults, {options.database}; load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory(prefix="tutor-chaos-", ignore_cleanup_errors=True) as folder:
        home = options.keep or Path(folder)
        home.mkdir(parents=True, exist_ok=True)
        history, restored = asyncio.run(run(home.resolve(), options.database, options.seed, plan))
        (home / "history.json").write_text(history.model_dump_json())
    tell(history)
    kept = {"the run": history, "the copy restored from a backup": restored}
    return 1 if sum(tell_violations(name, each, options.ends_within) for name, each in kept.items()) else 0


async def run(home: Path, database: str, seed: int, plan: list[Planned]) -> tuple[History, History]:
    """What happened, and what a backup holds that was taken in the middle of it."""
    history, taken_at = History(), 0.0
    async with running(home, database, seed) as product:
        set_up_django(product)
        students = [
            Student(product.stack.base, login, product.tutor, f"student {seed} {number}")
            for number, login in enumerate(product.logins)
        ]
        over = asyncio.Event()
        async with asyncio.TaskGroup() as talk:
            for student in students:
                talk.create_task(student.talk(over))
            await asyncio.sleep(2)
            for number, planned in enumerate(plan, 1):
                history.faults.append(await inject(product, planned))
                fault = history.faults[-1]
                settled = await settle(fault)
                say(f"{number:4} {fault.name} ({fault.lifted_at - fault.began_at:.1f} s): {settled}")
                if number == (len(plan) + 1) // 2:
                    taken_at = await backup.take(product)
            await product.wait_ready()
            over.set()
        async with asyncio.TaskGroup() as looking:
            for student in students:
                looking.create_task(student.look_back())
        await settle(Fault(name="the end", began_at=0, lifted_at=time.time()))
        from tests.chaos.keeping import read_rows

        await asyncio.to_thread(read_rows, history)
        history.connections = [connection for student in students for connection in student.connections]
        return history, await backup.restored(product, taken_at, history)


async def inject(product: Product, planned: Planned) -> Fault:
    await asyncio.sleep(planned.pause)
    began_at = time.time()
    async with planned.kind.trouble(product):
        await asyncio.sleep(planned.holds)
    return Fault(name=planned.kind.name, began_at=began_at, lifted_at=time.time())


async def settle(fault: Fault) -> str:
    """Wait for the turns that the fault met."""
    from django.db import DatabaseError

    from tests.chaos.keeping import running_since_before

    left = -1
    while (seconds := time.time() - fault.lifted_at) < SETTLES_WITHIN:
        try:
            left = await asyncio.to_thread(running_since_before, fault.lifted_at)
        except DatabaseError:
            left = -1  # it is being restarted
        if left == 0:
            return f"all ended after {seconds:.1f} s"
        await asyncio.sleep(0.2)
    return f"{left} turns still run"


def tell(history: History) -> None:
    took: dict[str, list[float]] = defaultdict(list)
    for fault, _, seconds in recoveries(history):
        took[fault.name].append(seconds)
    everything = [seconds for each in took.values() for seconds in each]
    say("\nfrom the lifted fault to the end of the turns it met, seconds")
    for name, count in sorted(Counter(fault.name for fault in history.faults).items()):
        met = took[name]
        say(f"  {name:38} {count:3} times, {len(met):3} turns" + (f", longest {max(met):.1f}" if met else ""))
    if len(everything) > 1:
        p95 = quantiles(everything, n=20)[-1]
        say(f"  all: median {median(everything):.1f}, p95 {p95:.1f}, longest {max(everything):.1f}")
    killed = [
        seconds for name, each in took.items() if name.startswith("worker") and "killed" in name for seconds in each
    ]
    if len(killed) > 1:
        say(f"  a worker killed: p95 {quantiles(killed, n=20)[-1]:.1f}, longest {max(killed):.1f}")
    ended = Counter(turn.status for turn in history.turns)
    codes = Counter(turn.error_code for turn in history.turns if turn.error_code)
    say(f"\n{len(history.faults)} faults, {len(history.turns)} turns: {dict(ended)}; errors {dict(codes)}")
    spoken = [segment for turn in history.turns for segment in turn.segments if segment.audio]
    say(f"segments with the face: {sum(bool(segment.video) for segment in spoken)} of {len(spoken)}")
    say(f"load {os.getloadavg()[0]:.1f}")


def tell_violations(of: str, history: History, ends_within: float) -> int:
    violations = check(history, ends_within)
    for violation in violations:
        say(f"  VIOLATION {violation.invariant} — {violation.where}: {violation.what}")
    say(f"{of}: {len(history.turns)} turns, {len(violations)} violations")
    return len(violations)


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
