from django.contrib import admin
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularSwaggerSplitView

from accounts.admin import second_factor
from sessions_app.admin.dashboard import now
from tutor_site.views import ConfigView, SchemaView, app, health, metrics, ready

urlpatterns = [
    path("health", health),
    path("ready", ready),
    path("metrics", metrics),
    path("api/config", ConfigView.as_view()),
    path("api/auth/", include("accounts.urls")),
    path("api/schema", SchemaView.as_view(), name="schema"),
    path("api/docs", SpectacularSwaggerSplitView.as_view(url_name="schema")),
    path("", include("sessions_app.urls")),
    path("admin/now", admin.site.admin_view(now), name="admin_now"),
    path("admin/second-factor/", second_factor.ask, name="second_factor"),
    path("admin/second-factor/set-up", second_factor.set_up, name="second_factor_set_up"),
    path("admin/", admin.site.urls),
    re_path(r"^(?!api/|engine/|media/|static/|admin$|ws/)(?P<path>.*)$", app),
]
