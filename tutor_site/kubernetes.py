"""docker/kubernetes/workers/* from docker/workers/*.toml: one Deployment for each kind of worker, and how it scales."""

from pathlib import Path
from typing import Any

from tutor_site.compose import BEAT, IMAGES, PROFILES, STALE_SECONDS, STOP_SECONDS, worker_argv
from tutor_site.supervisor import WorkerSpec

Manifest = dict[str, Any]

METRICS_PORT = 9100
PROMETHEUS = "http://prometheus-operated.monitoring.svc:9090"
MOST_REPLICAS = 8
WAITS_SECONDS = 2
"""Work should not wait longer than this in its queue."""
FULL = 0.75
"""Of a worker's slots, so many may be in use before another one is started."""
GPU = "nvidia.com/gpu"
PROBE_SECONDS = 5
"""A machine that is busy takes its time to start a shell."""
STAGES = {"asr": "transcribe", "llm": "reply", "tts": "speak", "avatar": "animate", "default": "retrieve"}
NOT_PRIVILEGED = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}


def kinds(specs: list[WorkerSpec]) -> dict[str, list[WorkerSpec]]:
    """Workers that differ in nothing but their name and card are replicas of one Deployment."""
    found: dict[str, list[WorkerSpec]] = {}
    for spec in specs:
        alike = (same for same in found.values() if _like(same[0]) == _like(spec))
        same = next(alike, None)
        if same is None:
            name = "-".join(spec.queues)
            found[name if name not in found else spec.name] = [spec]
        else:
            same.append(spec)
    return found


def _like(spec: WorkerSpec) -> WorkerSpec:
    cards = None if spec.gpu is None else str(spec.gpu.count(","))
    return spec.model_copy(update={"name": "", "gpu": cards})


def workers(file: Path, specs: list[WorkerSpec]) -> list[Manifest]:
    profile = PROFILES.get(file.name, "gpu")
    return [
        manifest
        for name, same in kinds(specs).items()
        for manifest in (_deployment(name, same, file, profile), _budget(name))
    ]


def scaling(specs: list[WorkerSpec]) -> list[Manifest]:
    return [_scaled(name, same) for name, same in kinds(specs).items()]


def _labels(name: str) -> dict[str, str]:
    return {"app.kubernetes.io/name": "virtual-tutor", "app.kubernetes.io/component": f"worker-{name}"}


def _deployment(name: str, same: list[WorkerSpec], file: Path, profile: str) -> Manifest:
    labels = _labels(name)
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": f"worker-{name}", "labels": labels},
        "spec": {
            "replicas": len(same),
            "selector": {"matchLabels": labels},
            # The new one is ready before the old one takes nothing more: wants a card to spare.
            "strategy": {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
            "template": {"metadata": {"labels": labels}, "spec": _pod(same[0], file, profile)},
        },
    }


def _pod(spec: WorkerSpec, file: Path, profile: str) -> Manifest:
    look = f"test $(( $(date +%s) - $(stat -c %Y {BEAT}) )) -lt {STALE_SECONDS}"
    fresh = {"exec": {"command": ["sh", "-c", look]}, "timeoutSeconds": PROBE_SECONDS}
    limits: Manifest = {}
    tolerates: Manifest = {}
    if spec.gpu is not None:
        limits = {"limits": {GPU: spec.gpu.count(",") + 1}}
        # Machines with cards are mostly kept for those who want one.
        tolerates = {"tolerations": [{"key": GPU, "operator": "Exists", "effect": "NoSchedule"}]}
    secrets = ["tutor", *(["tutor-database"] if spec.database else [])]
    container = {
        "name": "worker",
        "image": f"virtual-tutor-{IMAGES[spec.venv]}",
        "command": worker_argv(spec, file),
        "envFrom": [{"configMapRef": {"name": "tutor"}}, *({"secretRef": {"name": name}} for name in secrets)],
        "env": [
            {"name": "TUTOR_PROFILE", "value": profile},
            {"name": "WORKER_BEAT", "value": BEAT},
            {"name": "METRICS_HOST", "value": "0.0.0.0"},
            {"name": "METRICS_PORT", "value": str(METRICS_PORT)},
        ],
        "ports": [{"name": "metrics", "containerPort": METRICS_PORT}],
        # The worker touches the file with every beat, and begins when its models are loaded.
        "startupProbe": {**fresh, "periodSeconds": 5, "failureThreshold": 180},
        "readinessProbe": {**fresh, "periodSeconds": 10},
        "livenessProbe": {**fresh, "periodSeconds": 20, "failureThreshold": 3},
        "resources": {"requests": {"cpu": "1", "memory": "2Gi"}, **limits},
        "securityContext": NOT_PRIVILEGED,
        "volumeMounts": [
            {"name": "media", "mountPath": "/srv/tutor/media"},
            {"name": "models", "mountPath": "/srv/tutor/models"},
            {"name": "faces", "mountPath": "/srv/tutor/faces"},
        ],
    }
    return {
        # What it is at when it is to end is finished.
        "terminationGracePeriodSeconds": STOP_SECONDS,
        # It asks Kubernetes for nothing, and wants no variables of other Services among its own.
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        **tolerates,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 10001,
            "fsGroup": 10001,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [container],
        "volumes": [
            {"name": "media", "persistentVolumeClaim": {"claimName": "media"}},
            {"name": "models", "persistentVolumeClaim": {"claimName": "models"}},
            {"name": "faces", "emptyDir": {}},
        ],
    }


def _budget(name: str) -> Manifest:
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": f"worker-{name}", "labels": _labels(name)},
        "spec": {"maxUnavailable": 1, "selector": {"matchLabels": _labels(name)}},
    }


def _scaled(name: str, same: list[WorkerSpec]) -> Manifest:
    spec = same[0]
    queues, stages = "|".join(spec.queues), "|".join(STAGES[queue] for queue in spec.queues)
    # Our own gauge, since Celery keeps a list for each priority: KEDA's Redis scaler would see the first one alone.
    load = f'sum(max by (queue) (tutor_queue_messages{{queue=~"{queues}"}}))'
    load += f' + (sum(tutor_stage_working{{stage=~"{stages}"}}) or vector(0))'
    if "llm" in spec.queues:
        load += " + max(tutor_turns_waiting)"
    return {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "metadata": {"name": f"worker-{name}", "labels": _labels(name)},
        "spec": {
            "scaleTargetRef": {"name": f"worker-{name}"},
            "minReplicaCount": len(same),
            "maxReplicaCount": len(same) * MOST_REPLICAS,
            "pollingInterval": 10,
            "advanced": {
                "horizontalPodAutoscalerConfig": {
                    # A model that was loaded is kept for a while: a class comes back after its break.
                    "behavior": {"scaleDown": {"stabilizationWindowSeconds": 600}}
                }
            },
            "triggers": [
                _trigger("load", load, "AverageValue", f"{spec.concurrency * FULL:g}"),
                _trigger(
                    "waiting", f'max(tutor_queue_oldest_seconds{{queue=~"{queues}"}})', "Value", str(WAITS_SECONDS)
                ),
            ],
        },
    }


def _trigger(name: str, query: str, kind: str, threshold: str) -> Manifest:
    return {
        "type": "prometheus",
        "name": name,
        "metricType": kind,
        "metadata": {
            "serverAddress": PROMETHEUS,
            "query": query,
            "threshold": threshold,
            # Without an answer (Redis is away, or who tells of it) nobody is sent home.
            "ignoreNullValues": "false",
        },
    }
