import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tutor_site.settings")

app = Celery("tutor")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["gpu_tasks", "sessions_app"])
