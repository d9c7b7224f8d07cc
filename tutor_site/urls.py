from django.contrib import admin
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from sessions_app.admin.dashboard import now
from tutor_site.views import ConfigView, app, health, metrics, ready

urlpatterns = [
    path("health", health),
    path("ready", ready),
    path("metrics", metrics),
    path("api/config", ConfigView.as_view()),
    path("api/auth/", include("accounts.urls")),
    path("api/schema", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs", SpectacularSwaggerView.as_view(url_name="schema")),
    path("", include("sessions_app.urls")),
    path("admin/now", admin.site.admin_view(now), name="admin_now"),
    path("admin/", admin.site.urls),
    re_path(r"^(?!api/|engine/|media/|static/|admin$|ws/)(?P<path>.*)$", app),
]
