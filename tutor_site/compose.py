"""docker/compose.*.yml from docker/workers/*.toml: one service for each worker."""

from pathlib import Path
from typing import Any

from tutor_site.supervisor import WorkerSpec

Service = dict[str, Any]

# Of each virtual environment that workers name, the image that takes its place.
IMAGES = {None: "cpu", "gpu-venv": "gpu", "whisperx-venv": "whisperx"}
STALE_SECONDS = 20
# Longer than a turn.
STOP_SECONDS = 90
BEAT = "/tmp/worker-beat"
PROFILES = {"cpu.toml": "cpu"}


def compose(file: Path, specs: list[WorkerSpec]) -> dict[str, Any]:
    profile = PROFILES.get(file.name, "gpu")
    services: dict[str, Service] = {"web": {"environment": {"TUTOR_PROFILE": profile}}}
    services |= {f"worker-{spec.name}": _service(spec, file, profile) for spec in specs}
    return {"services": services, "volumes": {"models": None, "faces": None}}


def worker_argv(spec: WorkerSpec, file: Path) -> list[str]:
    """In a container of its own."""
    return ["python", "manage.py", "worker", spec.name, "--file", f"docker/workers/{file.name}", "--in-container"]


def _service(spec: WorkerSpec, file: Path, profile: str) -> Service:
    image = IMAGES[spec.venv]
    waits = {"redis": {"condition": "service_healthy"}}
    if spec.database:
        waits["migrate"] = {"condition": "service_completed_successfully"}
    service: Service = {
        "image": f"virtual-tutor-{image}",
        "build": {"context": "..", "dockerfile": f"docker/{image}.Dockerfile"},
        "command": worker_argv(spec, file),
        "environment": _environment(spec, profile),
        "depends_on": waits,
        "volumes": ["media:/srv/tutor/media", "models:/srv/tutor/models", "faces:/srv/tutor/faces"],
        "networks": ["tutor"],
        # The worker touches the file with every beat, and begins when its models are loaded.
        "healthcheck": {
            "test": ["CMD-SHELL", f"test $$(( $$(date +%s) - $$(stat -c %Y {BEAT}) )) -lt {STALE_SECONDS}"],
            "interval": "10s",
            "timeout": "5s",
            "start_period": "600s",
        },
        # What it is at when it is to end is finished.
        "stop_grace_period": f"{STOP_SECONDS}s",
        "restart": "unless-stopped",
    }
    if spec.gpu is not None:
        card = {"driver": "nvidia", "device_ids": spec.gpu.split(","), "capabilities": ["gpu"]}
        service["deploy"] = {"resources": {"reservations": {"devices": [card]}}}
    return service


def _environment(spec: WorkerSpec, profile: str) -> dict[str, str]:
    environ = {
        "TUTOR_MODE": "production",
        "TUTOR_PROFILE": profile,
        "SECRET_KEY": "${SECRET_KEY:?a secret of 40 characters or more}",
        "ALLOWED_HOSTS": "${ALLOWED_HOSTS:?the names the site is reached by}",
        "REDIS_URL": "redis://:${REDIS_PASSWORD:?a password without signs}@redis:6379/0",
        "WORKER_BEAT": BEAT,
        "TTS": "${TTS:-bark}",
    }
    if "llm" in spec.queues:
        # There is no demo brain in a school.
        missing = ":?an OpenAI-compatible server" if profile == "cpu" else ":-"
        environ |= {
            "LLM_URL": f"${{LLM_URL{missing}}}",
            "LLM_MODEL": "${LLM_MODEL:-}",
            "LLM_API_KEY": "${LLM_API_KEY:-}",
        }
    if spec.database:
        environ["DATABASE_URL"] = "postgres://tutor:${POSTGRES_PASSWORD:?a password without signs}@postgres:5432/tutor"
    return environ
