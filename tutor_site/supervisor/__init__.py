"""Starts the processes of the product on one machine, watches them, and ends them. No Django in here.

    home = tmp_path
    stack = Stack(home=home, root=REPOSITORY, port=free_port(), environ=os.environ)
    with Supervisor(stack.commands(), logs=home / "logs") as processes:      # start() ... stop()
        processes.wait_ready(stack.answers, timeout=60)                      # raises NotReady with the logs' last lines
        killed = processes.kill("worker-llm")                                # SIGKILL, like a crash; returns the pid
        processes.wait_restarted("worker-llm", after=killed, timeout=30)     # the new pid
        processes.restart = False                                            # what dies now stays dead; True revives it

`Stack.commands()` is the whole product; `redis_command`, `llm_command`, `web_command` and `worker_commands`
make single ones, so that a test may start only what it needs:

    redis = redis_command(home, port=free_port(), password="secret")
    with Supervisor([redis, *worker_commands(root, environ, specs)], logs=home / "logs") as processes:
        processes.wait_ready(lambda: redis_answers(url), timeout=10)

Names of the processes: redis, llm-server, web, and each worker by its name in docker/workers/*.toml with "worker-"
before it (worker-asr, worker-llm, ...). The log of each is logs/<name>.log.
"""

from tutor_site.supervisor.commands import (
    llm_command,
    own_redis_url,
    redis_command,
    redis_url,
    web_command,
    worker_command,
    worker_commands,
)
from tutor_site.supervisor.processes import Command, NotReady, Supervisor
from tutor_site.supervisor.readiness import redis_answers, site_answers
from tutor_site.supervisor.stack import DEFAULTS, Stack, free_port, port_is_taken, workers_file
from tutor_site.supervisor.workers import WorkerSpec, check_fit, read_workers, with_ports

__all__ = [
    "DEFAULTS",
    "Command",
    "NotReady",
    "Stack",
    "Supervisor",
    "WorkerSpec",
    "check_fit",
    "free_port",
    "llm_command",
    "own_redis_url",
    "port_is_taken",
    "read_workers",
    "redis_answers",
    "redis_command",
    "redis_url",
    "site_answers",
    "web_command",
    "with_ports",
    "worker_command",
    "worker_commands",
    "workers_file",
]
