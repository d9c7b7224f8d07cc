from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from gpu_tasks import tracing


class SiteConfig(AppConfig):
    name = "tutor_site"

    def ready(self) -> None:
        from tutor_site import schema  # noqa: F401  (registers its extension)

        if settings.TRACING:
            try:
                tracing.start(settings.PROCESS_NAME)
            except ImportError as error:
                wanted = "OTEL_EXPORTER_OTLP_ENDPOINT: wanted the packages of docker/requirements-tracing.txt"
                raise ImproperlyConfigured(f"{wanted} ({error})") from error
