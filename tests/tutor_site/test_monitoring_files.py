"""Dashboard, alerts and KEDA ask for metrics and labels that there are, and each alert has its page to read."""

import json
import re
from typing import Any

import promql_parser
import pytest
import yaml
from prometheus_client import REGISTRY

from gpu_tasks import metrics
from sessions_app.queue_gauges import OF_QUEUES
from tests.environment import REPOSITORY
from tutor_site.kubernetes import scaling
from tutor_site.supervisor import read_workers

MONITORING = REPOSITORY / "docker" / "monitoring"
DOCS = (REPOSITORY / "docs" / "monitoring.md").read_text()
RULES: list[dict[str, Any]] = yaml.safe_load((MONITORING / "alerts.yml").read_text())["groups"][0]["rules"]
PANELS: list[dict[str, Any]] = json.loads((MONITORING / "dashboard.json").read_text())["panels"]
EXPRESSIONS = [rule["expr"] for rule in RULES] + [each["expr"] for panel in PANELS for each in panel["targets"]]
EXPRESSIONS += [
    trigger["metadata"]["query"]
    for each in scaling(read_workers(REPOSITORY / "docker" / "workers" / "many-gpus.toml"))
    for trigger in each["spec"]["triggers"]
]
OF_THE_LINE = {"tutor_redis_up", "tutor_turns_running", "tutor_turns_waiting", "tutor_line_oldest_seconds"}
PROMETHEUS_OWN = {"le", "instance", "job"}


def known() -> dict[str, set[str]]:
    """The labels of each series."""
    found: dict[str, set[str]] = {name: set() for name in OF_THE_LINE} | {name: {"queue"} for name in OF_QUEUES}
    for family in vars(metrics).values():
        if hasattr(family, "_labelnames"):
            for name in REGISTRY._get_names(family):
                found[name] = set(family._labelnames)
    return found


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_it_asks_for_what_is_there(expression: str) -> None:
    promql_parser.parse(expression)
    asked = re.findall(r"(tutor_\w+)(?:\{([^}]*)\})?", expression)

    assert asked or "process_resident_memory_bytes" in expression
    labels = set().union(*(known()[name] for name, _ in asked), PROMETHEUS_OWN)
    wanted = {label for _, chosen in asked for label in re.findall(r"(\w+)[!=]", chosen)}
    for grouped in re.findall(r"by \(([^)]*)\)", expression):
        wanted |= {label.strip() for label in grouped.split(",")}
    assert not asked or wanted <= labels


def test_every_metric_is_explained() -> None:
    for name in known():
        family = re.sub("_(created|bucket|sum|count)$", "", name)
        assert family in DOCS or f"{family}_total" in DOCS


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_each_alert_has_its_runbook(rule: dict[str, Any]) -> None:
    assert rule["annotations"]["runbook"] == f"docs/monitoring.md#{rule['alert'].lower()}"
    assert f"\n### {rule['alert']}\n" in DOCS


def test_each_runbook_has_its_alert() -> None:
    assert set(re.findall(r"\n### (Tutor\w+)\n", DOCS)) == {rule["alert"] for rule in RULES}
