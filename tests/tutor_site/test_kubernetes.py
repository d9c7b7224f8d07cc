"""The manifests, as kustomize builds them, against the schemas of Kubernetes."""

import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import kubernetes_validate
import promql_parser
import pytest
import yaml

from tests.environment import REPOSITORY
from tutor_site.compose import IMAGES
from tutor_site.kubernetes import STAGES, kinds
from tutor_site.management.commands.kubernetes import files
from tutor_site.supervisor import WorkerSpec, read_workers

KUBERNETES = REPOSITORY / "docker" / "kubernetes"
FILES = sorted((REPOSITORY / "docker" / "workers").glob("*.toml"))
OVERLAYS = ("cpu", "gpu")
OF_OPERATORS = {"ScaledObject", "PodMonitor"}
"""Their schemas come with KEDA and the Prometheus operator, not with Kubernetes."""
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
        assert {"startupProbe", "readinessProbe", "livenessProbe"} <= container.keys()
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


def test_with_a_bucket_nothing_waits_for_a_shared_volume() -> None:
    assert of_kind("PersistentVolumeClaim", "gpu").keys() == {"models"}
    assert of_kind("PersistentVolumeClaim", "cpu").keys() == {"media", "models"}


def test_every_stage_is_measured_by_its_task() -> None:
    from gpu_tasks import tasks
    from sessions_app.tasks import retrieve

    of = (tasks.transcribe, tasks.reply, tasks.speak, tasks.animate, retrieve)
    assert {task.queue: task.name.rpartition(".")[2] for task in of} == STAGES
