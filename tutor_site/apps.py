from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "tutor_site"

    def ready(self) -> None:
        from tutor_site import schema  # noqa: F401  (registers its extension)
