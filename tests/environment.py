"""What Django's settings find in the environment of the tests.

A plugin (`python -m pytest -p tests.environment`), because pytest-django reads the settings before any conftest.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from tutor_site.supervisor import free_port, redis_url

REPOSITORY = Path(__file__).resolve().parent.parent
HOME = Path(tempfile.mkdtemp(prefix="tutor-tests-"))
(HOME / "static").mkdir()  # where `collectstatic` would have put them
REDIS_PORT = free_port()
REDIS_PASSWORD = "redis-of-the-tests"
SERVICE_KEY = "service-key-of-the-tests"

FAKES = """{
    "asr": {"ENGINE": "gpu_tasks.engines.asr.fake.FakeASR"},
    "llm": {"ENGINE": "gpu_tasks.engines.llm.fake.FakeChat"},
    "tts": {"ENGINE": "gpu_tasks.engines.tts.fake.FakeVoice"},
    "avatar": {"ENGINE": "gpu_tasks.engines.avatar.fake.FakeAvatar"},
    "embedding": {"ENGINE": "gpu_tasks.engines.embedding.fake.FakeEmbedding"}
}"""

# What a developer has set for his own runs would change what the tests see.
for key in (
    "ALLOWED_HOSTS",
    "BEHIND_TLS_PROXY",
    "DATABASE_URL",
    "DEMO_BRAIN",
    "DEVICE",
    "ENGINE_ENABLED",
    "ENGINE_URL",
    "LLM_URL",
    "MODELS_DIR",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "REGISTRATION_OPEN",
    "SAFETY_URL",
    "SECRET_KEY",
    "TTS",
    "TUTOR_DATABASE",
    "TUTOR_PROFILE",
    "WORKER_GPU",
    "WORKER_GPU_MEMORY",
):
    os.environ.pop(key, None)

os.environ |= {
    "TUTOR_HOME": str(HOME),
    "TUTOR_MODE": "dev",
    "MEDIA_ROOT": str(HOME / "media"),
    "REDIS_URL": redis_url(REDIS_PORT, REDIS_PASSWORD),
    "ENGINE_API_KEY": SERVICE_KEY,
    "STAGES": FAKES,
    "LOGIN_RATE": "10000/min",
    "REGISTER_RATE": "10000/min",
    "LOG_LEVEL": "WARNING",
}

atexit.register(shutil.rmtree, HOME, ignore_errors=True)
