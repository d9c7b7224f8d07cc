"""The manifests, as kustomize builds them, against the schemas of Kubernetes."""

import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import promql_parser
import pytest
import yaml
from django.urls import resolve

from tests.environment import REPOSITORY
from tutor_site import draining
from tutor_site.compose import IMAGES
from tutor_site.kubernetes import GPU, STAGES, kinds, scaling
from tutor_site.management.commands.kubernetes import files
from tutor_site.supervisor import WorkerSpec, read_workers

KUBERNETES = REPOSITORY / "docker" / "kubernetes"
FILES = sorted((REPOSITORY / "docker" / "workers").glob("*.toml"))
OVERLAYS = ("cpu", "gpu")
OF_OPERATORS = {"ScaledObject", "PodMonitor"}
"""Their schemas come with KEDA and the Prometheus operator, not with Kubernetes."""
COUNT = {"type": "integer", "minimum": 0}
# What KEDA 2.22 documents (keda.sh: ScaledObject specification, Prometheus scaler), as far as a site like ours uses it.
SCALED_OBJECT = {
    "type": "object",
    "required": ["scaleTargetRef", "triggers"],
    "additionalProperties": False,
    "properties": {
        "scaleTargetRef": {
            "type": "object",
            "required": ["name"],
            "additionalProperties": False,
            "properties": {
                name: {"type": "string"} for name in ("apiVersion", "kind", "name", "envSourceContainerName")
            },
        },
        **dict.fromkeys(
            ("pollingInterval", "cooldownPeriod", "initialCooldownPeriod", "minReplicaCount", "maxReplicaCount"), COUNT
        ),
        "advanced": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "restoreToOriginalReplicaCount": {"type": "boolean"},
                "horizontalPodAutoscalerConfig": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {"name": {"type": "string"}, "behavior": {"type": "object"}},
                },
            },
        },
        "triggers": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["type", "metadata"],
                "additionalProperties": False,
                "properties": {
                    "type": {"const": "prometheus"},
                    "name": {"type": "string"},
                    "metricType": {"enum": ["AverageValue", "Value"]},
                    "metadata": {
                        "type": "object",
                        "required": ["serverAddress", "query", "threshold"],
                        "additionalProperties": False,
                        "properties": {
                            "serverAddress": {"type": "string", "pattern": "^https?://"},
                            "query": {"type": "string"},
                            "threshold": {"type": "string", "pattern": r"^\d+(\.\d+)?$"},
                            "activationThreshold": {"type": "string", "pattern": r"^\d+(\.\d+)?$"},
                            "ignoreNullValues": {"enum": ["true", "false"]},
                        },
                    },
                },
            },
        },
    },
}
PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
Manifest = dict[str, Any]


@cache
def built(folder: str) -> tuple[Manifest, ...]:
    done = subprocess.run(
        ["kubectl", "kustomize", str(KUBERNETES / folder)], capture_output=True, text=True, check=True
    )
    return tuple(yaml.safe_load_all(done.stdout))


def of_kind(kind: str, overlay: str) -> dict[str, Manifest]:
    return {each["metadata"]["name"]: each for each in built(f"overlays/{overlay}") if each["kind"] == kind}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_manifests_of_the_workers_are_what_their_file_says(file: Path) -> None:
    for name, content in files(file).items():
        assert (KUBERNETES / "workers" / file.stem / name).read_text() == content, "run `make generate`"


@pytest.mark.parametrize("folder", [*(f"overlays/{name}" for name in OVERLAYS), *(f"workers/{f.stem}" for f in FILES)])
def test_what_kustomize_builds_is_what_kubernetes_knows(folder: str) -> None:
    checked = [each for each in built(folder) if each["kind"] not in OF_OPERATORS]

    assert checked
    for manifest in checked:
        kubernetes_validate.validate(manifest, kubernetes_validate.latest_version(), strict=True)


def test_a_mistake_would_be_found() -> None:
    wrong = {**of_kind("Deployment", "cpu")["web"], "spec": {"replicas": "two"}}

    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, kubernetes_validate.latest_version(), strict=True)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_worker_is_a_replica_of_one_deployment_with_as_many_cards(file: Path) -> None:
    deployments = {
        each["metadata"]["name"]: each for each in built(f"workers/{file.stem}") if each["kind"] == "Deployment"
    }
    specs = read_workers(file)

    assert sum(each["spec"]["replicas"] for each in deployments.values()) == len(specs)
    for name, same in kinds(specs).items():
        (container,) = deployments[f"worker-{name}"]["spec"]["template"]["spec"]["containers"]
        cards = container["resources"].get("limits", {}).get("nvidia.com/gpu", 0)
        assert cards == (0 if same[0].gpu is None else same[0].gpu.count(",") + 1)
        assert container["image"] == f"virtual-tutor-{IMAGES[same[0].venv]}"
        assert container["command"][3] == same[0].name


def test_workers_that_differ_have_deployments_of_their_own() -> None:
    small = WorkerSpec(name="avatar-small", queues=("avatar",), concurrency=4, gpu="0")
    large = WorkerSpec(name="avatar-large", queues=("avatar",), concurrency=16, gpu="1")
    another = large.model_copy(update={"name": "avatar-another", "gpu": "2"})

    assert {name: len(same) for name, same in kinds([small, large, another]).items()} == {
        "avatar": 1,
        "avatar-large": 2,
    }


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_a_turn_has_the_time_to_end_and_nobody_is_taken_away_before_another_is_there(overlay: str) -> None:
    for name, deployment in of_kind("Deployment", overlay).items():
        spec = deployment["spec"]
        assert spec["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
        assert spec["template"]["spec"]["terminationGracePeriodSeconds"] >= 60
        (container,) = spec["template"]["spec"]["containers"]
        assert set(PROBES) <= container.keys()
        assert name in of_kind("PodDisruptionBudget", overlay)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_only_what_needs_the_database_is_told_where_it_is(overlay: str) -> None:
    for name, deployment in of_kind("Deployment", overlay).items():
        (container,) = deployment["spec"]["template"]["spec"]["containers"]
        secrets = {each["secretRef"]["name"] for each in container["envFrom"] if "secretRef" in each}
        assert secrets == {"tutor"} | ({"tutor-database"} if name in ("web", "worker-default") else set())


def test_each_deployment_of_workers_scales_by_load_and_waiting_time() -> None:
    deployments = of_kind("Deployment", "gpu").keys() - {"web"}
    scaled = of_kind("ScaledObject", "gpu")

    assert {each["spec"]["scaleTargetRef"]["name"] for each in scaled.values()} == deployments
    for each in scaled.values():
        assert [trigger["name"] for trigger in each["spec"]["triggers"]] == ["load", "waiting"]
        for trigger in each["spec"]["triggers"]:
            promql_parser.parse(trigger["metadata"]["query"])
            assert float(trigger["metadata"]["threshold"]) > 0


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_scales_is_what_keda_documents(file: Path) -> None:
    for each in scaling(read_workers(file)):
        spec = each["spec"]
        assert (each["apiVersion"], each["kind"]) == ("keda.sh/v1alpha1", "ScaledObject")
        jsonschema.validate(spec, SCALED_OBJECT)
        assert 1 <= spec["minReplicaCount"] < spec["maxReplicaCount"], "the first question does not wait for a model"
        # What KEDA makes of it is for Kubernetes to take.
        behavior = spec["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]
        target = {"apiVersion": "apps/v1", "kind": "Deployment", **spec["scaleTargetRef"]}
        autoscaler = {
            "apiVersion": "autoscaling/v2",
            "kind": "HorizontalPodAutoscaler",
            "metadata": each["metadata"],
            "spec": {"scaleTargetRef": target, "maxReplicas": spec["maxReplicaCount"], "behavior": behavior},
        }
        kubernetes_validate.validate(autoscaler, kubernetes_validate.latest_version(), strict=True)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**spec, "maxReplicas": 8}, SCALED_OBJECT)


def test_how_many_run_is_said_by_keda_alone() -> None:
    replicas = {name: each["spec"].get("replicas") for name, each in of_kind("Deployment", "gpu").items()}

    assert replicas.pop("web") == 2
    assert set(replicas.values()) == {None}


def test_a_web_process_is_given_the_time_that_it_takes_to_end() -> None:
    pod = of_kind("Deployment", "gpu")["web"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]

    before = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert pod["terminationGracePeriodSeconds"] > before + draining.PATIENCE
    assert [container[probe]["httpGet"]["path"] for probe in PROBES] == ["/ready", "/ready", "/health"]
    assert all(resolve(container[probe]["httpGet"]["path"]) for probe in PROBES)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_whoever_has_a_card_may_run_where_only_cards_are_wanted_and_nobody_has_rights_in_kubernetes(
    overlay: str,
) -> None:
    for deployment in of_kind("Deployment", overlay).values():
        pod = deployment["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        has_card = GPU in container["resources"].get("limits", {})
        assert [each["key"] for each in pod.get("tolerations", [])] == [GPU] * has_card
        assert pod["automountServiceAccountToken"] is False


def test_prometheus_asks_every_pod_at_a_port_that_it_has() -> None:
    asked = {
        name: {each["port"] for each in monitor["spec"]["podMetricsEndpoints"]}
        for name, monitor in of_kind("PodMonitor", "gpu").items()
    }

    assert asked.keys() == {"web", "workers"}
    for name, deployment in of_kind("Deployment", "gpu").items():
        (container,) = deployment["spec"]["template"]["spec"]["containers"]
        assert asked["web" if name == "web" else "workers"] <= {port["name"] for port in container["ports"]}


def test_with_a_bucket_nothing_waits_for_a_shared_volume() -> None:
    assert of_kind("PersistentVolumeClaim", "gpu").keys() == {"models"}
    assert of_kind("PersistentVolumeClaim", "cpu").keys() == {"media", "models"}


def test_every_stage_is_measured_by_its_task() -> None:
    from gpu_tasks import tasks
    from sessions_app.tasks import retrieve

    of = (tasks.transcribe, tasks.reply, tasks.speak, tasks.animate, retrieve)
    assert {task.queue: task.name.rpartition(".")[2] for task in of} == STAGES
