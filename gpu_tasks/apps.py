from django.apps import AppConfig


class GpuTasksConfig(AppConfig):
    name = "gpu_tasks"

    def ready(self) -> None:
        from gpu_tasks import greetings, samples, uploads, worker, writing  # noqa: F401  (registers tasks; a worker's start)
