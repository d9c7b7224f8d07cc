"""Writes docker/kubernetes/workers/* anew from docker/workers/*.toml."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core.management.base import BaseCommand

from tutor_site.kubernetes import Manifest, scaling, workers
from tutor_site.supervisor import read_workers

HEAD = "# Written by `make generate` from docker/workers/{name}.\n"
KUSTOMIZE = "kustomize.config.k8s.io"
PLAIN: Manifest = {"apiVersion": f"{KUSTOMIZE}/v1beta1", "kind": "Kustomization", "resources": ["workers.yaml"]}
SCALING: Manifest = {
    "apiVersion": f"{KUSTOMIZE}/v1alpha1",
    "kind": "Component",
    "resources": ["scaling.yaml"],
    # How many there are is KEDA's to say: otherwise each `kubectl apply` would end all but the first.
    "patches": [
        {
            "target": {"kind": "Deployment", "name": "worker-.*"},
            "patch": yaml.safe_dump([{"op": "remove", "path": "/spec/replicas"}]),
        }
    ],
}


class Command(BaseCommand):
    help = "Writes the Kubernetes manifests of the workers."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--into", type=Path, default=settings.BASE_DIR / "docker" / "kubernetes" / "workers")

    def handle(self, *args: Any, **options: Any) -> None:
        for file in sorted((settings.BASE_DIR / "docker" / "workers").glob("*.toml")):
            for name, content in files(file).items():
                place = options["into"] / file.stem / name
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(content)


def files(file: Path) -> dict[str, str]:
    specs = read_workers(file)
    return {
        name: HEAD.format(name=file.name) + yaml.safe_dump_all(manifests, sort_keys=False, width=120)
        for name, manifests in {
            "kustomization.yaml": [PLAIN],
            "workers.yaml": workers(file, specs),
            "scaling/kustomization.yaml": [SCALING],
            "scaling/scaling.yaml": scaling(specs),
        }.items()
    }
