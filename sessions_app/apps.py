from django.apps import AppConfig


class SessionsConfig(AppConfig):
    name = "sessions_app"
    verbose_name = "Tutors and sessions"

    def ready(self) -> None:
        from sessions_app import sweeper  # noqa: F401  (connects to a worker's start)
